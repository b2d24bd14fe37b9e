"""At the desk: a request's question is made ready for the community, and its requester is asked."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash

from ..desk.views import rail_for
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.models import Ticket
from .access import crossing_of, get_answered, may_be_asked, spaces_for_words
from .actions import Overtaken, Wanted, drop, propose
from .cleaning import PLACEHOLDERS, Cleaned, Cleaner
from .forms import MOST_WORDS, WordsForm
from .queries import known_of, newest_proposal, public_words

blueprint = Blueprint("crossing_desk", __name__, url_prefix="/desk")


@dataclass(frozen=True)
class Source:
    """What stands in a request, with what was found in it."""

    title: Cleaned
    question: Cleaned
    answer: Cleaned

    @property
    def counts(self) -> dict[str, int]:
        """How much was found, by kind."""
        counted: dict[str, int] = {}
        for part in (self.title, self.question, self.answer):
            for kind, number in part.counts.items():
                counted[kind] = counted.get(kind, 0) + number
        return counted


def _source(ticket: Ticket, cleaner: Cleaner) -> Source:
    question, answer = public_words(ticket)
    words = (ticket.subject, question[:MOST_WORDS], answer[:MOST_WORDS])
    return Source(*(cleaner.look(one) for one in words))


def _begun(source: Source, ticket: Ticket) -> dict[str, str]:
    """The form as it is filled in: what was asked last, else the words without what was found."""
    last = newest_proposal(ticket)
    if last and last.state in ("asked", "dropped"):
        return {
            "space": last.space.slug,
            "title": last.title,
            "question": last.question,
            "answer": last.answer,
        }
    parts = {"title": source.title, "question": source.question, "answer": source.answer}
    most = {"title": 150, "question": MOST_WORDS, "answer": MOST_WORDS}
    language = ticket.requester.language
    return {name: part.without(language)[: most[name]] for name, part in parts.items()}


def _page(
    person: Person, ticket: Ticket, source: Source, form: WordsForm, status: int = 200, **more: Any
) -> Response:
    spaces = spaces_for_words(ticket.requester, person)
    last = newest_proposal(ticket)
    return render(
        "crossing/to_topic.html",
        status=status,
        ticket=ticket,
        source=source,
        form=form,
        spaces=spaces,
        asked=last if last and last.state == "asked" else None,
        labels=PLACEHOLDERS,
        declined=bool(last and last.state == "declined"),
        **more,
        **rail_for(person, ""),
    )


def _form(person: Person, ticket: Ticket, **given: Any) -> WordsForm:
    form = WordsForm(**given)
    form.space.choices = [(space.slug, space.name) for space in spaces_for_words(ticket.requester, person)]
    return form


@blueprint.get("/tickets/<int:number>/to-topic")
@needs(Permission.ANSWER)
def to_topic(number: int) -> Response:
    person = who()
    ticket = get_answered(person, number)
    if crossing_of(ticket) or not may_be_asked(ticket):
        return _not_now(ticket)
    source = _source(ticket, Cleaner(known_of(ticket)))
    return _page(person, ticket, source, _form(person, ticket, formdata=None, **_begun(source, ticket)))


def _not_now(ticket: Ticket) -> Response:
    flash(_("Nobody can be asked about this request, or it stands in the community already."), "wait")
    return go(f"/desk/tickets/{ticket.number}")


@blueprint.post("/tickets/<int:number>/to-topic")
@needs(Permission.ANSWER)
def to_topic_post(number: int) -> Response:
    """Ask the requester; what still looks as if it told of somebody is shown first, and sent only if the agent says so."""
    person = who()
    ticket = get_answered(person, number, change=True)
    if crossing_of(ticket) or not may_be_asked(ticket):
        return _not_now(ticket)
    form, cleaner = _form(person, ticket), Cleaner(known_of(ticket))
    source = _source(ticket, cleaner)
    if not form.validate():
        return _page(person, ticket, source, form, 422)
    title, question, answer = form.title.data or "", form.question.data or "", form.answer.data or ""
    left = cleaner.look(f"{title}\n{question}\n{answer}").found
    if left and not form.sure.data:
        return _page(person, ticket, source, form, 422, left=left)
    space = next(one for one in spaces_for_words(ticket.requester, person) if one.slug == form.space.data)
    try:
        propose(ticket, Wanted(space, title, question, answer, source.counts), person)
    except Overtaken:
        db.session.rollback()
        return _not_now(ticket)
    db.session.commit()
    flash(_("The customer is asked. Nothing is shown to others before they say yes."), "good")
    return go(f"/desk/tickets/{number}#crossing")


@blueprint.post("/tickets/<int:number>/to-topic/drop")
@needs(Permission.ANSWER)
def drop_post(number: int) -> Response:
    person = who()
    ticket = get_answered(person, number, change=True)
    if drop(ticket, person):
        db.session.commit()
        flash(_("The customer is asked no more."), "good")
    return go(f"/desk/tickets/{number}#crossing")
