"""Moderators' pages: the queue, the record, who is suspended, and the rules for words and links."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, request

from ..community.access import moderates
from ..community.gate import DOUBT, DOUBT_KNOWN, QUEUE, opinion_on
from ..community.laws import Rule
from ..community.models import Post, Profile
from ..extensions import db
from ..kit.htmx import go, is_htmx, render
from ..kit.i18n import _, lazy, ngettext
from ..kit.numbers import BIGINT, number_in, numbers_in
from ..kit.overtaken import differing
from ..people.guards import needs, who
from ..people.models import Person
from ..people.permissions import Permission
from . import queries
from .access import as_seen, get_profile, get_rule, hold_posts, may_judge, readable_topics
from .actions import Because, admit, hide, keep, trust
from .forms import ReasonForm, RuleForm, TryForm, because_of
from .rules import Law, add_rule, change_rule, drop_rule
from .wording import ACTS, DOES, KINDS, REASONS, SIGNS, STANDINGS, reason_words, sign_words

blueprint = Blueprint("moderation", __name__, url_prefix="/community/moderation")
HERE = "/community/moderation"
SHOWS = {"waiting": lazy("Waiting"), "reported": lazy("Reported"), "hidden": lazy("Hidden")}


def rail_link(person: Person) -> dict[str, Any] | None:
    """The entry in the desk's rail, for those who moderate."""
    if not moderates(person):
        return None
    words = {"key": "moderation", "words": lazy("Community"), "icon": "flag", "url": HERE, "topic": QUEUE}
    return {**words, "count": queries.count_waiting()}


# The queue


def _show() -> str:
    asked = request.values.get("show", "")
    return asked if asked in SHOWS else "waiting"


def _queue(form: ReasonForm, status: int = 200, done: str = "") -> Response:
    """The queue; `done` says what the press before did."""
    show, person = _show(), who()
    values: dict[str, Any] = {"cases": [], "total": 0, "page": None, "hidden_by": {}}
    if show == "hidden":
        page = queries.hidden_page(request.args.get("at", ""))
        values |= {"page": page, "hidden_by": queries.hidden_by(page.rows)}
    else:
        values["cases"], values["total"] = queries.waiting() if show == "waiting" else queries.reported()
    return render(
        "moderation/queue.html",
        "moderation/_queue.html",
        status=status,
        form=form,
        done=done,
        show=show,
        shows=SHOWS,
        person=person,
        rules=queries.rules(),
        sign_words=sign_words,
        reason_words=reason_words,
        reasons=REASONS,
        acts=ACTS,
        standings=STANDINGS,
        **values,
    )


@blueprint.get("")
@needs(Permission.MODERATE)
def index() -> Response:
    return _queue(ReasonForm(formdata=None))


@blueprint.post("")
@needs(Permission.MODERATE)
def decide() -> Response:
    """Decide about the ticked posts, or with a number after the act about all of one person's that are held.

    The button's name is the act: let, trust, hide, keep.
    """
    person, form = who(), ReasonForm()
    act, about = _pressed()
    if not form.validate() or not act:
        return _queue(form, 422)
    profile = _profile(about)
    keys = queries.held_of(profile.person_id) if profile else _chosen(about)
    posts = [post for post in hold_posts(keys) if may_judge(person, post.author_id)]
    posts = posts if act == "hide" else as_seen(posts, request.form.getlist("seen-posts"))
    count = _do(act, posts, person, because_of(form))
    if profile and act == "trust" and may_judge(person, profile.person_id):
        trust(profile, person)
    db.session.commit()
    done = _said(count, len(set(keys)) - count)
    if is_htmx():
        return _queue(ReasonForm(formdata=None), done=done)
    flash(done, "good")
    return go(f"{HERE}?show={_show()}")


def _pressed() -> tuple[str, str]:
    """The act of the button that was pressed, and what it is about: a person by number, "post-7", or what is ticked."""
    return next(
        ((act, request.form[act]) for act in ("let", "trust", "hide", "keep") if act in request.form),
        ("", ""),
    )


def _profile(about: str) -> Profile | None:
    """Whose profile has a number; None for what is no number."""
    number = number_in(about, BIGINT)
    return None if number is None else get_profile(number)


def _chosen(about: str) -> list[int]:
    """The ids of the one post that the button names, or of those that are ticked."""
    keys = [about.removeprefix("post-")] if about.startswith("post-") else request.form.getlist("post")[:200]
    return numbers_in(keys, BIGINT)


def _do(act: str, posts: Sequence[Post], by: Person, because: Because) -> int:
    """Returns how many posts it did something to."""
    if act in ("let", "trust"):
        return admit(posts, by)
    if act == "hide":
        return hide(posts, by, because)
    return sum(keep(post, by) for post in posts)


def _said(count: int, missed: int) -> str:
    if missed < 1:
        return ngettext("Done: one post.", "Done: %(num)d posts.", count)
    words = ngettext(
        "One post was passed over: it came or changed since the page was made, somebody else decided, or it is your own.",
        "%(num)d posts were passed over: they came or changed since the page was made, somebody else decided, or they are your own.",
        missed,
    )
    return f"{ngettext('Done: one post.', 'Done: %(num)d posts.', count)} {words}"


# The record


@blueprint.get("/record")
@needs(Permission.MODERATE)
def record() -> Response:
    """What moderators did; of one act, one person or one moderator where the address says so."""
    act = request.args.get("act", "")
    act = act if act in ACTS else ""
    about, by = (request.args.get(name, "") for name in ("about", "by"))
    profiles = [_profile(one) for one in (about, by)]
    only = dict(zip(("person_id", "by_id"), (one and one.person_id for one in profiles), strict=True))
    page = queries.record_page(who(), request.args.get("at", ""), act=act, **only)
    return render(
        "moderation/record.html",
        page=page,
        act=act,
        about=profiles[0],
        by=profiles[1],
        names=queries.names_of(page.rows),
        topics=readable_topics(who(), {row.topic_id for row in page.rows if row.topic_id}),
        acts=ACTS,
        reason_words=reason_words,
    )


# Who may not write now


@blueprint.get("/suspended")
@needs(Permission.MODERATE)
def suspended() -> Response:
    rows = queries.suspended()
    return render(
        "moderation/suspended.html", rows=rows, names=queries.profiles({row.person_id for row in rows})
    )


# Rules


def _rules(form: RuleForm, trial: TryForm, status: int = 200, **found: Any) -> Response:
    return render(
        "moderation/rules.html",
        status=status,
        form=form,
        trial=trial,
        rules=queries.rules(),
        kinds=KINDS,
        does=DOES,
        signs=SIGNS,
        doubt=DOUBT,
        doubt_known=DOUBT_KNOWN,
        **found,
    )


@blueprint.get("/rules")
@needs(Permission.MODERATE)
def rules() -> Response:
    return _rules(RuleForm(formdata=None), TryForm(formdata=None))


@blueprint.post("/rules")
@needs(Permission.MODERATE)
def rules_post() -> Response:
    form = RuleForm()
    if form.validate() and add_rule(_law(form), who()):
        db.session.commit()
        flash(_("The rule stands from now on."), "good")
        return go(f"{HERE}/rules")
    return _rules(_known(form), TryForm(formdata=None), 422)


def _law(form: RuleForm) -> Law:
    return Law(form.kind.data, str(form.pattern.data), form.does.data)


def _known(form: RuleForm) -> RuleForm:
    """The form with the reason why it was not taken: if none of its fields has one, there is such a rule."""
    if not form.errors:
        form.pattern.errors = [_("There is a rule for this already.")]
    return form


@blueprint.post("/rules/try")
@needs(Permission.MODERATE)
def try_text() -> Response:
    """What would become of a text, without anybody reading it."""
    trial = TryForm()
    if not trial.validate():
        return _rules(RuleForm(formdata=None), trial, 422)
    hits, signs, weight = opinion_on(trial.text.data or "")
    return _rules(RuleForm(formdata=None), trial, hits=hits, found=signs, weight=weight)


def _rule_page(rule: Rule, form: RuleForm, status: int = 200, **more: Any) -> Response:
    return render("moderation/rule.html", status=status, rule=rule, form=form, **more)


def _standing(rule: Rule) -> RuleForm:
    """The form as the rule stands now."""
    form = RuleForm(formdata=None, obj=rule)
    form.note_seen()
    return form


@blueprint.get("/rules/<int:key>")
@needs(Permission.MODERATE)
def rule(key: int) -> Response:
    found = get_rule(key)
    return _rule_page(found, _standing(found))


@blueprint.post("/rules/<int:key>")
@needs(Permission.MODERATE)
def rule_post(key: int) -> Response:
    found, form = get_rule(key, change=True), RuleForm()
    valid, stands = form.validate(), _standing(found)
    if valid and form.is_overtaken(stands):
        return _rule_page(found, form, 409, differs=differing(form, stands))
    if valid and change_rule(found, _law(form), who()):
        db.session.commit()
        flash(_("Saved. It counts for what is written from now on."), "good")
        return go(f"{HERE}/rules")
    return _rule_page(found, _known(form), 422)


@blueprint.post("/rules/<int:key>/delete")
@needs(Permission.MODERATE)
def rule_delete(key: int) -> Response:
    drop_rule(get_rule(key, change=True), who())
    db.session.commit()
    flash(_("The rule is gone."), "good")
    return go(f"{HERE}/rules")
