"""What moderators do with a topic as a whole, and what its page says of it: close, pin, move, split."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..community.access import get_topic, moderates
from ..community.models import Topic
from ..community.panels import Drawing
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.markdown import excerpt
from ..kit.numbers import numbers_in
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from . import queries
from .access import hold_topic, may_judge, readable_topics
from .actions import Because, CannotSplit, close, move, pin, split
from .forms import MoveForm, SplitForm, because_of

blueprint = Blueprint("topic_acts", __name__, url_prefix="/community")


def topic_panel(topic: Topic, person: Person | None) -> Drawing | None:
    """Beside a topic: where posts of it went, and for moderators what can be done with it."""
    whole = topic.posts == topic.last_place  # all that was ever written stands in it
    went = () if whole else queries.split_from(topic)
    may = moderates(person)
    if not went and not may:
        return None
    readable = readable_topics(person, [key for key, _count in went])
    gone = [(readable[key], count) for key, count in went if key in readable]
    return ("moderation/_topic.html", {"may": may, "gone": gone}) if gone or may else None


@blueprint.post("/<int:number>/<any(close, open, pin, unpin):act>")
@needs(Permission.MODERATE)
def toggle(number: int, act: str) -> Response:
    person, topic = who(), hold_topic(number)
    if not may_judge(person, None):
        abort(403)
    if act in ("close", "open"):
        done = close(topic, person, Because(), closed=act == "close")
    else:
        done = pin(topic, person, pinned=act == "pin")
    if done:
        flash({"close": _("Nobody but moderators answers here now."), "open": _("Everybody can answer here again."), "pin": _("It stands on top of its space now."), "unpin": _("It stands in its place again.")}[act], "good")  # fmt: skip
    else:
        flash(_("Somebody else did that meanwhile."), "wait")
    db.session.commit()
    return go(topic.address)


def _move_page(topic: Topic, form: MoveForm, status: int = 200) -> Response:
    return render("moderation/move.html", status=status, topic=topic, form=form)


def _move_form(topic: Topic, **given: Any) -> MoveForm:
    form = MoveForm(**given)
    others = [space for space in queries.spaces() if space.id != topic.space_id]
    form.space.choices = [(space.slug, space.name) for space in others]
    return form


@blueprint.get("/<int:number>/move")
@needs(Permission.MODERATE)
def move_page(number: int) -> Response:
    topic = get_topic(who(), number)
    return _move_page(topic, _move_form(topic, formdata=None))


@blueprint.post("/<int:number>/move")
@needs(Permission.MODERATE)
def move_post(number: int) -> Response:
    topic = hold_topic(number)
    form = _move_form(topic)
    if not may_judge(who(), None):
        abort(403)
    if not form.validate():
        return _move_page(topic, form, 422)
    space = next(one for one in queries.spaces() if one.slug == form.space.data)
    move(topic, space, who(), because_of(form))
    db.session.commit()
    flash(
        _(
            "The topic is in “%(space)s” now. Who cannot enter that space no longer reads it.",
            space=space.name,
        ),
        "good",
    )
    return go(topic.address)


def _split_page(topic: Topic, form: SplitForm, status: int = 200, problem: str = "") -> Response:
    return render(
        "moderation/split.html",
        status=status,
        topic=topic,
        form=form,
        problem=problem,
        excerpt=excerpt,
        page=queries.splittable(topic, request.args.get("at", "")),
        chosen=_places(request.values.getlist("post")),
    )


def _places(words: list[str]) -> list[int]:
    return numbers_in(words[:500])


@blueprint.get("/<int:number>/split")
@needs(Permission.MODERATE)
def split_page(number: int) -> Response:
    return _split_page(get_topic(who(), number), SplitForm(formdata=None))


@blueprint.post("/<int:number>/split")
@needs(Permission.MODERATE)
def split_post(number: int) -> Response:
    """The ticked posts begin a topic of their own."""
    topic, form = hold_topic(number), SplitForm()
    if not may_judge(who(), None):
        abort(403)
    places = _places(request.form.getlist("post"))
    if not form.validate():
        return _split_page(topic, form, 422)
    if not places:
        return _split_page(topic, form, 422, _("Tick the posts that begin the new topic."))
    try:
        new = split(topic, places, form.title.data or "", who(), because_of(form))
    except CannotSplit as error:
        return _split_page(topic, form, 422, _why_not(str(error)))
    db.session.commit()
    flash(_("The posts stand in a topic of their own now."), "good")
    return go(new.address)


def _why_not(why: str) -> str:
    return {
        "first": _("The first post is the topic itself: it cannot be taken out. Move the topic instead."),
        "hidden": _("The first of the posts is not shown: nobody could read the new topic."),
    }.get(why, _("Some of the posts are no longer here: somebody else moved them meanwhile."))
