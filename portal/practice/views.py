"""The practice request's page at the desk, and the card that offers it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..canned.queries import offer_of, offers
from ..desk.forms import DeskForm
from ..desk.views import rail_for
from ..extensions import db
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import LANGUAGES, _
from ..outbox.once import acted, led_to
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.wording import STATES
from .actions import begin, put_away, say, settle, take, tick
from .models import Practice
from .queries import done_in, made_up, offer_for, possible_steps, practice_of
from .wording import STEPS, asked_in

blueprint = Blueprint("practice", __name__, url_prefix="/desk/practice")
HERE = "/desk/practice"
TYPED = 100  # characters of what is looked for among the ready answers


def card(person: Person) -> tuple[str, dict[str, Any]] | None:
    """The quiet card on a new agent's desk."""
    practice = offer_for(person)
    return ("practice/_card.html", {"practice": practice}) if practice else None


def _mine() -> Practice:
    return practice_of(who()) or abort(404)


def _steps(practice: Practice) -> list[dict[str, Any]]:
    possible = possible_steps(made_up(practice, who()))
    return [{"key": key, "step": STEPS[key], "done": key in practice.steps} for key in possible]


def _page(practice: Practice, form: DeskForm, status: int = 200) -> Response:
    person = who()
    said = [{**line, "at": datetime.fromisoformat(line["at"])} for line in practice.said]
    return render(
        "practice/show.html",
        status=status,
        practice=practice,
        ticket=made_up(practice, person),
        asked=asked_in(practice.language),
        said=said,
        look=STATES[practice.state].agent,
        steps=_steps(practice),
        form=form,
        **rail_for(person, ""),
    )


@blueprint.get("")
@needs(Permission.ANSWER)
def show() -> Response:
    practice = practice_of(who())
    if practice is None:
        return render("practice/offer.html", **rail_for(who(), ""))
    return _page(practice, DeskForm(formdata=None))


@blueprint.post("")
@needs(Permission.ANSWER)
def begin_post() -> Response:
    begin(who())
    db.session.commit()
    return go(HERE)


@blueprint.post("/take")
@needs(Permission.ANSWER)
def take_post() -> Response:
    take(_mine())
    db.session.commit()
    return go(HERE)


@blueprint.post("/state")
@needs(Permission.ANSWER)
def state_post() -> Response:
    state = request.form.get("state", "")
    settle(_mine(), state if state in STATES else abort(400))
    db.session.commit()
    return go(HERE)


@blueprint.post("/answer")
@needs(Permission.ANSWER)
def answer() -> Response:
    """An answer or a note that stays on this page: no mail, no ticket, no search."""
    person, practice, form = who(), _mine(), DeskForm()
    if not form.validate():
        return _page(practice, form, 422)
    once = form.once.data or ""
    if acted(once, person.id) is None:
        body, internal = form.body.data or "", form.kind.data == "note"
        done = done_in(body, made_up(practice, person))
        say(practice, body, internal=internal, then=form.then.data, done=done)
        led_to(once, HERE)
        db.session.commit()
    return go(f"{HERE}#newest")


@blueprint.post("/keys")
@needs(Permission.ANSWER)
def keys_post() -> Response:
    """The list of keys was opened and closed again."""
    practice = _mine()
    tick(practice, "keys")
    db.session.commit()
    if not is_htmx():
        return go(HERE)
    return render("practice/_steps.html", steps=_steps(practice))


@blueprint.post("/put-away")
@needs(Permission.ANSWER)
def put_away_post() -> Response:
    put_away(who())
    db.session.commit()
    flash(_("Put away. Real requests come the same way."), "good")
    return go("/desk")


def _asked() -> str:
    return request.values.get("q", "").replace("\0", " ")[:TYPED]


@blueprint.get("/find")
@needs(Permission.ANSWER)
def find() -> Response:
    """Ready answers and articles for the words typed so far, as at any request."""
    found = offers(made_up(_mine(), who()), _asked())
    return render("canned/_found.html", offers=found, asked=_asked(), languages_of=LANGUAGES)


@blueprint.post("/choose")
@needs(Permission.ANSWER)
def choose() -> Response:
    """The same as a page, for a browser without scripts."""
    practice, form = _mine(), DeskForm()
    ticket = made_up(practice, who())
    if "put" in request.form:
        offer = offer_of(ticket, _asked(), request.form["put"])
        parts = (form.body.data or "", offer.text if offer else "")
        form.body.data = "\n\n".join(part for part in parts if part)
        return _page(practice, form)
    kept_back = [(n, v) for n, v in request.form.items(multi=True) if n not in ("csrf_token", "q")]
    return render(
        "canned/choose.html",
        offers=offers(ticket, _asked()),
        asked=_asked(),
        fields=kept_back,
        choose_url=f"{HERE}/choose",
        **rail_for(who(), ""),
    )
