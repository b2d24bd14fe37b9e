"""The board of ideas, a new one, one of them, what becomes of it, the roadmap and the change log."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, flash, request
from wtforms import SelectChoice

from ..accounts import limits
from ..community.actions import Opening
from ..community.following import TOPIC, Followed, way_of
from ..community.forms import clean_tags
from ..community.gate import Refused, suspended_words, suspension_of
from ..community.like import Like, like
from ..community.models import Space, Topic
from ..community.panels import Drawing
from ..community.receive import verdict_on
from ..community.views import topic_page
from ..drafts.actions import end_with
from ..extensions import db
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _, current_language, month
from ..kit.languages import base as site_base
from ..outbox.once import acted, led_to
from ..people.guards import me, needs, public, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.receive import words_of
from . import queries
from .access import get_idea, listed_ideas, may_decide, may_take_back, may_vote, spaces_for_ideas
from .actions import Decision, decide, suggest, take_back, vote
from .forms import DecideForm, IdeaForm
from .models import Idea, IdeaVote
from .wording import SORTS, STATES, quarter_words

blueprint = Blueprint("ideas", __name__, url_prefix="/ideas")
PLACE = "idea-new"  # of the draft of a new idea


# The board


@blueprint.get("")
@public
def index() -> Response:
    person, asked = me(), request.args.get("q", "").strip()[:200]
    state = request.args.get("state", "all" if asked else "open")
    state = state if state in STATES or state == "all" else "open"
    sort = request.args.get("sort", "votes")
    sort = sort if sort in SORTS else "votes"
    if asked:
        board = queries.found(person, asked, state)
    else:
        board = queries.board(person, state, sort, request.args.get("after", ""))
    return render(
        "ideas/index.html",
        board=board,
        counts=queries.counts(person),
        votes=queries.votes_of(person, board.ideas),
        voting=_voting,
        asked=asked,
        state=state,
        sort=sort,
        states=STATES,
        sorts=SORTS,
        suggests=bool(spaces_for_ideas(person)) and (person is None or person.may(Permission.POST)),
        canonical=f"{site_base()}/ideas",
    )


# A new idea


def _form(person: Person | None, **given: Any) -> tuple[IdeaForm, dict[str, Space]]:
    """The form with the spaces of whoever asks, and these by their slugs."""
    if person and not person.may(Permission.POST):
        abort(403)
    spaces = {space.slug: space for space in spaces_for_ideas(person)}
    form = IdeaForm(**given)
    form.space.choices = [SelectChoice(slug, space.name) for slug, space in spaces.items()]
    return form, spaces


@blueprint.get("/new")
@public
def new() -> Response:
    person, title = me(), request.args.get("title", "")[:150]
    found = like(person, title, current_language())
    if is_htmx():
        return render("community/_similar.html", like=found)
    form, _spaces = _form(person, space=request.args.get("space"), title=title)
    return _new_page(form, like=found, suspended=suspended_words(person))


def _new_page(form: IdeaForm, status: int = 200, **more: Any) -> Response:
    values = {"form": form, "like": Like(), "path": "/ideas/new", "place": PLACE} | more
    return render("ideas/new.html", "community/_form.html", status=status, **values)


@blueprint.post("/new")
@public
def new_post() -> Response:
    person = me()
    form, spaces = _form(person)
    if "look" in request.form:  # pressed without scripts: the form as it was filled in, with what is alike
        found = like(person, form.title.data or "", current_language())
        return _new_page(form, like=found, looked=True)
    words = words_of(form) if person else None
    if person is None or words is None:
        return _new_page(form, 422, stranger=person is None)
    earlier = acted(form.once.data or "", person.id)
    if earlier is not None:
        return go(earlier or "/ideas")
    title, room = form.title.data or "", spaces[form.space.data]
    try:
        verdict = verdict_on(form, person, room, f"{title}\n{words.body}", words.files)
    except Refused as refusal:
        db.session.rollback()
        return _new_page(_form(me())[0], 422, problem=str(refusal))
    opening = Opening(title, "idea", clean_tags(form.tags.data), room.locale or current_language())
    idea = suggest(room, opening, words, person, verdict)
    led_to(form.once.data or "", idea.topic.address)
    end_with(person, PLACE, form.once.data or "")
    db.session.commit()
    if not verdict.gate:
        flash(_("Thank you. Your vote is the first one; you hear what becomes of it."), "good")
    return go(idea.topic.address)


# One idea


@blueprint.get("/<int:number>")
@public
def idea(number: int) -> Response:
    """The page of a topic, with the idea above it."""
    return topic_page(get_idea(me(), number).topic)


def head(topic: Topic, person: Person | None) -> Drawing | None:
    """Above a topic that is an idea: where it stands."""
    found = db.session.get(Idea, topic.id) if topic.kind == "idea" else None
    return ("ideas/_idea.html", _about(found, person)) if found else None


def _about(found: Idea, person: Person | None) -> dict[str, Any]:
    return {
        "idea": found,
        "person": person,
        "steps": queries.steps_of(found),
        "quarter": quarter_words(found.quarter),
        "same": _readable(found, person),
        "decides": may_decide(person),
        "behind": queries.behind(found, person) if person and person.is_staff else None,
        **_voting(found, queries.votes_of(person, [found]).get(found.topic_id)),
    }


def _readable(found: Idea, person: Person | None) -> Topic | None:
    """The idea that it is the same as, if the reader may read that one."""
    rows = listed_ideas(person).where(Idea.topic_id == (found.same_id or 0))
    other = db.session.scalar(rows)
    return other.topic if other else None


def _voting(found: Idea, own: IdeaVote | None) -> dict[str, Any]:
    """What the control of votes knows."""
    person = me()
    return {
        "idea": found,
        "own": own,
        "votes_here": may_vote(person, found),
        "takes_back": bool(person and own and may_take_back(person, own)),
    }


@blueprint.get("/<int:number>/panel")
@public
def panel(number: int) -> Response:
    """Where an idea stands, alone: for its page to follow what changes."""
    found = get_idea(me(), number)
    return render("ideas/_idea.html", topic=found.topic, **_about(found, me()))


@blueprint.post("/<int:number>/vote")
@needs(Permission.POST)
def vote_idea(number: int) -> Response:
    person, wanted = who(), request.form.get("wanted", "")
    found = get_idea(person, number)
    if wanted not in ("yes", "no"):
        abort(400)
    if suspension_of(person) or found.topic.gate:
        abort(403)
    if limits.is_one_too_many(limits.MARKS, str(person.id)):
        abort(429)
    if not found.is_open:
        flash(_("It is decided what becomes of this idea; votes are no longer counted."), "wait")
        return go(found.topic.address)
    if wanted == "yes":
        vote(found, person)
    else:
        take_back(found, person)
    db.session.commit()
    if not is_htmx():
        return go(found.topic.address)
    voting = _voting(found, queries.votes_of(person, [found]).get(number))
    if request.form.get("small") == "yes":  # in a list
        return render("ideas/_vote.html", small=True, **voting)
    thing = Followed(TOPIC, str(number), found.topic.heading, found.topic.address)
    return render("ideas/_voted.html", thing=thing, way=way_of(person, TOPIC, str(number)), **voting)


# What becomes of it


def _decide_page(found: Idea, form: DecideForm, status: int = 200, *, late: bool = False) -> Response:
    steps = queries.steps_of(found)
    return render("ideas/decide.html", status=status, idea=found, form=form, late=late, steps=steps)


@blueprint.get("/<int:number>/decide")
@needs(Permission.IDEAS)
def decide_page(number: int) -> Response:
    found = get_idea(who(), number)
    values = {"state": found.state, "reason": found.reason, "quarter": found.quarter}
    values |= {"seen": str(queries.last_step(found)), "same": str(found.same_id or "")}
    return _decide_page(found, DecideForm(found.quarter, formdata=None, **values))


@blueprint.post("/<int:number>/decide")
@needs(Permission.IDEAS)
def decide_post(number: int) -> Response:
    """Stops when somebody else decided since the page was made, and keeps what was typed."""
    person = who()
    found = get_idea(person, number, change=True)
    form = DecideForm(found.quarter)
    if not form.validate():
        return _decide_page(found, form, 422)
    if form.seen.data != str(queries.last_step(found)):
        form.seen.data = str(queries.last_step(found))
        return _decide_page(found, form, 409, late=True)
    if found.topic.gate:
        flash(_("Others do not see this idea now, so that nothing can be said of it."), "wait")
        return go(found.topic.address)
    same = _same(found, form, person)
    if form.same.data and same is None:
        form.same.errors = [_("There is no other open idea with this number")]
        return _decide_page(found, form, 422)
    quarter = form.quarter.data if form.state.data == "planned" else ""
    if decide(found, Decision(form.state.data, form.reason.data or "", quarter, same), person):
        flash(_("Said. Who voted for it, follows it or asked for it is told."), "good")
    db.session.commit()
    return go(f"{found.topic.address}#idea")


def _same(found: Idea, form: DecideForm, person: Person) -> Idea | None:
    """The other idea that a form names: one that is shown, of the same readers or more, and not declined itself."""
    rows = listed_ideas(person).where(Idea.topic_id == int(form.same.data or 0))
    other = db.session.scalar(rows.where(Idea.topic_id != found.topic_id, Idea.state != "declined"))
    if other is None or other.topic.space_id == found.topic.space_id:
        return other
    return other if other.topic.space.audience == "public" else None


# Roadmap and change log


@blueprint.get("/roadmap")
@public
def roadmap() -> Response:
    columns = queries.roadmap(me())
    return render(
        "ideas/roadmap.html",
        columns=columns,
        states=STATES,
        quarter_words=quarter_words,
        canonical=f"{site_base()}/ideas/roadmap",
    )


@blueprint.get("/changes")
@public
def changes() -> Response:
    page = queries.changes_page(me(), request.args.get("at", ""))
    months = [(name, list(rows)) for name, rows in groupby(page.rows, lambda one: month(one.changed_at))]
    return render("ideas/changes.html", page=page, months=months, canonical=f"{site_base()}/ideas/changes")
