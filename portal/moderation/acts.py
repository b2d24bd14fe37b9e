"""What moderators do with a post, and what is everybody's: to report one."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, flash, request

from ..accounts import limits
from ..community.access import get_post, moderates
from ..community.actions import profile_of
from ..community.models import HELD, HIDDEN, WITHDRAWN, Post
from ..community.panels import Act
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from . import queries
from .access import as_seen, hold_post, may_judge
from .actions import admit, hide, report
from .forms import ReasonForm, ReportForm, because_of
from .wording import ACTS, REASONS, reason_words, sign_words

blueprint = Blueprint("moderators", __name__, url_prefix="/community")


def post_acts(post: Post, person: Person) -> Iterator[Act]:
    """In a post's menu: to report it, and for moderators what they may do with words that are not their own."""
    if post.author_id == person.id or post.gate == WITHDRAWN:
        return
    if not post.gate and person.may(Permission.POST):
        yield Act("flag", _("Report"), f"{post.path}/report")
    if not moderates(person):
        return
    if post.gate:
        words = _("Let in") if post.gate == HELD else _("Show again")
        yield Act("check", words, f"{post.path}/show", posts=True, given=("seen-posts", post.seen_as))
    if post.gate != HIDDEN:
        yield Act("eye", _("Hide …"), f"{post.path}/hide")
    if post.author:
        yield Act("lock", _("Suspend …"), f"{post.author.address}/suspend")


def _judged(post: Post) -> Post:
    """The post, unless it is the moderator's own, or they may not write here themselves."""
    return post if may_judge(who(), post.author_id) else abort(403)


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
    if not hide([post], who(), because_of(form)):
        form.seen.data = post.gate
        return _hide_page(post, form, 409, late=True)
    db.session.commit()
    flash(_("The post is hidden, and its writer is told why."), "good")
    return go(post.topic.address)


@blueprint.post("/<int:number>/posts/<int:place>/show")
@needs(Permission.MODERATE)
def show_post(number: int, place: int) -> Response:
    post = _judged(hold_post(number, place))
    if admit(as_seen([post], request.form.getlist("seen-posts")), who()):
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
    if report(hold_post(number, place), person, because_of(form)):
        flash(_("Thank you. A moderator looks at it, and we tell you what came of it."), "good")
    else:
        flash(_("You have reported this post before. We tell you what comes of it."), "wait")
    db.session.commit()
    return go(f"/community/{number}")
