"""Words that mean the same: from groups as editors write them to what stands beside each word of a question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from . import words as w

MOST = 8  # words of a phrase that count
MOST_SAME = 60  # phrases that stand beside another one
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Thesaurus:
    """Of each phrase, by its words as question_words() gives them, the stems of those that mean the same."""

    same: dict[Phrase, list[Phrase]] = field(default_factory=dict)
    longest: int = 1
    stems: frozenset[str] = frozenset()

    def found_in(self, spoken: Sequence[str]) -> Iterator[tuple[int, int, list[Phrase]]]:
        """Where phrases stand in a question: from which word to which, and what means the same; the longest first."""
        for start in range(len(spoken)):
            for length in range(min(self.longest, len(spoken) - start), 0, -1):
                if same := self.same.get(tuple(spoken[start : start + length])):
                    yield start, start + length, same
                    break


def sound(word: str, locale: str) -> str:
    """What a word of a phrase is known by: its stem, or for a stop word itself."""
    return w.term(word, locale) or w.fold(word)


@lru_cache(maxsize=16)
def thesaurus(groups: tuple[str, ...], locale: str) -> Thesaurus:
    """From groups of phrases, with commas between."""
    same: dict[Phrase, dict[Phrase, None]] = {}
    for group in groups:
        phrases = [w.words_of(phrase) for phrase in w.clean(group).split(",")]
        meant = [tuple(stem for word in phrase if (stem := w.term(word.text, locale))) for phrase in phrases]
        for phrase, own in zip(phrases, meant, strict=True):
            spoken = tuple(sound(word.text, locale) for word in phrase)[:MOST]
            if spoken:
                known = same.setdefault(spoken, {})
                if len(known) < MOST_SAME:
                    few = meant[: MOST_SAME + 1]
                    known.update(dict.fromkeys(other for other in few if other and other != own))
    kept = {spoken: list(known)[:MOST_SAME] for spoken, known in same.items()}
    return Thesaurus(
        kept, max(map(len, kept), default=1), frozenset(word for phrase in kept for word in phrase)
    )
