"""What the worker does for the community: tell of posts, in batches, and write the mails that people chose to have."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import ColumnElement, and_, func, or_, select, union
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.i18n import _
from ..kit.markdown import excerpt
from ..kit.rows import insert_or_skip
from ..mail.actions import send
from ..mail.compose import Draft, absolute, compose
from ..notifications.queries import wants_mail
from ..notifications.wording import COMMUNITY
from ..outbox.actions import enqueue
from ..people.models import Person
from .access import visible_posts
from .following import MENTION, PERSON, SPACE, TAG, TOPIC, mails_of_mentions, make_token
from .mentions import COUNTED, named_in
from .models import PUBLIC, SIGNED_IN, Post, Topic
from .notices import ANSWERED, ASKED, BEGAN, FOLLOWED, MENTIONED, sentence, tell, tell_accepted
from .rooms import REINDEX
from .traces import Follow, Mention

BATCH = 200  # people, or topics, of one job
OF_A_POST = 600  # letters of a post in a mail
ORDER = (TOPIC, PERSON, TAG, SPACE)  # what a mail says that it comes from, where several things are followed


def _shown(post_id: int) -> Post | None:
    """A post that all readers of its space see, or None: then nobody is told of it."""
    about = joinedload(Post.topic).joinedload(Topic.space)
    post = db.session.get(Post, post_id, options=[about, joinedload(Post.author)])
    return post if post and not (post.gate or post.topic.gate) else None


def _bears_on(post: Post) -> ColumnElement[bool]:
    """The follows that a post is news for: of a space and of a tag, only where a topic begins."""
    topic = post.topic
    wanted = [(TOPIC, [str(topic.id)]), (PERSON, [str(post.author_id)])]
    if post.place == 1:
        wanted += [(SPACE, [str(topic.space_id)]), (TAG, topic.tags)]
    return or_(*(and_(Follow.kind == kind, Follow.target.in_(targets)) for kind, targets in wanted))


def _spoken_to(post: Post) -> int | None:
    """Who wrote the post that this one speaks to."""
    return (
        db.session.scalar(select(Post.author_id).where(Post.id == post.answers_id))
        if post.answers_id
        else None
    )


def _listeners(post: Post, spoken_to: int | None, after: int) -> Sequence[Person]:
    """The next people that a post may be news for, in the order of their ids."""
    following = select(Follow.person_id).where(_bears_on(post), Follow.heard)
    named = select(Mention.person_id).where(Mention.post_id == post.id)
    rows = union(following, named, select(Person.id).where(Person.id == (spoken_to or 0))).subquery()
    people = select(Person).join(rows, rows.c[0] == Person.id)
    people = people.where(Person.id > after, Person.id != post.author_id, Person.active)
    return db.session.scalars(people.order_by(Person.id).limit(BATCH)).all()


def _newly_named(post: Post) -> list[int]:
    """Those whom a post names and did not name when it was last looked at: however often it is changed, few in all."""
    before = db.session.scalar(select(func.count()).where(Mention.post_id == post.id)) or 0
    keys = named_in(post.html or "") if before < COUNTED else []
    rows = ({"post_id": post.id, "person_id": key} for key in keys)
    fresh = (db.session.scalar(insert_or_skip(Mention, Mention.person_id), row) for row in rows)
    return [key for key in fresh if key is not None]


def _note(post: Post) -> None:
    """What else becomes of a post: who is named in it, and what higher features make of it."""
    _newly_named(post)
    for note in current_app.extensions["posted"]:
        note(post)


def tell_all(payload: dict[str, Any]) -> None:
    """Tell a batch of people of a post, and leave the next batch to another job; told twice, they hear once."""
    post, after = _shown(payload["post"]), payload.get("after", 0)
    if post is None:
        return
    if not after:
        _note(post)
    spoken_to = _spoken_to(post)
    people = _listeners(post, spoken_to, after)
    ids = [person.id for person in people]
    rows = select(Follow).where(Follow.person_id.in_(ids), or_(_bears_on(post), Follow.kind == MENTION))
    follows: dict[int, list[Follow]] = defaultdict(list)
    for row in db.session.scalars(rows):
        follows[row.person_id].append(row)
    mentioned = set(
        db.session.scalars(
            select(Mention.person_id).where(Mention.post_id == post.id, Mention.person_id.in_(ids))
        )
    )
    for person in people:
        why = _why(post, person, follows[person.id], named=person.id in mentioned, spoken_to=spoken_to)
        if why and _may_read(person, post) and tell(person, post, why):
            _leave_letter(post, person, why, follows[person.id])
    if len(people) == BATCH:
        values = {"post": post.id, "after": ids[-1]}
        enqueue(
            "community.post", values, key=f"community.post:{post.id}:{ids[-1]}", lane=f"topic-{post.topic_id}"
        )


def named(payload: dict[str, Any]) -> None:
    """Tell those who were put into a post later; whoever was told of it before hears nothing more."""
    post = _shown(payload["post"])
    rows = select(Person).where(Person.id.in_(_newly_named(post) if post else ()), Person.active)
    for person in db.session.scalars(rows.order_by(Person.id)).all():
        if post and person.id != post.author_id and _may_read(person, post) and tell(person, post, MENTIONED):
            row = db.session.get(Follow, (person.id, MENTION, ""))
            _leave_letter(post, person, MENTIONED, [row] if row else [])


def _why(post: Post, person: Person, follows: Sequence[Follow], *, named: bool, spoken_to: int | None) -> str:
    """The strongest reason that a person hears of a post; "" for none. A topic that was stopped stays quiet."""
    if named:
        return MENTIONED
    by_kind = {row.kind: row for row in follows}
    topic = by_kind.get(TOPIC)
    if topic and not topic.heard:
        return ""
    if spoken_to == person.id:
        return ANSWERED
    if topic and post.topic.author_id == person.id and post.topic.kind == "question":
        return ASKED
    heard = any(row.heard for row in follows if row.kind != MENTION)
    return (BEGAN if post.place == 1 else FOLLOWED) if heard else ""


def _may_read(person: Person, post: Post) -> bool:
    if post.topic.space.audience in (PUBLIC, SIGNED_IN):
        return True
    return db.session.scalar(visible_posts(person).where(Post.id == post.id)) is not None


def _leave_letter(post: Post, person: Person, why: str, follows: Sequence[Follow]) -> None:
    """A job for the mail, if a followed thing that this is news of comes by mail; the mail can stop just that thing."""
    rows = {row.kind: row for row in follows}
    chosen = next(
        (rows[kind] for kind in ORDER if kind in rows and rows[kind].heard and rows[kind].by_mail), None
    )
    if why == MENTIONED and mails_of_mentions(rows.get(MENTION)):
        thing = (MENTION, "")
    elif chosen:
        thing = (chosen.kind, chosen.target)
    else:
        return
    values = {"post": post.id, "person": person.id, "why": why, "kind": thing[0], "target": thing[1]}
    key = f"community.letter:{post.id}:{person.id}"
    enqueue("community.letter", values, key=key, lane=f"topic-{post.topic_id}-{person.id}")


def accepted(payload: dict[str, Any]) -> None:
    """Tell who wrote it that their answer helped."""
    post = _shown(payload["post"])
    person = db.session.get(Person, post.author_id) if post else None
    if post is None or person is None or not person.active or post.topic.accepted_id != post.id:
        return
    row = db.session.get(Follow, (person.id, TOPIC, str(post.topic_id)))
    if _may_read(person, post) and tell_accepted(person, post) and row and row.heard and row.by_mail:
        values = {
            "post": post.id,
            "person": person.id,
            "why": "accepted",
            "kind": TOPIC,
            "target": row.target,
        }
        enqueue("community.letter", values, key=f"community.accepted:{post.id}:{person.id}")


def letter(payload: dict[str, Any]) -> None:
    """One mail to one reader, with rights and choices asked again."""
    person, post = db.session.get(Person, payload["person"]), _shown(payload["post"])
    if person is None or post is None or not person.active or not person.email:
        return
    kind, target = payload["kind"], payload["target"]
    row = db.session.get(Follow, (person.id, kind, target))
    chosen = mails_of_mentions(row) if kind == MENTION else bool(row and row.heard and row.by_mail)
    if chosen and _may_read(person, post) and wants_mail(person.id, COMMUNITY):
        send(_draft(person, post, payload["why"], kind, target), payload["job"])


def _draft(person: Person, post: Post, why: str, kind: str, target: str) -> Draft:
    topic = post.topic
    stop = absolute(f"/community/stop/{make_token(person.id, kind, target)}")
    with force_locale(person.language):
        who = post.author.shown if post.author else _("Somebody")
        if why == "accepted":
            said = _("Your answer in “%(subject)s” was accepted", subject=topic.heading)
        else:
            said = sentence(why) % {"who": who, "subject": topic.heading}
        words = _reasons()[kind]
    values: Mapping[str, Any] = {
        "called": person.shown,
        "said": said,
        "words": excerpt(post.body or "", OF_A_POST),
        "topic": topic,
        "path": post.address,
        "stop": stop,
        "stop_words": words,
    }
    draft = compose("community_post", person, **values)
    host = urlsplit(current_app.config["BASE_URL"]).hostname
    root = f"<community.{topic.id}@{host}>"  # no mail has it as its own: the mails of a topic stand together by it
    headers = {"In-Reply-To": root, "References": root}
    stopping = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return replace(draft, thread=f"topic {topic.id}", headers=headers | stopping)


def _reasons() -> dict[str, str]:
    """What the link in a mail's footer stops, by kind of what is followed."""
    return {
        TOPIC: _("No more mails about this topic"),
        SPACE: _("No more mails about this space"),
        PERSON: _("No more mails about what this person writes"),
        TAG: _("No more mails about this tag"),
        MENTION: _("No more mails when somebody mentions you"),
    }


def reindex(payload: dict[str, Any]) -> None:
    """Index some topics of a space, then go on after them: {"space": id, "after": id of the last one done}."""
    rows = select(Topic.id).where(Topic.space_id == payload["space"], Topic.id > payload["after"])
    ids = list(db.session.scalars(rows.order_by(Topic.id).limit(BATCH)))
    if ids:
        enqueue("search.index", {"topics": ids}, lane="search")
        enqueue(REINDEX, {"space": payload["space"], "after": ids[-1]})


HANDLERS = {
    "community.post": tell_all,
    "community.named": named,
    "community.accepted": accepted,
    "community.letter": letter,
    REINDEX: reindex,
}
PERIODIC: dict[str, int] = {}
SLOW = {REINDEX}
