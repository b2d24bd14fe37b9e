"""Verbs and facts of how people are known in the community: public name, a line about them, what they wrote."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ..audit.actions import record
from ..extensions import db
from ..kit import clock
from ..kit.company import the_company
from ..kit.i18n import _
from ..people.models import Person
from .access import moderates, visible_posts, visible_topics
from .actions import profile_of
from .gate import Refused, refuse_unfit
from .models import Post, Profile, Topic
from .names import key_of, plain, problem_with

A_WHILE = timedelta(days=7)  # between two changes of a name
SHOWN = 10  # topics and posts on a profile
LOOKED_AT = 200  # of the newest posts of somebody, to find those by
COUNTED = 1000  # posts that are counted one by one


class BadName(Exception):
    """Nobody may be called so, or not now; says why in a sentence."""


def get_profile(reader: Person | None, number: int) -> Profile:
    """Who has this number, or 404: nobody is looked up of whom the reader can read nothing, but for oneself."""
    rows = select(Profile).where(Profile.number == number, Profile.erased == "")
    found = db.session.scalar(rows) or abort(404)
    own = reader is not None and reader.id == found.person_id
    return found if own or moderates(reader) or count_of(found, reader, most=1) else abort(404)


def profile_if_any(person: Person, *, change: bool = False) -> Profile | None:
    """How a person is known, locked for a change; None for who never wrote."""
    return db.session.get(Profile, person.id, with_for_update=change)


def next_change(profile: Profile) -> datetime | None:
    """When the name can be changed again; None when it can be now."""
    soonest = profile.named_at + A_WHILE if profile.named_at else None
    return soonest if soonest and soonest > clock.now() else None


def call(person: Person, name: str) -> None:
    """Give a person another public name; "" gives back the one with a number.

    Raises:
        BadName: they may not be called so.
    """
    profile, wanted = profile_of(person), plain(name)
    if wanted == profile.name:
        return
    if next_change(profile):
        raise BadName(_("You can change your name once in 7 days."))
    if wanted and (problem := problem_with(wanted, the_company().name, staff=person.is_staff)):
        raise BadName(problem)
    try:
        refuse_unfit(person, wanted)
    except Refused as refusal:
        raise BadName(str(refusal)) from refusal
    key = key_of(wanted) or None
    try:
        with db.session.begin_nested():
            profile.name, profile.key, profile.named_at = wanted, key, clock.now()
            db.session.flush()
    except IntegrityError as error:
        raise BadName(_("Somebody has this name, or one that looks like it.")) from error
    record("changed the public name", person, f"person {person.id}")


def call_really(person: Person) -> None:
    """Show a person by their real name, since they say so.

    Raises:
        BadName: that cannot be.
    """
    call(person, person.name or person.called)


def tell_about(person: Person, words: str) -> None:
    """What a person says of themselves.

    Raises:
        Refused: it cannot stand before others.
    """
    profile = profile_of(person)
    if words != profile.about:
        refuse_unfit(person, words)
        profile.about = words


def topics_of(profile: Profile, reader: Person | None) -> Sequence[Topic]:
    """The newest topics of somebody that all readers of their spaces see, as far as the reader enters these."""
    rows = visible_topics(reader).where(Topic.author_id == profile.person_id, Topic.gate == "")
    return db.session.scalars(rows.order_by(Topic.created_at.desc(), Topic.id.desc()).limit(SHOWN)).all()


def posts_of(profile: Profile, reader: Person | None) -> Sequence[Post]:
    """The same of answers, among the newest that somebody wrote."""
    own = select(Post.id).where(Post.author_id == profile.person_id)
    newest = own.order_by(Post.at.desc(), Post.id.desc()).limit(LOOKED_AT).subquery()
    rows = visible_posts(reader).where(
        Post.id.in_(select(newest.c.id)), Post.gate == "", Topic.gate == "", Post.place > 1
    )
    return db.session.scalars(rows.order_by(Post.at.desc(), Post.id.desc()).limit(SHOWN)).all()


def count_of(profile: Profile, reader: Person | None, most: int = COUNTED) -> int:
    """How many posts of somebody a reader may read: a number of all would tell of spaces that are closed to them."""
    rows = visible_posts(reader).where(Post.author_id == profile.person_id, Post.gate == "", Topic.gate == "")
    few = rows.with_only_columns(Post.id).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(few)) or 0
