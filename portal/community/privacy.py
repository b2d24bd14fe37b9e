"""What the community holds of a person, and how it goes when the person is erased.

Words are kept until who wrote them is erased; then a place without words stays in each topic, so that what others
answered can be read. What a colleague wrote for customers stays without the name. Suspensions, rules and marks of
words are moderation's to tell and to end.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from ..extensions import db
from ..kit import clock
from ..kit.markdown import render_markdown
from ..live.actions import publish
from ..mail.models import Letter
from ..notifications.models import Notice
from ..outbox.actions import let_go
from ..people.models import Person
from .actions import index_anew
from .mentions import linked
from .models import Post, PostFile, PostVersion, Profile, Space, SpaceItem, SpaceMember, Topic, TopicTag
from .names import key_of
from .traces import Follow, Mention, Reaction, TopicRead, Vote

KEPT = dict.fromkeys(
    (
        "profile",
        "topic",
        "topic_tag",
        "post",
        "post_version",
        "post_file",
        "vote",
        "reaction",
        "mention",
        "follow",
        "topic_read",
        "space_member",
        "space_item",
    ),
    clock.UNTIL_ERASED,
)
_HANDLE = re.compile(r"@(\w(?:[\w.'’-]{0,38}\w)?)")
NOBODY = "@…"  # stands in words of others where somebody was called who is erased


# What we hold


def export(person: Person) -> dict[str, Any]:
    """How they are known, what they wrote with all versions and files, and what they follow, read and found helpful."""
    begun = select(Topic).where(Topic.author_id == person.id).order_by(Topic.id)
    votes = select(Post, Vote.at).join(Vote, Vote.post_id == Post.id)
    signs = select(Post, Reaction.sign).join(Reaction, Reaction.post_id == Post.id)
    names = select(Post, Post.at).join(Mention, Mention.post_id == Post.id)
    return {
        "profile": _known_as(person),
        "topics": [
            {"number": topic.id, "title": topic.title, "tags": topic.tags, "at": clock.iso(topic.created_at)}
            for topic in db.session.scalars(begun)
        ],
        "posts": [_told(post) for post in db.session.scalars(_written_by(person))],
        "found_helpful": _marks(votes, Vote, person),
        "reactions": _marks(signs, Reaction, person),
        "mentioned_in": _marks(names, Mention, person),
        "follows": _follows(person),
        "read": [
            {"topic": row.topic_id, "up_to": row.place, "at": clock.iso(row.at)}
            for row in db.session.scalars(select(TopicRead).where(TopicRead.person_id == person.id))
        ],
        **_in_spaces(person),
    }


def _known_as(person: Person) -> dict[str, Any] | None:
    profile = db.session.get(Profile, person.id)
    if profile is None:
        return None
    return {
        "public_name": profile.name,
        "compared_as": profile.key,
        "number": profile.number,
        "about": profile.about,
        "since": clock.iso(profile.since),
        "name_changed": clock.iso(profile.named_at),
        "visits": [clock.iso(profile.seen_before), clock.iso(profile.seen_at)],
        "posts": profile.posts,
        "accepted": profile.accepted,
    }


def _follows(person: Person) -> list[dict[str, Any]]:
    rows = select(Follow).where(Follow.person_id == person.id).order_by(Follow.at)
    return [
        {
            "kind": row.kind,
            "what": row.target,
            "heard": row.heard,
            "by_mail": row.by_mail,
            "at": clock.iso(row.at),
        }
        for row in db.session.scalars(rows)
    ]


def _in_spaces(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The spaces that they were added to, and what they put into spaces."""
    spaces = select(Space.name, SpaceMember.at).join(SpaceMember, SpaceMember.space_id == Space.id)
    items = select(SpaceItem).where(SpaceItem.by_id == person.id)
    return {
        "member_of": [
            {"space": row.name, "since": clock.iso(row.at)}
            for row in db.session.execute(spaces.where(SpaceMember.person_id == person.id))
        ],
        "put_into_spaces": [
            {
                "title": item.title,
                "file": item.name,
                "request": item.ticket and item.ticket.number,
                "at": clock.iso(item.at),
            }
            for item in db.session.scalars(items)
        ],
    }


def _written_by(person: Person) -> Select[Post]:
    return select(Post).where(Post.author_id == person.id).order_by(Post.id)


def _told(post: Post) -> dict[str, Any]:
    versions = select(PostVersion).where(PostVersion.post_id == post.id).order_by(PostVersion.id)
    return {
        "topic": post.topic_id,
        "place": post.place,
        "at": clock.iso(post.at),
        "changed": clock.iso(post.edited_at),
        "shown": not post.gate,
        "words": post.body,
        "votes": post.votes,
        "files": [{"name": file.name, "type": file.type, "size": file.size} for file in post.files],
        "before": [
            {"until": clock.iso(old.at), "title": old.title, "words": old.body}
            for old in db.session.scalars(versions)
        ],
    }


def _marks(rows: Any, table: Any, person: Person) -> list[dict[str, Any]]:
    """Marks on posts as where each is, and what it says or when it was."""
    found = db.session.execute(rows.where(table.person_id == person.id).order_by(Post.id))
    return [
        {
            "topic": post.topic_id,
            "place": post.place,
            "mark": more if isinstance(more, str) else clock.iso(more),
        }
        for post, more in found
    ]


# Erasing


def erase(person: Person) -> None:
    """Empty their posts and topics, take back their marks, and their name from words of others."""
    profile = db.session.get(Profile, person.id)
    posts = db.session.scalars(_written_by(person)).unique().all()
    own = [post for post in posts if not (post.by_staff and person.erased == "colleague")]
    topics = _empty(own)
    if profile:
        topics |= _take_name(profile)
    topics |= _take_marks(person)
    _take_from_notices(
        person, [post.id for post in posts], {post.topic_id for post in own if post.place == 1}
    )
    _take_items(person)
    for table in (Mention, TopicRead, SpaceMember):
        db.session.execute(delete(table).where(table.person_id == person.id))
    named = and_(Follow.kind == "person", Follow.target == str(person.id))
    db.session.execute(delete(Follow).where(or_(Follow.person_id == person.id, named)))
    added = SpaceMember.added_by_id == person.id
    db.session.execute(update(SpaceMember).where(added).values(added_by_id=None))
    if profile:
        profile.name = profile.about = ""
        profile.key = profile.seen_at = profile.seen_before = profile.named_at = None
        profile.erased = person.erased
    db.session.flush()
    for topic in db.session.scalars(select(Topic).where(Topic.id.in_(topics))):
        index_anew(topic)
        publish(f"topic-{topic.id}")


def _empty(posts: Sequence[Post]) -> set[int]:
    """Posts without words, files and versions; topics without title and tags, and without an answer that says nothing."""
    ids = [post.id for post in posts]
    for post in posts:
        _forget_letters(post)
    _unquote(posts)
    db.session.execute(delete(PostVersion).where(PostVersion.post_id.in_(ids)))
    let_go(
        db.session.scalars(delete(PostFile).where(PostFile.post_id.in_(ids)).returning(PostFile.key)).all()
    )
    for post in posts:
        post.body = post.html = post.edited_at = None
        db.session.expire(post, ["files"])
    begun = [post.topic_id for post in posts if post.place == 1]
    for topic in db.session.scalars(select(Topic).where(Topic.id.in_(begun)).with_for_update()):
        topic.title, topic.tags = "", []
    db.session.execute(delete(TopicTag).where(TopicTag.topic_id.in_(begun)))
    taken = update(Topic).where(Topic.accepted_id.in_(ids)).values(accepted_id=None)
    db.session.execute(taken.execution_options(synchronize_session="fetch"))
    db.session.flush()
    return {post.topic_id for post in posts}


def _forget_letters(post: Post) -> None:
    """Mails about a post, which hold its topic's title and, in a demo, its words."""
    about = Letter.text.contains(f"{post.topic.address}?post={post.place}#", autoescape=True)
    title = post.topic.title if post.place == 1 else ""
    titled = and_(Letter.sent_at >= post.at, Letter.subject.contains(title, autoescape=True))
    db.session.execute(delete(Letter).where(or_(about, titled) if title else about))


def _unquote(posts: Sequence[Post]) -> None:
    """What others quoted of these words goes as well; what they said themselves stays."""
    said = {post.id: _lines(post.body) for post in posts}
    for old in db.session.scalars(select(PostVersion).where(PostVersion.post_id.in_(said))):
        said[old.post_id] |= _lines(old.body)
    for answer in db.session.scalars(select(Post).where(Post.answers_id.in_(said), Post.body.is_not(None))):
        lines = said[answer.answers_id or 0]
        kept = [
            line
            for line in (answer.body or "").splitlines()
            if not (line.lstrip().startswith(">") and line.lstrip("> ").strip() in lines)
        ]
        _rewrite(answer, "\n".join(kept))


def _lines(text: str | None) -> set[str]:
    return {line.strip() for line in (text or "").splitlines() if line.strip()}


def _rewrite(post: Post, body: str) -> None:
    if body != post.body:
        post.body, post.html = body, linked(render_markdown(body, vouched=not post.quiet))


def _take_name(profile: Profile) -> set[int]:
    """Their name from words of others that lead to them; the ids of the topics where it stood."""
    if not profile.name:
        return set()
    leads = f'href="/community/people/{profile.number}"'
    posts = db.session.scalars(select(Post).where(Post.html.contains(leads, autoescape=True))).all()
    theirs = profile.key

    def nameless(found: re.Match[str]) -> str:
        return NOBODY if key_of(found[1]) == theirs else found[0]

    for post in posts:
        _rewrite(post, _HANDLE.sub(nameless, post.body or ""))
        for old in db.session.scalars(select(PostVersion).where(PostVersion.post_id == post.id)):
            old.body = _HANDLE.sub(nameless, old.body)
    called = (
        Letter.subject.contains(profile.name, autoescape=True),
        Letter.text.contains(profile.name, autoescape=True),
    )
    db.session.execute(delete(Letter).where(or_(*called)))
    return {post.topic_id for post in posts}


def _take_marks(person: Person) -> set[int]:
    """Their votes and signs; every counter stays exact. The ids of the topics that have a vote less."""
    voted = db.session.scalars(delete(Vote).where(Vote.person_id == person.id).returning(Vote.post_id)).all()
    db.session.execute(update(Post).where(Post.id.in_(voted)).values(votes=Post.votes - 1))
    first = select(Post.topic_id).where(Post.id.in_(voted), Post.place == 1)
    db.session.execute(update(Topic).where(Topic.id.in_(first)).values(votes=Topic.votes - 1))
    marked = select(Reaction.post_id).where(Reaction.person_id == person.id)
    posts = db.session.scalars(select(Post).where(Post.id.in_(marked)).with_for_update()).all()
    db.session.execute(delete(Reaction).where(Reaction.person_id == person.id))
    for post in posts:
        counted = (
            select(Reaction.sign, func.count()).where(Reaction.post_id == post.id).group_by(Reaction.sign)
        )
        post.reactions = {sign: count for sign, count in db.session.execute(counted)}  # noqa: C416 -- rows are no pairs to mypy
    db.session.flush()
    db.session.expire_all()
    return set(db.session.scalars(first))


def _take_from_notices(person: Person, posts: Sequence[int], begun: set[int]) -> None:
    """Their name in what others were told of their posts; what tells of a topic that lost its title goes."""
    within = select(Post.id).where(Post.topic_id.in_(begun))
    gone: list[ColumnElement[bool]] = [
        and_(Notice.about == "topic", Notice.about_id.in_(begun)),
        and_(Notice.about == "post", Notice.about_id.in_(within)),
    ]
    db.session.execute(delete(Notice).where(or_(*gone)))
    told = select(Notice).where(Notice.about == "post", Notice.about_id.in_(posts), Notice.kind == "posted")
    for notice in db.session.scalars(told):
        notice.data = {**notice.data, "who": "", "initials": "", "erased": person.erased}


def _take_items(person: Person) -> None:
    """What they put into spaces, and requests of theirs that are shared there."""
    keys = db.session.scalars(
        delete(SpaceItem).where(SpaceItem.by_id == person.id).returning(SpaceItem.key)
    ).all()
    let_go(key for key in keys if key)
