"""What is like a topic that is about to be written: topics that the reader may see, and articles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..extensions import db
from ..kb.finding import suggest_articles
from ..people.models import Person
from ..search.documents import Hit, Way
from ..search.index import find, the_search
from ..search.words import ANY
from .access import listed_topics
from .models import Topic
from .panels import Fact, facts_of

KIND = "topics"
LEAST, MOST_TOPICS, MOST_ARTICLES = 3, 4, 2


@dataclass(frozen=True)
class Like:
    """What stands under a title.

    Attributes:
        topics: the likest first.
        articles: pairs of a search hit and the article's light row.
        facts: what else is said of some of the topics, by id.
        limited: search cannot be used at the moment.
    """

    topics: Sequence[Topic] = ()
    articles: Sequence[tuple[Hit, Any]] = ()
    limited: bool = False
    facts: Mapping[int, Fact] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.topics or self.articles)


def like(person: Person | None, title: str, language: str) -> Like:
    """What may answer a title in the reader's language, also while it is typed."""
    asked = title.replace("\0", " ").strip()
    if len(asked) < LEAST:
        return Like()
    articles = suggest_articles(person, asked, language, MOST_ARTICLES)
    topics = like_topics(person, asked)
    return Like(topics, articles.answers, articles.limited, facts_of(topics))


def like_topics(
    person: Person | None, words: str, most: int = MOST_TOPICS, *, kind: str = ""
) -> Sequence[Topic]:
    """Topics, or those of one kind, that hold most of some words; those that the index names and the reader may see now."""
    source = the_search().sources.get(KIND)
    tokens = source.tokens(person) if source else frozenset()
    if not tokens:
        return ()
    narrowed = {f"kind:{KIND}"} | ({f"topic:{kind}"} if kind else set())
    way = Way(beginning=True, facets=frozenset(narrowed))
    ids = [hit.id for hit in find(words, ANY, tokens, most * 2, way).hits]
    if not ids:
        return ()
    held = {topic.id: topic for topic in db.session.scalars(listed_topics(person).where(Topic.id.in_(ids)))}
    return [held[key] for key in ids if key in held][:most]
