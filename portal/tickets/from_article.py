"""The article that a request was asked from: the form knows it, and the desk sees which one it was."""

from typing import TYPE_CHECKING

from ..extensions import db
from ..kb.access import audience, visible_once
from ..kb.models import Article
from ..kit.i18n import current_language
from ..people.models import Person
from ..readership.notes import note
from .models import Ticket

if TYPE_CHECKING:
    from .forms import RequestForm


def article_of(person: Person | None, slug: str) -> Article | None:
    """The article with this slug in the language that suits best, if there is one and the person may read it."""
    if not slug or "\0" in slug:  # of an address: PostgreSQL takes no such text
        return None
    return db.session.scalar(
        visible_once(audience(person), current_language()).where(Article.slug == slug).limit(1)
    )


def came_from(ticket: Ticket, form: "RequestForm", person: Person | None) -> None:
    """The request knows the article it was asked from, if its sender may read that one."""
    article = article_of(person, form.article.data or "")
    if article:
        ticket.article = article.slug


def tell_of_search(form: "RequestForm") -> None:
    """After the commit: a search that the sender made before ended in a request."""
    if form.searched.data:
        note(form.searched.data, asked=True)


def read_before(person: Person, ticket: Ticket) -> tuple[str, str] | None:
    """Address and title of the article that a request was asked from, as somebody at the desk may know it."""
    if not ticket.article:
        return None
    found = article_of(person, ticket.article)
    return (f"/help/{ticket.article}", found.title if found else ticket.article)
