"""What can be put into an answer: canned answers, and articles by their title."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kb.access import languages_for
from ..kb.finding import suggest_articles
from ..kit.markdown import escape_markdown, excerpt
from ..mail.compose import absolute
from ..people.models import Person
from ..tickets.fulltext import fold
from ..tickets.models import Ticket
from .access import fitting_answers, kept_answers
from .models import CannedAnswer
from .wording import filled

ANSWERS, ARTICLES, MOST = 6, 3, 1000


@dataclass(frozen=True)
class Offer:
    """One entry of the list: what it is called, how it begins, and the text that is put in."""

    key: str
    icon: str
    title: str
    hint: str
    text: str
    language: str | None = None


def kept(person: Person) -> Sequence[CannedAnswer]:
    """Those that a person may change, by title."""
    rows = kept_answers(person).options(joinedload(CannedAnswer.team))
    return db.session.scalars(rows.order_by(CannedAnswer.title, CannedAnswer.id).limit(MOST)).all()


def offers(ticket: Ticket, asked: str) -> list[Offer]:
    """What fits the words that are typed, best first."""
    return [*_answers(ticket, asked), *_articles(ticket, asked)]


def offer_of(ticket: Ticket, asked: str, key: str) -> Offer | None:
    """The one that was chosen from the list."""
    return next((offer for offer in offers(ticket, asked) if offer.key == key), None)


def _rank(answer: CannedAnswer, asked: str, language: str) -> tuple[int, bool, str] | None:
    """How well an answer fits, smaller is better; None when it lacks a word. They are few, so they are sifted here."""
    keyword, title = fold(answer.keyword), fold(answer.title)
    held = f"{keyword} {title} {fold(answer.body)}"
    if not all(word in held for word in asked.split()):
        return None
    fits = (keyword == asked, keyword.startswith(asked), title.startswith(asked), asked in title, True)
    return fits.index(True), answer.language not in (None, language), title


def _answers(ticket: Ticket, asked: str) -> list[Offer]:
    asked, language = " ".join(fold(asked).split()), ticket.requester.language
    rows = db.session.scalars(fitting_answers(ticket).order_by(CannedAnswer.id).limit(MOST))
    ranked = [(rank, row) for row in rows if (rank := _rank(row, asked, language))]
    best = [row for _rank, row in sorted(ranked, key=lambda one: (one[0], one[1].id))[:ANSWERS]]
    texts = [filled(row.body, ticket) for row in best]
    return [
        Offer(f"canned-{row.id}", "bolt", row.title, excerpt(text, 80), text, row.language)
        for row, text in zip(best, texts, strict=True)
    ]


def _articles(ticket: Ticket, asked: str) -> list[Offer]:
    """Published articles as links, those in the customer's language first, each only once."""
    found: dict[str, Offer] = {}
    for language in languages_for(ticket.requester.language) if asked.strip() else ():
        for hit, row in suggest_articles(None, asked, language, ARTICLES).answers:
            link = f"[{escape_markdown(row.title)}]({absolute(hit.url)})"
            offer = Offer(f"article-{row.slug}", "file-text", row.title, row.section_title, link, row.locale)
            found.setdefault(row.slug, offer)
        if len(found) >= ARTICLES:
            break
    return list(found.values())[:ARTICLES]
