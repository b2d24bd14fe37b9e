"""What is known of a language beyond its stems: words that say little, and words that mean the same.

It ships as data/<language>.yaml. Synonyms are only the first set of an instance; editors change theirs.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from whoosh.support.charset import accent_map

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Lore:
    """Words of a language, folded.

    Attributes:
        stops: say nothing, beside those that Whoosh knows.
        told: Whoosh leaves them out, but to a customer they say something: "down", "estado".
        weak: say little in a question: "help", "since", "problem".
        synonyms: groups of words and phrases that mean the same, each separated by commas.
    """

    stops: frozenset[str]
    told: frozenset[str]
    weak: frozenset[str]
    synonyms: tuple[str, ...]


@cache
def lore_of(language: str) -> Lore:
    """What ships for a language of two letters."""
    said = yaml.safe_load((DATA / f"{language}.yaml").read_text(encoding="utf-8"))
    sets = (frozenset(said[name].lower().translate(accent_map).split()) for name in ("stops", "told", "weak"))
    stops, told, weak = sets
    return Lore(stops, told, weak, tuple(said["synonyms"]))
