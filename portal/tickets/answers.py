"""What may answer a question before it is sent: own solved requests that are alike, then articles; and what did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import delete, select

from ..drafts.actions import bring_back, set_aside
from ..extensions import db
from ..kb.access import get_article
from ..kb.finding import Found, suggest_articles
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..outbox import once
from ..people.models import Person
from ..readership.masking import masked
from ..search.documents import Hit
from ..search.words import WORD, term
from .access import as_customer
from .fulltext import alike, beginning
from .models import SolvedByArticle, Ticket

PLACE = "new"  # of the draft of a new request
MOST_ARTICLES, MOST_REQUESTS, LOOKED_AT = 3, 2, 30
LEAST = 3  # letters before anything is looked for
NOBODY = 0  # whose forms a visitor's are


@dataclass(frozen=True)
class Answers:
    """What is shown under the subject.

    Attributes:
        requests: solved ones that the person may see, the likest first.
        articles: pairs of a search hit and the article's light row.
        question: what was asked.
        limited: search cannot be used at the moment.
    """

    question: str = ""
    requests: Sequence[Ticket] = ()
    articles: Sequence[tuple[Hit, Any]] = ()
    limited: bool = False

    def __bool__(self) -> bool:
        return bool(self.requests or self.articles)


def answers_to(person: Person | None, question: str, language: str, but: str = "") -> Answers:
    """What may answer a question in the reader's language, also while it is typed.

    `but` is the slug of an article that has been read and did not.
    """
    asked = question.replace("\0", " ").strip()
    if len(asked) < LEAST:
        return Answers()
    found: Found = suggest_articles(person, asked, language, MOST_ARTICLES + bool(but))
    articles = [(hit, row) for hit, row in found.answers if row.slug != but]
    requests = _solved_alike(person, asked, language) if person else ()
    return Answers(asked, requests, articles[:MOST_ARTICLES], found.limited)


def _solved_alike(person: Person, question: str, language: str) -> list[Ticket]:
    """Solved requests that the person reads as a customer and that hold most of the words; of the newest, the likest by subject."""
    words = [word for word in WORD.findall(question) if term(word, language[:2])]
    condition = alike(words)
    if condition is None:
        return []
    rows = as_customer(person).where(Ticket.state.in_(("solved", "closed")), condition)
    found = db.session.scalars(rows.order_by(Ticket.spoken_at.desc(), Ticket.id.desc()).limit(LOOKED_AT))
    stems = {beginning(word) for word in words}
    return sorted(found, key=lambda ticket: -len(stems & _stems(ticket.subject)))[:MOST_REQUESTS]


def _stems(words: str) -> set[str]:
    return {beginning(word) for word in WORD.findall(words)}


def without_data(question: str) -> str:
    """A question as it is kept for reports: addresses and long numbers, which may tell who asked, are left out."""
    return masked(question)[:255]


def solve(word: str, question: str, slug: str, person: Person | None, language: str) -> None:
    """An article answered the question of a form: count it once, and set the person's draft aside.

    404 when the person may not see the article.
    """
    article = get_article(person, slug, language)
    key = person.id if person else NOBODY
    if once.acted(word, key) is not None:
        return
    once.led_to(word, f"/tickets/solved/{word}")
    db.session.execute(
        insert_or_skip(SolvedByArticle).values(
            word=word,
            article=article.slug,
            locale=article.locale,
            question=without_data(question),
            person_id=person.id if person else None,
            at=clock.now(),
        )
    )
    if person:
        set_aside(person, PLACE)


def solved(word: str, person: Person | None) -> SolvedByArticle | None:
    """What a form of this person, or of a visitor, was answered by."""
    row = db.session.scalar(select(SolvedByArticle).where(SolvedByArticle.word == word))
    return row if row and row.person_id == (person.id if person else None) else None


def not_solved(row: SolvedByArticle, person: Person | None) -> str:
    """Undo solve(): it counts no more, the draft is back, and the form may be sent. Returns the address of the form."""
    db.session.execute(delete(SolvedByArticle).where(SolvedByArticle.id == row.id))
    once.take_back(row.word, person.id if person else NOBODY)
    if person:
        bring_back(person, PLACE)
    # The draft comes back by itself where scripts run; what was left out of the question must not stand against it.
    return "/tickets/new" if "…" in row.question else f"/tickets/new?subject={quote(row.question)}"


def acted_anyway(word: str, person: Person | None) -> str | None:
    """As once.acted(), for the form of a new request.

    One that an article had answered is sent after Back in the browser: the article did not help after all, and it acts.
    """
    key = person.id if person else NOBODY
    earlier = once.acted(word, key)
    row = solved(word, person) if earlier is not None else None
    if row:
        not_solved(row, person)
        return once.acted(word, key)
    return earlier
