"""Topics that answer what somebody is about to ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..extensions import db
from ..people.models import Person
from ..search.documents import Way
from ..search.index import find
from ..search.words import ANY
from .access import visible_topics
from .documents import tokens_of
from .models import Topic

MORE = 3  # times as many are asked of the index as are shown: it learns of a change a moment later


@dataclass(frozen=True)
class Similar:
    """A topic like the one that is begun; `title` with the words in common marked, safe HTML."""

    topic: Topic
    title: Markup


def similar_topics(person: Person | None, words: str, limit: int = 5) -> Sequence[Similar]:
    """Topics that the person may read and that are like these words, the likest first; the last word may be half typed."""
    way = Way(beginning=True, facets=frozenset({"kind:topics"}))
    hits = find(words, ANY, tokens_of(person), limit * MORE, way).hits if words.strip() else ()
    if not hits:
        return []
    rows = visible_topics(person).where(Topic.id.in_([hit.id for hit in hits]), Topic.gate == "")
    held = {topic.id: topic for topic in db.session.scalars(rows)}
    return [Similar(held[hit.id], hit.title) for hit in hits if hit.id in held][:limit]
