"""Pages of the desk: the queue, a ticket, and what an agent does with it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from markupsafe import Markup

from ..drafts.actions import end_with
from ..extensions import db
from ..feedback.queries import facts_of
from ..kit.forms import clean_line
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _
from ..kit.sqlite import read_from_now_on
from ..outbox.once import acted, led_to
from ..people.access import agents_of
from ..people.guards import needs, who
from ..people.models import Person, Team
from ..people.permissions import Permission
from ..tickets.access import get_for_desk, visible_events
from ..tickets.actions import assign, note, reply, set_kind, set_priority, set_state, set_team
from ..tickets.from_article import read_before
from ..tickets.models import NEEDED, Ticket
from ..tickets.panels import panels_of
from ..tickets.receive import words_of
from ..tickets.story import Line, story
from ..tickets.wording import FACES, GATES, KINDS, PRIORITIES, STATES, kinds_like
from .forms import DeskForm
from .queries import VIEWS, counts, earlier_tickets, neighbour, queue, teams

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


def _view() -> str:
    key = request.values.get("view", "")
    return key if key in VIEWS else "unassigned"


def _rail(person: Person, current: str, topics: Sequence[str]) -> dict[str, Any]:
    """What the rail needs on every page of the desk, and the topics that change it."""
    links = [link for make in current_app.extensions["rail_links"] if (link := make(person))]
    numbers, bell = counts(person, request.path, {link["key"]: link["count"] for link in links})
    views = [
        {
            "key": view.key,
            "words": view.words,
            "icon": view.icon,
            "count": numbers.get(view.key),
            "url": f"/desk?view={view.key}",
            "current": view.key == current,
        }
        for view in VIEWS.values()
    ]
    views += [{**one, "count": numbers[one["key"]], "current": one["key"] == current} for one in links]
    return {
        "views": views,
        "view": current,
        "view_words": VIEWS[current].words if current in VIEWS else "",
        "person": person,
        "bell": bell,
        **_trigger([*topics, *(link["topic"] for link in links)]),
    }


def rail_for(person: Person, current: str) -> dict[str, Any]:
    """The same for pages at the desk that show no view; `current` is the key of their own entry in the rail."""
    return _rail(person, current, _topics(person))


def _trigger(topics: Sequence[str]) -> dict[str, Any]:
    heard = ", ".join(f"{topic} from:body" for topic in [*topics, "portal:poll"])
    return {"topics": topics, "rail_trigger": heard}


def _topics(person: Person, all_teams: Sequence[Team] = ()) -> list[str]:
    """Those of the teams whose tickets the person reads; all teams are asked for where they are needed and not given."""
    everywhere, some = person.reach(Permission.READ)
    heard = [team.id for team in all_teams or teams()] if everywhere else sorted(some)
    return [f"team-{key}" for key in heard]


@blueprint.get("")
@needs(Permission.READ)
def index() -> Response:
    person, view = who(), _view()
    asked = request.args.get("q", "").strip()[:500]
    page = queue(person, "all" if asked else view, asked, request.args.get("at", ""))
    topics = _topics(person)
    cards = [] if is_htmx() else _cards(person)
    context = {"page": page, "asked": asked, "cards": cards, **_rail(person, view, topics)}
    return render("desk/index.html", "desk/_list.html", **context)


def _cards(person: Person) -> list[Markup]:
    """What higher features put above the queue, from functions that features.py hands in."""
    drawings = [drawing for card in current_app.extensions["desk_cards"] if (drawing := card(person))]
    return [Markup(render_template(name, **values)) for name, values in drawings]  # noqa: S704 -- templates escape


@blueprint.get("/rail")
@needs(Permission.READ)
def rail() -> Response:
    person = who()
    return render("desk/_rail.html", **rail_for(person, request.args.get("view", "")))


def _ticket(person: Person, ticket: Ticket) -> dict[str, Any]:
    """What the middle and the right of a ticket's page need."""
    return {
        "ticket": ticket,
        "person": person,
        "view": _view(),
        "events": story(visible_events(person, ticket), ticket, person, desk=True),
        "agents": agents_of(ticket.team_id),
        "teams": teams(),
        "states": STATES,
        "priorities": PRIORITIES,
        "kinds": KINDS,
        "other_kinds": kinds_like(ticket.kind),
        "gates": GATES,
    }


@blueprint.get("/tickets/<int:number>")
@needs(Permission.READ)
def show(number: int) -> Response:
    person = who()
    ticket = get_for_desk(person, number)
    part = _ticket(person, ticket)
    if is_htmx():
        return render("desk/_live.html", **part)
    return _page(person, part, DeskForm(view=_view()))


def _page(person: Person, part: dict[str, Any], form: DeskForm, status: int = 200, **more: Any) -> Response:
    if is_htmx():
        return render("desk/_composer.html", status=status, form=form, **part, **more)
    page = queue(person, part["view"])
    return render(
        "desk/show.html",
        status=status,
        form=form,
        page=page,
        next_ticket=neighbour(page, part["ticket"], part["view"]),
        earlier=earlier_tickets(person, part["ticket"]),
        followers=part["ticket"].followers,
        rating=None if part["ticket"].is_open else part["ticket"].rating,
        faces=FACES,
        read_before=read_before(person, part["ticket"]),
        panels=panels_of("desk_panels", part["ticket"], person),
        facts=facts_of(part["ticket"]),
        **part | _rail(person, part["view"], _topics(person, part["teams"])) | more,
    )


def page_of(person: Person, ticket: Ticket, form: DeskForm) -> Response:
    """A ticket with a form that somebody has begun to fill."""
    return _page(person, _ticket(person, ticket), form)


@blueprint.get("/queue/<int:number>")
@needs(Permission.READ)
def beside(number: int) -> Response:
    """The view beside a ticket, alone: for the page to follow what changes."""
    person, view = who(), _view()
    values = {
        "person": person,
        "view": view,
        "view_words": VIEWS[view].words,
        "topics": _topics(person),
    }
    return render("desk/_queue.html", ticket=get_for_desk(person, number), page=queue(person, view), **values)


@blueprint.get("/tickets/<int:number>/next")
@needs(Permission.READ)
def following(number: int) -> Response:
    """On to the next ticket of the view; back to the queue after the last one."""
    person, view = who(), _view()
    after = neighbour(queue(person, view), get_for_desk(person, number), view)
    return go(f"/desk/tickets/{after.number}?view={view}" if after else f"/desk?view={view}")


def _unseen(events: Sequence[Line], form: DeskForm, person: Person) -> list[Line]:
    """Words of others that the agent may not know: not on the page yet, or another agent's answer since writing began.

    What a customer writes meanwhile stands on the page by itself and stops nobody; two answers to one question do.
    """
    seen, shown = form.seen.data or 0, form.shown.data or 0
    words = [e for e in events if e.is_words and e.actor_id != person.id and e.id > seen]
    return [e for e in words if e.id > shown or (e.us and not e.note)]


@blueprint.post("/tickets/<int:number>/answer")
@needs(Permission.READ)
def answer(number: int) -> Response:
    """An answer or an internal note; stops when somebody else wrote meanwhile, and keeps the text."""
    person, form = who(), DeskForm()
    ticket = get_for_desk(person, number, change=True)
    internal = form.kind.data == "note"
    if not person.may(Permission.NOTE if internal else Permission.ANSWER, ticket.team_id):
        abort(403)
    words = words_of(form)
    part = _ticket(person, ticket)
    if ticket.reach == "none" and not internal:
        form.body.errors = [_("Nobody left an address: write a note instead.")]
        words = None
    if words is None:
        return _page(person, part, form, 422)
    new = [] if internal else _unseen(part["events"], form, person)
    if acted(form.once.data or "", person.id) is None:
        if new:
            db.session.rollback()
            return _page(person, part, form, 409, unseen=new)
        if internal:
            note(ticket, words, person)
        else:
            may_change = person.may(Permission.CHANGE, ticket.team_id)
            then = form.then.data if may_change else None
            reply(ticket, words, person, then=then, needed=form.needed.data or "", staff=True)
        led_to(form.once.data or "", f"/desk/tickets/{number}")
        end_with(person, f"desk-{number}-{form.kind.data}", form.once.data or "")
        db.session.commit()
        read_from_now_on()  # the page that follows keeps no other writer waiting
    if not is_htmx():
        return go(f"/desk/tickets/{number}?view={_view()}#newest")
    part["events"] = story(visible_events(person, ticket), ticket, person, desk=True)
    return render("desk/_done.html", form=DeskForm(formdata=None, view=_view()), **part)


@blueprint.post("/tickets/<int:number>/take")
@needs(Permission.CHANGE)
def take(number: int) -> Response:
    person = who()
    ticket = changeable(person, number)
    assign(ticket, person, person)
    return _changed(person, ticket)


def changeable(person: Person, number: int) -> Ticket:
    ticket = get_for_desk(person, number, change=True)
    return ticket if person.may(Permission.CHANGE, ticket.team_id) else abort(403)


def _changed(person: Person, ticket: Ticket) -> Response:
    """Commit, and the fresh ticket; back to the queue when the agent's own move took it out of sight."""
    db.session.commit()
    if not person.may(Permission.READ, ticket.team_id):
        return go(f"/desk?view={_view()}")
    if not is_htmx():
        return go(f"/desk/tickets/{ticket.number}?view={_view()}")
    return render("desk/_live.html", **_ticket(person, ticket))


@blueprint.post("/tickets/<int:number>/change")
@needs(Permission.CHANGE)
def change(number: int) -> Response:
    """State, what we wait for, priority, who looks after it, team: what the form names is set, the rest stays."""
    person = who()
    ticket = changeable(person, number)
    wanted = request.form
    needed = clean_line(wanted["needed"]) if "needed" in wanted else None
    if (
        wanted.get("priority", ticket.priority) not in PRIORITIES
        or wanted.get("state", ticket.state) not in STATES
        or wanted.get("kind", ticket.kind) not in kinds_like(ticket.kind)
        or len(needed or "") > NEEDED
    ):
        abort(400)
    set_kind(ticket, wanted.get("kind", ticket.kind), person)
    set_priority(ticket, wanted.get("priority", ticket.priority), person)
    set_state(ticket, wanted.get("state", ticket.state), person, needed=needed, staff=True)
    if "assignee" in wanted:
        _set_assignee(ticket, wanted["assignee"], person)
    if "team" in wanted and wanted["team"] != str(ticket.team_id):
        team = next((team for team in teams() if str(team.id) == wanted["team"]), None) or abort(400)
        set_team(ticket, team, person)
    return _changed(person, ticket)


def _set_assignee(ticket: Ticket, key: str, by: Person) -> None:
    if key == str(ticket.assignee_id or ""):
        return
    person = next((agent for agent in agents_of(ticket.team_id) if str(agent.id) == key), None)
    if key and person is None:
        abort(400)
    assign(ticket, person, by)
