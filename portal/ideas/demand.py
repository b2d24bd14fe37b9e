"""What asks for an idea: requests, which agents link at the desk, and topics, which staff and moderators link."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..community.access import get_topic
from ..community.models import Topic
from ..community.panels import Drawing
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.numbers import number_in
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.access import get_for_desk
from ..tickets.models import Ticket
from . import queries
from .access import get_idea, may_link
from .actions import link_ticket, link_topic, unlink_ticket, unlink_topic
from .models import Demand
from .wording import STATES

blueprint = Blueprint("idea_demand", __name__)
LEAST = 3  # letters that are searched for


# Beside a request and a topic


def at_desk(ticket: Ticket, person: Person) -> Drawing | None:
    """For the desk: the ideas that a request asks for, and the way to link one."""
    linked = queries.asked_by(person, Demand.ticket_id == ticket.id) if ticket.tied else ()
    may = person.may(Permission.CHANGE, ticket.team_id) and not ticket.gate
    return ("ideas/_at_desk.html", {"linked": linked, "may": may}) if linked or may else None


def of_ticket(ticket: Ticket, person: Person) -> Drawing | None:
    """For who asked: the wishes that we noted, as far as they may read them."""
    linked = queries.asked_by(person, Demand.ticket_id == ticket.id) if ticket.tied else ()
    return ("ideas/_of_ticket.html", {"linked": linked}) if linked else None


def of_topic(topic: Topic, person: Person | None) -> Drawing | None:
    """Beside a topic: the ideas that it asks for."""
    if topic.kind == "idea":
        return None
    linked = queries.asked_by(person, Demand.topic_id == topic.id) if topic.tied else ()
    may = may_link(person) and not topic.gate
    return ("ideas/_of_topic.html", {"linked": linked, "may": may}) if linked or may else None


# Linking


@dataclass(frozen=True)
class Thing:
    """A request or a topic that may ask for ideas: its own address, and that of the page where they are chosen."""

    title: str
    address: str
    act: str


def _of(ticket: Ticket) -> Thing:
    return Thing(ticket.title, f"/desk/tickets/{ticket.number}", f"/desk/tickets/{ticket.number}/ideas")


def _of_that(topic: Topic) -> Thing:
    return Thing(topic.heading, topic.address, f"/community/{topic.id}/ideas")


def _choose(thing: Thing, person: Person, known: Any) -> Response:
    """Ideas that hold the words that were asked for, to link one of them."""
    asked = request.args.get("q", "").strip()[:200]
    found = queries.found(person, asked, "all").ideas if len(asked) >= LEAST else ()
    linked = queries.asked_by(person, known)
    values: dict[str, Any] = {"thing": thing, "asked": asked, "found": found, "linked": linked}
    return render("ideas/link.html", "ideas/_found.html", states=STATES, **values)


def _idea_named() -> int:
    key = number_in(request.form.get("idea"))
    return abort(400) if key is None else key


def _after(thing: Thing, said: str) -> Response:
    """Back to where its ideas stand, so that who goes on by keys begins there."""
    db.session.commit()
    flash(said, "good")
    return go(f"{thing.address}#ideas")


def _ticket(person: Person, number: int) -> Ticket:
    ticket = get_for_desk(person, number, change=request.method == "POST")
    may = person.may(Permission.CHANGE, ticket.team_id) and not ticket.gate
    return ticket if may else abort(403)


@blueprint.get("/desk/tickets/<int:number>/ideas")
@needs(Permission.CHANGE)
def ticket_ideas(number: int) -> Response:
    ticket = _ticket(who(), number)
    return _choose(_of(ticket), who(), Demand.ticket_id == ticket.id)


@blueprint.post("/desk/tickets/<int:number>/ideas")
@needs(Permission.CHANGE)
def link_to_ticket(number: int) -> Response:
    person = who()
    ticket, idea = _ticket(person, number), get_idea(person, _idea_named())
    if idea.topic.gate:
        abort(404)
    link_ticket(idea, ticket, person)
    return _after(_of(ticket), _("Linked. Who asked hears when it is released."))


@blueprint.post("/desk/tickets/<int:number>/ideas/remove")
@needs(Permission.CHANGE)
def unlink_from_ticket(number: int) -> Response:
    person = who()
    ticket, idea = _ticket(person, number), get_idea(person, _idea_named())
    unlink_ticket(idea, ticket, person)
    return _after(_of(ticket), _("The link was taken away."))


def _topic(person: Person, number: int) -> Topic:
    topic = get_topic(person, number)
    if not may_link(person):
        abort(403)
    return topic if topic.kind != "idea" and not topic.gate else abort(404)


@blueprint.get("/community/<int:number>/ideas")
@needs(Permission.POST)
def topic_ideas(number: int) -> Response:
    topic = _topic(who(), number)
    return _choose(_of_that(topic), who(), Demand.topic_id == topic.id)


@blueprint.post("/community/<int:number>/ideas")
@needs(Permission.POST)
def link_to_topic(number: int) -> Response:
    person = who()
    topic, idea = _topic(person, number), get_idea(person, _idea_named())
    if idea.topic.gate:
        abort(404)
    link_topic(idea, topic, person)
    return _after(_of_that(topic), _("Linked. Who asked hears when it is released."))


@blueprint.post("/community/<int:number>/ideas/remove")
@needs(Permission.POST)
def unlink_from_topic(number: int) -> Response:
    person = who()
    topic, idea = _topic(person, number), get_idea(person, _idea_named())
    unlink_topic(idea, topic)
    return _after(_of_that(topic), _("The link was taken away."))
