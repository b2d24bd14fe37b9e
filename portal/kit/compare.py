"""What is different between two versions of a text, as pieces that a page can mark."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST = 3000  # words of both texts that are compared one by one, and lines; more is shown as all old, all new


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: `kind` is same, gone or new."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The pieces of two texts in their order: by lines, and in lines that changed by words."""
    pieces: list[Piece] = []
    for piece in _by(before.splitlines(keepends=True), after.splitlines(keepends=True), deep=True):
        if pieces and pieces[-1].kind == piece.kind:
            pieces[-1] = Piece(piece.kind, pieces[-1].text + piece.text)
        else:
            pieces.append(piece)
    return pieces


def _by(before: list[str], after: list[str], *, deep: bool) -> Iterator[Piece]:
    if len(before) + len(after) > MOST:
        steps: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(before), 0, len(after))]
    else:
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, a1, a2, b1, b2 in steps:
        old, new = "".join(before[a1:a2]), "".join(after[b1:b2])
        if step == "equal":
            yield Piece("same", old)
        elif step == "replace" and deep:
            yield from _by(
                re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new), deep=False
            )
        else:
            yield from (Piece(kind, text) for kind, text in (("gone", old), ("new", new)) if text)
