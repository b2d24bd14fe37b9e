"""Words as they are compared: without case, accents and invisible signs, each sign knowing where it came from."""

import unicodedata

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")


def fold(words: str) -> str:
    """Small letters without accents, wide and odd forms as plain ones, dashes as hyphens, nothing invisible."""
    plain = unicodedata.normalize("NFKD", words.translate(_DASHES)).translate(_DASHES)
    return "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf")).casefold()


class Folded:
    """A text as it is compared, and the way back from a place in it to the text as it was typed."""

    def __init__(self, text: str) -> None:
        self.text = text
        signs: list[str] = []
        self._places: list[int] = []
        for place, sign in enumerate(text):
            plain = sign if sign.isascii() else fold(sign)
            plain = plain.lower() if sign.isascii() else plain
            signs.append(plain)
            self._places += [place] * len(plain)
        self.words = "".join(signs)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text a part of the folded words stands; accents that follow a letter go with it."""
        places = self._places
        return places[start], places[end] if end < len(places) else len(self.text)

    def typed(self, start: int, end: int) -> str:
        """The same part as it was typed."""
        begin, stop = self.span(start, end)
        return self.text[begin:stop]
