"""What keeps words back before others read them: suspensions, rules for words and links, the first posts of new people.

Words of people who are known here are shown, those of new ones as long as little speaks against them (signs.py). What
is doubtful is held for a moderator, never dropped, and who wrote is told so. Once something of a new person is held,
all that follows is, until somebody has looked: so a flood shows one post of each account at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app, has_request_context
from sqlalchemy import ColumnElement, Row, case, exists, func, literal_column, select

from ..accounts import limits
from ..extensions import db
from ..kit import clock
from ..kit.alike import holds
from ..kit.i18n import _, exact
from ..people.models import Person
from ..people.permissions import Permission
from . import signs
from .laws import Rule, Suspension
from .links import is_under
from .mentions import TOO_MANY, count_of
from .models import HELD, HIDDEN, RECALLED, WITHDRAWN, Post, Profile, Space, Topic
from .signs import Sending, Writing
from .traces import PostMark, Vote

QUEUE = "moderation-0"  # the live topic of moderators
KNOWN, ALWAYS_HELD = "known", HELD  # standings of a profile; "" is new
POSTS_SHOWN, DAYS = 3, timedelta(days=3)  # that make somebody known
DOUBT, DOUBT_KNOWN = 4, 7  # from which weight of signs on the words of new people are held, and of known ones
YOUNG = timedelta(days=1)
REMEMBERED = timedelta(days=30)  # how long it is known what was said
FAST, SPELL = 3, timedelta(minutes=10)  # posts of a new person in that time that nobody thinks odd


class Refused(Exception):
    """These words are not taken; says why in a sentence for who wrote them."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of words.

    Attributes:
        gate: as in models.py.
        why: for moderators: signs, or a rule, one blank apart.
        doubt: the weight of the signs.
        marks: what later words are compared with.
    """

    gate: str = ""
    why: str = ""
    doubt: int = 0
    marks: Sequence[int] = ()


def suspension_of(person: Person) -> Suspension | None:
    """The suspension that keeps a person from writing now."""
    now = clock.now()
    rows = select(Suspension).where(
        Suspension.person_id == person.id, Suspension.ends > now, Suspension.lifted_at.is_(None)
    )
    return db.session.scalar(rows.order_by(Suspension.ends.desc()).limit(1))


def look_at(
    person: Person, profile: Profile, space: Space, text: str, sending: Sending | None = None
) -> Verdict:
    """What becomes of a person's words in a space.

    Args:
        text: all of the words, title and body.
        sending: how they came; None for words that are changed, or come from elsewhere in the portal.

    Raises:
        Refused: they are not taken.
    """
    _refuse_suspended(person)
    if count_of(text) > TOO_MANY:
        raise Refused(_("You name too many people. Write the names of those alone who should answer."))
    is_ours = person.is_staff or person.may(Permission.MODERATE)
    _grow(profile, is_ours)
    if sending:
        refuse_fast(person, profile)
    writing = signs.read(text, own_hosts())
    marks = [*writing.contacts, *writing.shingles, *signs.file_marks(sending)]
    if is_ours:
        return Verdict(marks=marks)
    rule = _rule_for(writing)
    if rule and rule.does == "refuse":
        raise Refused(
            _("The community does not take “%(words)s”. Please say it another way.", words=rule.pattern)
        )
    found = list(dict.fromkeys(_signs(person, profile, writing, sending)))
    doubt = signs.weight(found)
    reason = _reason(profile, space, rule, doubt)
    return Verdict(HELD if reason else "", " ".join([*reason, *found]) if reason else "", doubt, marks)


def _reason(profile: Profile, space: Space, rule: Rule | None, doubt: int) -> list[str]:
    """Why words are held, besides the signs; empty if they are not."""
    if rule:
        return [f"rule-{rule.id}"]
    if profile.standing == ALWAYS_HELD:
        return ["always"]
    if space.holds_first and not profile.standing:
        return ["first"]
    return ["doubt"] if doubt >= (DOUBT_KNOWN if profile.standing else DOUBT) else []


def suspended_words(person: Person | None) -> str:
    """What keeps a person from writing now, in a sentence; "" if nothing does."""
    suspension = suspension_of(person) if person else None
    if suspension is None:
        return ""
    return _(
        "You cannot write in the community until %(moment)s. The reason: %(reason)s",
        moment=exact(suspension.ends),
        reason=suspension.reason,
    )


def _refuse_suspended(person: Person) -> None:
    if words := suspended_words(person):
        raise Refused(words)


def refuse_fast(person: Person, profile: Profile) -> None:
    """Limits by time: more is taken of people who are known, and of who is new only so much from one source.

    Raises:
        Refused: that is too much for now.
    """
    limit = limits.POSTS if profile.standing == KNOWN else limits.POSTS_NEW
    over = limits.is_one_too_many(limit, str(person.id))
    if not over and has_request_context() and profile.standing != KNOWN:
        over = limits.is_one_too_many(limits.POSTS_SOURCE, limits.source())
    if over:
        raise Refused(
            _("That was a lot in one hour. Your words are kept here: please send them a little later.")
        )


def _grow(profile: Profile, is_ours: bool) -> None:
    """Who is new becomes known by posts that stood for some days, or by one that somebody known found helpful."""
    if not profile.standing and (is_ours or _has_stood(profile) or _has_helped(profile)):
        profile.standing = KNOWN


def _has_stood(profile: Profile) -> bool:
    if profile.posts < POSTS_SHOWN or profile.since > clock.now() - DAYS:
        return False
    kept = exists().where(Post.author_id == profile.person_id, Post.gate.in_((HELD, HIDDEN)))
    return not db.session.scalar(select(kept))


def _has_helped(profile: Profile) -> bool:
    if not profile.posts:
        return False
    voter, asker = Profile.person_id == Vote.person_id, Profile.person_id == Topic.author_id
    own, known = Post.author_id == profile.person_id, Profile.standing == KNOWN
    voted = select(Vote.post_id).join(Post, Post.id == Vote.post_id).join(Profile, voter).where(own, known)
    taken = select(Topic.id).join(Post, Post.id == Topic.accepted_id).join(Profile, asker).where(own, known)
    return bool(db.session.scalar(select(voted.exists() | taken.exists())))


def own_hosts() -> list[str]:
    """Hosts of this portal: to name them is no sign of anything."""
    return [urlsplit(current_app.config["BASE_URL"]).hostname or ""]


def _rule_for(writing: Writing) -> Rule | None:
    """The strictest rule that the words fall under."""
    rules = db.session.scalars(
        select(Rule).order_by(Rule.does.desc(), Rule.id)
    )  # "refuse" comes before "hold"
    return next((rule for rule in rules if falls_under(writing, rule)), None)


def falls_under(writing: Writing, rule: Rule) -> bool:
    """Whether words fall under a rule, also where they try not to be seen."""
    if rule.kind == "link":
        return any(is_under(link.host, rule.pattern) for link in writing.links)
    return holds(writing.said, rule.pattern)


def opinion_on(text: str) -> tuple[list[Rule], list[str], int]:
    """What would be said of a text by itself: the rules that it falls under, its signs, and their weight."""
    writing = signs.read(text, own_hosts())
    rules = db.session.scalars(select(Rule).order_by(Rule.does.desc(), Rule.id))
    found = list(dict.fromkeys(signs.signs_in(writing)))
    return [rule for rule in rules if falls_under(writing, rule)], found, signs.weight(found)


def refuse_unfit(person: Person, words: str) -> None:
    """Of a name or a line about oneself nothing can wait for a moderator: what a post would be held for is not taken.

    Raises:
        Refused: they would stand before others at once.
    """
    if person.is_staff or person.may(Permission.MODERATE):
        return
    rules, _found, doubt = opinion_on(words)
    if rules or doubt >= DOUBT:
        raise Refused(_("This cannot stand before everybody. Please say it another way."))


def _signs(person: Person, profile: Profile, writing: Writing, sending: Sending | None) -> Iterator[str]:
    yield from signs.signs_in(writing)
    yield from signs.signs_of_sending(sending, writing)
    yield from _of_others(person, writing, sending)
    if profile.standing:
        return
    if clock.now() - person.created_at < YOUNG:
        yield "young"
    if person.confirmed_at is None:
        yield "unconfirmed"
    yield from _of_earlier(person, writing, is_change=sending is None)


def _of_earlier(person: Person, writing: Writing, *, is_change: bool) -> Iterator[str]:
    """What the earlier posts of a new person say of them; words that are changed are among these themselves."""
    since = clock.now() - REMEMBERED
    columns = (
        func.count().filter(Post.gate.in_((HELD, RECALLED))),
        func.count().filter(Post.gate == HIDDEN),
        func.count().filter(Post.at > clock.now() - SPELL),
        func.count(),
        func.count().filter(Post.body.contains("://")),
    )
    rows = select(*columns).where(Post.author_id == person.id, Post.at > since)
    waiting, hidden, late, earlier, linked = db.session.execute(rows).one()
    if waiting:
        yield "waiting"
    if hidden:
        yield "hidden-before"
    if late >= FAST and not is_change:
        yield "fast"
    if writing.links and linked and linked == earlier and not is_change:
        yield "always-links"


def _of_others(person: Person, writing: Writing, sending: Sending | None) -> Iterator[str]:
    """Whether the same was said lately, by others or by the same person, and where else the same links stand."""
    said = writing.shingles
    alike = _standing_with(person, said, max(1, len(said) // 2))
    meets = _standing_with(person, [*writing.contacts, *signs.file_marks(sending)], 1)
    yield from _how_often("alike", sum(not row.own for row in alike))
    if sending:  # words that are changed are alike to themselves
        yield from _how_often("again", sum(bool(row.own) for row in alike))
        if any(row.own for row in meets):
            yield "same-contact"
    others = [row.gate in (HELD, HIDDEN) for row in meets if not row.own]
    if sum(others) * 2 > len(others):
        yield "bad-company"


def _how_often(sign: str, times: int) -> Iterator[str]:
    if times:
        yield f"much-{sign}" if times > 1 else sign


def _standing_with(person: Person, marks: Sequence[int], least: int) -> Sequence[Row[bool, str]]:
    """Late posts that have at least so many of the marks, at most a hundred: whether they are the person's own, and their gate."""
    if not marks:
        return []
    own: ColumnElement[bool] = case(
        (Post.author_id == person.id, literal_column("1")), else_=literal_column("0")
    )
    rows = (
        select(own.label("own"), Post.gate)
        .join(PostMark, PostMark.post_id == Post.id)
        .where(PostMark.mark.in_(marks), PostMark.at > clock.now() - REMEMBERED, Post.gate != WITHDRAWN)
        .group_by(Post.id, Post.author_id, Post.gate)
        .having(func.count() >= least)
    )
    return db.session.execute(rows.limit(100)).all()
