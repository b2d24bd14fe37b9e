"""Words as an eye reads them: letters that look alike are one, and what is not seen is not there."""

import re
import unicodedata

# Letters of other alphabets that are taken for Latin ones (a choice from Unicode's confusables, UTS 39), in small.
_TWINS = str.maketrans(
    "авекмнорстухіјѕԁԛԝһӏαβειηκνορτυχıłøđɡɑ" + "0134578@$!",
    "abekmhopctyxijsdqwhiabeinkvoptuxiiodga" + "oieastbasi",
)
# Blanks that count as letters.
_BLANKS = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "))
_UNSEEN = re.compile(r"[\u200b\u200c\u200d\u2060\u2061-\u2064\ufeff\u180e\u034f\u115f\u1160\u3164\uffa0]")
_TURNED = re.compile(r"[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_LETTERS = r"[a-zа-яёα-ω]"
# Single letters with the same sign between them: "c a s i n o", "c.a.s.i.n.o".
_SPACED = re.compile(rf"(?<!\w){_LETTERS}(?:(?:[ .\-_*·|/]|\ \ ){_LETTERS}){{3,40}}(?!\w)")
_INSIDE = re.compile(r"(?<=\w)[.\-_*·'’`|]+(?=\w)")
_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"\w+")


def plain(text: str) -> str:
    """In small letters of one width, without accents and without what is not seen; lines stay."""
    wide = unicodedata.normalize("NFKC", text.translate(_BLANKS)).casefold()
    letters = unicodedata.normalize("NFD", wide)
    return "".join(c for c in letters if unicodedata.category(c) not in ("Mn", "Cf", "Me"))


def skeleton(text: str) -> str:
    """The same with one letter for all that look like it; to be compared, not to be read."""
    return plain(text).translate(_TWINS)


def words(text: str) -> str:
    """The words of a text, one blank between them and around them, to look for words in."""
    return f" {' '.join(_RUN.findall(text))} "


def readings(text: str) -> tuple[str, str, list[str]]:
    """How a text can be read: word by word, with its broken words put together, and its spaced letters as words."""
    small = plain(text)
    spaced = [re.sub(r"\W|_", "", found).translate(_TWINS) for found in _SPACED.findall(small)]
    said = small.translate(_TWINS)
    return words(said), words(_INSIDE.sub("", said)), spaced


def holds(found: tuple[str, str, list[str]], pattern: str) -> bool:
    """Whether one of the readings() holds the words of a pattern; an asterisk at its end stands for any end."""
    sought = words(skeleton(pattern)).rstrip() + ("" if pattern.endswith("*") else " ")
    together = sought.replace(" ", "")
    return bool(together) and (
        sought in found[0] or sought in found[1] or any(together in one for one in found[2])
    )


def unseen(text: str) -> int:
    """How many signs that nobody sees stand between two letters; joiners that a script or a picture needs do not count."""
    around = (
        (text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1])
        for found in _UNSEEN.finditer(text)
    )
    hidden = sum(_is_european(before) and _is_european(after) for before, after in around)
    return hidden + 3 * len(_TURNED.findall(text))


def _is_european(sign: str) -> bool:
    return sign.isalnum() and sign < "\u0590"


def mixed(text: str) -> int:
    """How many words are written in two alphabets so that one cannot tell; an ending put to a foreign word is none."""
    return sum(_is_mixed(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text)))


def _is_mixed(word: str) -> bool:
    scripts = ["L" if c.casefold() < "\u0370" else "O" for c in word]
    if len(set(scripts)) == 1:
        return False
    foreign = {c.casefold() for c, script in zip(word, scripts, strict=True) if script == "O"}
    return not re.fullmatch(r"L+O+", "".join(scripts)) and all(c.translate(_TWINS) != c for c in foreign)
