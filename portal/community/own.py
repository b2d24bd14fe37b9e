"""Pages around people: a profile, one's own name and words, what one follows, a tag, and the link that stops a mail."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request
from flask_babel import format_date

from ..extensions import csrf, db
from ..kit.htmx import go, render
from ..kit.i18n import _
from ..kit.markdown import excerpt
from ..kit.overtaken import differing
from ..notifications.queries import wants_mail
from ..notifications.wording import COMMUNITY
from ..people.guards import me, needs, public, signed_in, who
from ..people.models import Person
from ..people.permissions import Permission
from .actions import profile_of
from .following import (
    BELL,
    MAIL,
    PERSON,
    STOP,
    TAG,
    WAYS,
    Followed,
    all_followed,
    choose,
    get_followed,
    named,
    read_token,
    way_of,
)
from .forms import ProfileForm, clean_tag
from .gate import Refused, suspended_words
from .models import Profile
from .panels import facts_of
from .people import (
    BadName,
    call,
    call_really,
    count_of,
    get_profile,
    next_change,
    posts_of,
    profile_if_any,
    tell_about,
    topics_of,
)
from .queries import tagged_page
from .unread import news_of
from .wording import KINDS

blueprint = Blueprint("community_own", __name__, url_prefix="/community")


@blueprint.get("/people/<int:number>")
@public
def profile(number: int) -> Response:
    """Who somebody is in the community; of what they wrote only what the reader may read."""
    reader = me()
    found = get_profile(reader, number)
    person = db.session.get(Person, found.person_id) or abort(404)
    own = reader is not None and reader.id == person.id
    topics = topics_of(found, reader)
    return render(
        "community/profile.html",
        profile=found,
        staff=person.is_staff,
        own=own,
        count=count_of(found, reader),
        since=format_date(found.since, "long"),
        excerpt=excerpt,
        topics=topics,
        facts=facts_of(topics),
        posts=posts_of(found, reader),
        kinds=KINDS,
        thing=Followed(PERSON, str(person.id), found.shown, found.address) if reader and not own else None,
        way=way_of(reader, PERSON, str(person.id)),
    )


@blueprint.get("/me")
@needs(Permission.POST)
def own() -> Response:
    found = profile_if_any(who())
    return _own_page(_standing(found), found)


def _standing(found: Profile | None) -> ProfileForm:
    """The form as the profile stands now."""
    given = {"name": found.name, "about": found.about} if found else {}
    form = ProfileForm(formdata=None, data=given)
    form.note_seen()
    return form


def _own_page(form: ProfileForm, found: Profile | None, status: int = 200, **more: Any) -> Response:
    real = who().name or who().called
    return render(
        "community/me.html",
        status=status,
        form=form,
        profile=found,
        real=real,
        until=next_change(found) if found else None,
        suspended=suspended_words(who()),
        **more,
    )


@blueprint.post("/me")
@needs(Permission.POST)
def own_post() -> Response:
    """Save it; who did so in another window meanwhile sees that first."""
    person, form = who(), ProfileForm()
    found = profile_if_any(person, change=True)
    if not form.validate():
        return _own_page(form, found, 422)
    if suspended_words(person):
        return _own_page(form, found, 403)
    stands = _standing(found)
    if form.is_overtaken(stands):
        return _own_page(form, found, 409, differs=differing(form, stands))
    try:
        if form.real.data:
            call_really(person)
        else:
            call(person, form.name.data or "")
        tell_about(person, form.about.data or "")
    except (BadName, Refused) as problem:
        db.session.rollback()
        field = form.name if isinstance(problem, BadName) else form.about
        field.errors = [str(problem)]
        return _own_page(form, profile_if_any(who()), 422)
    db.session.commit()
    flash(_("Saved."), "good")
    return go(profile_of(person).address)


@blueprint.get("/mine")
@signed_in
def mine() -> Response:
    """All that somebody follows, each with how its news come, and their own topics."""
    person = who()
    found = profile_if_any(person)
    topics = topics_of(found, person) if found else ()
    return render(
        "community/mine.html",
        followed=all_followed(person),
        ways=WAYS,
        by_mail=wants_mail(person.id, COMMUNITY),
        topics=topics,
        facts=facts_of(topics),
        kinds=KINDS,
        profile=found,
    )


@blueprint.get("/tagged/<tag>")
@public
def tagged(tag: str) -> Response:
    """The topics with a tag, of all spaces that the reader may enter; 404 where there is none."""
    reader = me()
    if tag != clean_tag(tag):
        abort(404)
    page = tagged_page(reader, tag, request.args.get("at", ""))
    if not page.rows:
        abort(404)
    return render(
        "community/tagged.html",
        tag=tag,
        page=page,
        news=news_of(reader, page.rows),
        facts=facts_of(page.rows),
        kinds=KINDS,
        thing=get_followed(reader, TAG, tag) if reader else None,
        way=way_of(reader, TAG, tag),
    )


# The link in a mail that stops the mails about one thing


def _meant(token: str) -> tuple[Person, str, str]:
    person_id, kind, target = read_token(token) or abort(404)
    person = db.session.get(Person, person_id)
    return (person, kind, target) if person and person.active else abort(404)


def _stop_page(token: str, *, done: bool = False) -> Response:
    person, kind, target = _meant(token)
    thing, wanted = named(person, kind, target), way_of(person, kind, target) == MAIL
    page = render("community/stop.html", reader=person, token=token, thing=thing, wanted=wanted, done=done)
    page.headers["Referrer-Policy"] = "no-referrer"  # an address with a token must not be told to others
    return page


def _set(token: str, way: str) -> Response:
    person, kind, target = _meant(token)
    if way_of(person, kind, target):  # what was stopped as a whole stays so
        choose(person, kind, target, way)
    elif way == BELL:  # a mail that came without following, as about an idea that somebody asked for
        choose(person, kind, target, STOP)
    db.session.commit()
    return _stop_page(token, done=True)


@blueprint.get("/stop/<token>")
@public
def stop(token: str) -> Response:
    return _stop_page(token)


@blueprint.post("/stop/<token>")
@public
@csrf.exempt
def stop_post(token: str) -> Response:
    """No redirect and no sign-in: a mail program that posts follows none (RFC 8058, 3.1)."""
    return _set(token, BELL)


@blueprint.post("/stop/<token>/again")
@public
def again(token: str) -> Response:
    """The way back, from the page alone."""
    return _set(token, MAIL)
