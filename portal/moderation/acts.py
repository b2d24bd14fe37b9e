"""What moderators do on a topic's page and with its people, and what is everybody's: to report, and to read what was done."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request

from ..accounts import limits
from ..community.access import get_post, get_topic, moderates
from ..community.actions import profile_of
from ..community.gate import suspension_of
from ..community.models import HELD, WITHDRAWN, Post, Profile, Topic
from ..community.panels import Drawing
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _, pick_zone
from ..kit.markdown import excerpt
from ..people.guards import needs, signed_in, who
from ..people.models import Person
from ..people.permissions import Permission
from . import queries
from .access import get_profile, hold_post, hold_topic, may_judge, may_suspend, readable_topics
from .actions import (
    Because,
    CannotSplit,
    admit,
    close,
    hide,
    lift,
    move,
    pin,
    report,
    split,
    suspend,
    trust,
    watch,
)
from .forms import MoveForm, ReasonForm, ReportForm, SplitForm, SuspendForm, reason_of, seen_of
from .wording import ACTS, OUTCOMES, REASONS, STANDINGS, TOLD, reason_words, sign_words

blueprint = Blueprint("moderators", __name__, url_prefix="/community")


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


def post_acts(post: Post, person: Person | None) -> Drawing | None:
    """In a post's menu: to report it, and for moderators what they may do with words that are not their own."""
    if person is None or post.author_id == person.id or post.gate == WITHDRAWN:
        return None
    may, reports = moderates(person), person.may(Permission.POST) and not post.gate
    return ("moderation/_post.html", {"may": may, "reports": reports}) if may or reports else None


def _judged(post: Post) -> Post:
    """The post, unless it is the moderator's own, or they may not write here themselves."""
    return post if may_judge(who(), post.author_id) else abort(403)


def _because(form: Any) -> Because:
    return Because(*reason_of(form))


# One post


def _hide_page(post: Post, form: ReasonForm, status: int = 200, late: bool = False) -> Response:
    return render(
        "moderation/hide.html",
        status=status,
        post=post,
        form=form,
        late=late,
        reports=queries.reports_of([post.id])[post.id],
        acts=queries.record_page(who(), "", post_id=post.id).rows,
        names=ACTS,
        reasons=REASONS,
        signs=sign_words(post.why, queries.rules()),
        reason_words=reason_words,
    )


@blueprint.get("/<int:number>/posts/<int:place>/hide")
@needs(Permission.MODERATE)
def hide_page(number: int, place: int) -> Response:
    post = _judged(get_post(who(), number, place))
    return _hide_page(post, ReasonForm(formdata=None, seen=post.gate or "shown"))


@blueprint.post("/<int:number>/posts/<int:place>/hide")
@needs(Permission.MODERATE)
def hide_post(number: int, place: int) -> Response:
    """Take words away; stops when somebody else decided about them since the page was made."""
    post, form = _judged(hold_post(number, place)), ReasonForm()
    if not form.validate():
        return _hide_page(post, form, 422)
    if not hide([post], who(), _because(form)):
        form.seen.data = post.gate
        return _hide_page(post, form, 409, late=True)
    db.session.commit()
    flash(_("The post is hidden, and its writer is told why."), "good")
    return go(post.topic.address)


@blueprint.post("/<int:number>/posts/<int:place>/show")
@needs(Permission.MODERATE)
def show_post(number: int, place: int) -> Response:
    post = _judged(hold_post(number, place))
    if admit(seen_of([post]), who()):
        flash(_("Everybody who reads the space can read the post now."), "good")
    else:
        flash(_("The post changed meanwhile, or somebody else decided about it. Look again."), "wait")
    db.session.commit()
    return go(post.address)


# Reports


def _report_page(post: Post, form: ReportForm, status: int = 200) -> Response:
    return render("moderation/report.html", status=status, post=post, form=form)


def _reportable(number: int, place: int) -> Post:
    """A post of somebody else that the person reads."""
    person, post = who(), get_post(who(), number, place)
    if post.gate not in ("", HELD) or post.author_id == person.id:
        abort(404)
    return post


@blueprint.get("/<int:number>/posts/<int:place>/report")
@needs(Permission.POST)
def report_page(number: int, place: int) -> Response:
    return _report_page(_reportable(number, place), ReportForm(formdata=None))


@blueprint.post("/<int:number>/posts/<int:place>/report")
@needs(Permission.POST)
def report_post(number: int, place: int) -> Response:
    person, form = who(), ReportForm()
    post = _reportable(number, place)
    if not form.validate():
        return _report_page(post, form, 422)
    if limits.is_one_too_many(limits.REPORTS, str(person.id)):
        db.session.rollback()
        form.words.errors = [
            _("That was a lot in one hour. Your words are kept here: please send them a little later.")
        ]
        return _report_page(get_post(person, number, place), form, 422)
    profile_of(person)
    if report(hold_post(number, place), person, _because(form)):
        flash(_("Thank you. A moderator looks at it, and we tell you what came of it."), "good")
    else:
        flash(_("You have reported this post before. We tell you what comes of it."), "wait")
    db.session.commit()
    return go(f"/community/{number}")


# One topic


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
    move(topic, space, who(), _because(form))
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
    return [int(one) for one in words[:500] if one.isdecimal() and len(one) < 9]  # noqa: PLR2004 -- a place


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
        new = split(topic, places, form.title.data or "", who(), _because(form))
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


# People


def _suspend_page(profile: Profile, form: SuspendForm, status: int = 200) -> Response:
    person = db.session.get_one(Person, profile.person_id)
    page = queries.record_page(who(), "", person_id=profile.person_id)
    return render(
        "moderation/suspend.html",
        status=status,
        profile=profile,
        form=form,
        stands=suspension_of(person),
        may=may_suspend(who(), person),
        page=page,
        acts=ACTS,
        standings=STANDINGS,
        reason_words=reason_words,
    )


@blueprint.get("/people/<int:number>/suspend")
@needs(Permission.MODERATE)
def suspend_page(number: int) -> Response:
    return _suspend_page(get_profile(number), SuspendForm(formdata=None))


def _whom(profile: Profile) -> Person:
    """The person, if the moderator may take their right to write, or change how they stand."""
    person = db.session.get_one(Person, profile.person_id)
    return person if may_suspend(who(), person) else abort(403)


@blueprint.post("/people/<int:number>/suspend")
@needs(Permission.MODERATE)
def suspend_post(number: int) -> Response:
    profile, form = get_profile(number), SuspendForm()
    person = _whom(profile)
    if not form.validate():
        return _suspend_page(profile, form, 422)
    suspend(person, who(), form.ends(pick_zone()), _because(form))
    db.session.commit()
    flash(_("%(name)s cannot write here until then, and is told why.", name=profile.shown), "good")
    return go(f"/community/people/{number}/suspend")


@blueprint.post("/people/<int:number>/lift")
@needs(Permission.MODERATE)
def lift_post(number: int) -> Response:
    profile = get_profile(number)
    if lift(_whom(profile), who()):
        flash(_("%(name)s can write again.", name=profile.shown), "good")
    else:
        flash(_("Somebody else did that meanwhile."), "wait")
    db.session.commit()
    return go(f"/community/people/{number}/suspend")


@blueprint.post("/people/<int:number>/standing")
@needs(Permission.MODERATE)
def standing_post(number: int) -> Response:
    """Trust a person from now on, or hold all that they write."""
    profile = get_profile(number)
    _whom(profile)
    wanted = request.form.get("standing", "")
    if wanted not in ("known", "held"):
        abort(400)
    (trust if wanted == "known" else watch)(profile, who())
    db.session.commit()
    flash(_("Saved."), "good")
    return go(f"/community/people/{number}/suspend")


# What was done with my posts


@blueprint.get("/mine/acts")
@signed_in
def own_acts() -> Response:
    """What moderators did with the person's posts, and what came of what the person reported."""
    person = who()
    page = queries.own_acts(person, request.args.get("at", ""))
    reports = queries.own_reports(person)
    keys = {act.topic_id for act in page.rows if act.topic_id} | {one.post.topic_id for one in reports}
    return render(
        "moderation/own_acts.html",
        page=page,
        reports=reports,
        topics=readable_topics(person, keys),
        stands=suspension_of(person),
        told=TOLD,
        outcomes=OUTCOMES,
        reasons=REASONS,
        reason_words=reason_words,
    )
