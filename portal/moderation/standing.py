"""Whom moderators suspend or trust, and what everybody reads of what was done with their words."""

from flask import Blueprint, Response, abort, flash, request

from ..community.gate import suspension_of
from ..community.models import Profile
from ..extensions import db
from ..kit.htmx import go, render
from ..kit.i18n import _, pick_zone
from ..people.guards import needs, signed_in, who
from ..people.models import Person
from ..people.permissions import Permission
from . import queries
from .access import get_profile, may_suspend, readable_topics
from .actions import lift, suspend, trust, watch
from .forms import SuspendForm, because_of
from .wording import ACTS, OUTCOMES, REASONS, STANDINGS, TOLD, reason_words

blueprint = Blueprint("standing", __name__, url_prefix="/community")


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
    suspend(person, who(), form.ends(pick_zone()), because_of(form))
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
