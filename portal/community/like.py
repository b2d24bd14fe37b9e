"""What is like a topic that is about to be written: topics that the reader may see, and articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..kb.finding import suggest_articles
from ..people.models import Person
from ..search.documents import Hit
from .finding import Similar, similar_topics

LEAST, MOST_TOPICS, MOST_ARTICLES = 3, 4, 2


@dataclass(frozen=True)
class Like:
    """What stands under a title.

    Attributes:
        topics: the likest first.
        articles: pairs of a search hit and the article's light row.
        limited: search cannot be used at the moment.
    """

    topics: Sequence[Similar] = ()
    articles: Sequence[tuple[Hit, Any]] = ()
    limited: bool = False

    def __bool__(self) -> bool:
        return bool(self.topics or self.articles)


def like(person: Person | None, title: str, language: str) -> Like:
    """What may answer a title in the reader's language, also while it is typed."""
    asked = title.replace("\0", " ").strip()
    if len(asked) < LEAST:
        return Like()
    articles = suggest_articles(person, asked, language, MOST_ARTICLES)
    return Like(similar_topics(person, asked, MOST_TOPICS), articles.answers, articles.limited)
