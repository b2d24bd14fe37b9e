"""Taking out of words what tells who somebody is: what the portal knows of them, and what looks like it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..kit.i18n import in_language, lazy
from .folding import Folded
from .names import Known, People
from .patterns import found_by_pattern

# What stands in the place of each kind, in the language of the request.
PLACEHOLDERS = {
    "name": lazy("[name]"),
    "organisation": lazy("[organisation]"),
    "email": lazy("[e-mail]"),
    "phone": lazy("[phone]"),
    "card": lazy("[card number]"),
    "account": lazy("[bank account]"),
    "identity": lazy("[ID number]"),
    "serial": lazy("[serial number]"),
    "mac": lazy("[device address]"),
    "network": lazy("[network address]"),
    "order": lazy("[order number]"),
    "request": lazy("[request number]"),
    "address": lazy("[address]"),
    "link": lazy("[link]"),
    "secret": lazy("[secret]"),
}
# A word in brackets that is followed by one of these is a link, or the target of one.
_MAKES_A_LINK = ("(", "[", ":")


@dataclass(frozen=True)
class Mark:
    """A part of a text that tells of somebody: from `start` to `end`, and what it is."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Piece:
    """A part of a text as it was; `kind` says what was found there, or is empty."""

    words: str
    kind: str = ""

    @property
    def label(self) -> str:
        """What stands in its place."""
        return str(PLACEHOLDERS[self.kind]) if self.kind else ""


@dataclass(frozen=True)
class Cleaned:
    """A text, and all that was found in it."""

    text: str
    marks: Sequence[Mark]

    @property
    def pieces(self) -> Iterator[Piece]:
        """The text as it was, in parts, so that what was found can be marked."""
        at = 0
        for mark in self.marks:
            if self.text[at : mark.start]:
                yield Piece(self.text[at : mark.start])
            yield Piece(self.text[mark.start : mark.end], mark.kind)
            at = mark.end
        if self.text[at:]:
            yield Piece(self.text[at:])

    def without(self, language: str) -> str:
        """The text with a word of that language in the place of each thing found."""
        with in_language(language):
            parts: list[str] = []
            at = 0
            for mark in self.marks:
                parts += [self.text[at : mark.start], self._placeholder(mark)]
                at = mark.end
        return "".join(parts) + self.text[at:]

    def _placeholder(self, mark: Mark) -> str:
        word = str(PLACEHOLDERS[mark.kind])
        return f"\\{word}" if self.text[mark.end : mark.end + 1].startswith(_MAKES_A_LINK) else word

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind were found."""
        return dict(Counter(mark.kind for mark in self.marks))

    @property
    def found(self) -> list[str]:
        """What was found, each once, in its order."""
        return list(dict.fromkeys(self.text[mark.start : mark.end] for mark in self.marks))


class Cleaner:
    """Finds in texts what tells of people: of those it was made for, and of anybody by its form."""

    def __init__(self, known: Known) -> None:
        self._people = People(known)

    def look(self, text: str) -> Cleaned:
        """A text with the marks of what was found, in order; of two that overlap the longer one counts, and covers both."""
        folded = Folded(text)
        found = [(folded.span(*span), kind) for kind, span in self._all(folded)]
        found.sort(key=lambda one: (one[0][0], -one[0][1]))
        marks: list[Mark] = []
        for (start, end), kind in found:
            if not text[start:end].strip():
                continue
            last = marks[-1] if marks else None
            if last and start < last.end:
                longer = kind if end - start > last.end - last.start else last.kind
                marks[-1] = Mark(last.start, max(end, last.end), longer)
            else:
                marks.append(Mark(start, end, kind))
        return Cleaned(text, [_trimmed(text, mark) for mark in marks])

    def _all(self, folded: Folded) -> Iterator[tuple[str, tuple[int, int]]]:
        yield from found_by_pattern(folded)
        yield from self._people.find(folded)


def _trimmed(text: str, mark: Mark) -> Mark:
    """Without the space at its end."""
    return Mark(mark.start, mark.start + len(text[mark.start : mark.end].rstrip()), mark.kind)
