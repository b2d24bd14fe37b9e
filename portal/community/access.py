"""Who may see which spaces, topics and posts. Nothing else in the portal selects from these tables for a page."""

from functools import lru_cache

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from ..extensions import db
from ..people.models import Membership, Person
from ..people.permissions import Permission
from ..people.readers import Reader, reader_of
from ..tickets.access import own_tickets
from ..tickets.models import Ticket
from .models import (
    HELD,
    HIDDEN,
    MEMBERS,
    ORGANISATION,
    PUBLIC,
    RECALLED,
    SIGNED_IN,
    WITHDRAWN,
    Post,
    PostFile,
    Profile,
    Space,
    SpaceItem,
    SpaceMember,
    Topic,
)

KEPT = 100  # readers that a process remembers of each statement
FACE = (
    Profile.number,
    Profile.name,
    Profile.erased,
    Profile.accepted,
)  # what stands of a writer beside their words


def moderates(person: Person | None) -> bool:
    return person is not None and person.may(Permission.MODERATE)


def _reader(person: Person | None) -> Reader | None:
    return reader_of(person) if person else None


def _opens_space(reader: Reader | None) -> ColumnElement[bool]:
    """Whether a reader may enter a space."""
    if reader is None:
        return Space.audience == PUBLIC
    if Permission.MODERATE in {name for name, _team in reader.held}:
        return true()
    ours = exists().where(
        Membership.organisation_id == Space.organisation_id, Membership.person_id == reader.id
    )
    member = exists().where(SpaceMember.space_id == Space.id, SpaceMember.person_id == reader.id)
    return or_(
        Space.audience.in_((PUBLIC, SIGNED_IN)),
        and_(Space.audience == ORGANISATION, ours),
        and_(Space.audience == MEMBERS, member),
    )


def _opens(thing: type[Topic] | type[Post], reader: Reader | None) -> ColumnElement[bool]:
    """Whether words are shown: to all, or held and hidden ones to who wrote them; moderators see all."""
    if reader is None:
        return thing.gate == ""
    if Permission.MODERATE in {name for name, _team in reader.held}:
        return true()
    own = and_(thing.gate.in_((HELD, HIDDEN)), thing.author_id == reader.id)
    return or_(thing.gate == "", own)


@lru_cache(KEPT)
def _spaces(reader: Reader | None) -> Select[Space]:
    return select(Space).where(_opens_space(reader))


@lru_cache(KEPT)
def _topics(reader: Reader | None) -> Select[Topic]:
    rows = select(Topic).join(Topic.space).options(contains_eager(Topic.space))
    return rows.where(_opens_space(reader), _opens(Topic, reader))


@lru_cache(KEPT)
def _posts(reader: Reader | None) -> Select[Post]:
    rows = select(Post).join(Post.topic).join(Topic.space)
    rows = rows.options(contains_eager(Post.topic).contains_eager(Topic.space), joinedload(Post.author))
    return rows.where(_opens_space(reader), _opens(Topic, reader), _opens(Post, reader))


def visible_spaces(person: Person | None) -> Select[Space]:
    """The spaces that a person may enter; a visitor the public ones."""
    return _spaces(_reader(person))


def visible_topics(person: Person | None) -> Select[Topic]:
    """The topics that a person may read, with their spaces."""
    return _topics(_reader(person))


def visible_posts(person: Person | None) -> Select[Post]:
    """The posts that a person may read, with topic, space and writer; without an order."""
    return _posts(_reader(person))


def get_space(person: Person | None, slug: str) -> Space:
    """The space, or 404."""
    return db.session.scalar(visible_spaces(person).where(Space.slug == slug)) or abort(404)


def get_topic(person: Person | None, number: int) -> Topic:
    """The topic, or 404."""
    return db.session.scalar(_of_number(visible_topics(person)), {"number": number}) or abort(404)


@lru_cache(KEPT)
def _of_number(rows: Select[Topic]) -> Select[Topic]:
    return rows.where(Topic.id == bindparam("number")).options(joinedload(Topic.author).load_only(*FACE))


def get_post(person: Person | None, topic_id: int, place: int) -> Post:
    """A post by its topic and place, or 404."""
    rows = visible_posts(person).where(Post.topic_id == topic_id, Post.place == place)
    return db.session.scalar(rows) or abort(404)


def may_post(person: Person | None, topic: Topic) -> bool:
    """Whether a person who sees a topic may write in it."""
    if person is None or not person.may(Permission.POST):
        return False
    return moderates(person) or not (topic.closed or topic.gate)


def may_begin(person: Person | None, space: Space) -> bool:
    """Whether a person who sees a space may begin a topic in it."""
    if person is None or not person.may(Permission.POST):
        return False
    return space.open_to_all or person.is_staff


def may_edit(person: Person | None, post: Post) -> bool:
    """Own words, as long as nobody withdrew or hid them; moderators hide words but never change them."""
    return person is not None and post.author_id == person.id and post.gate in ("", HELD)


def may_withdraw(person: Person | None, post: Post) -> bool:
    """Own words; a topic as long as nobody answered it."""
    return may_edit(person, post) and (post.place > 1 or post.topic.posts <= 1)


def find_withdrawn(person: Person, topic_id: int, place: int) -> Post | None:
    """What a person took back themselves, if it is there and may come again."""
    rows = select(Post).join(Post.topic).join(Topic.space)
    rows = rows.options(contains_eager(Post.topic).contains_eager(Topic.space))
    own = Post.author_id == person.id, Post.gate.in_((WITHDRAWN, RECALLED))
    rows = rows.where(_opens_space(reader_of(person)), *own, Post.topic_id == topic_id, Post.place == place)
    found = db.session.scalar(rows)
    return found if found and _may_restore(person, found) else None


def get_withdrawn(person: Person, topic_id: int, place: int) -> Post:
    """The same, or 404."""
    return find_withdrawn(person, topic_id, place) or abort(404)


def _may_restore(person: Person, post: Post) -> bool:
    """Whether what somebody took back may come again: as if they wrote it now."""
    if post.place == 1:
        return may_begin(person, post.topic.space)
    return may_post(person, post.topic)


def may_accept(person: Person | None, topic: Topic) -> bool:
    """Who asked says which answer helped, or the staff."""
    return (
        person is not None and topic.kind == "question" and (topic.author_id == person.id or person.is_staff)
    )


def may_hear_topic(person: Person | None, topic_id: int) -> bool:
    """Live topic `topic-<id>`: something in it changed."""
    return db.session.scalar(visible_topics(person).where(Topic.id == topic_id)) is not None


def may_be_told_of_topic(reader: Reader, topic_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person may read the topic whose id stands in a column: for notices about it."""
    return _topics(reader).where(Topic.id == topic_id).correlate_except(Topic, Space).exists()


def may_be_told_of_post(reader: Reader, post_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The same of a post."""
    rows = select(Post.id).join(Post.topic).join(Topic.space)
    rows = rows.where(_opens_space(reader), _opens(Topic, reader), _opens(Post, reader))
    return rows.where(Post.id == post_id).correlate_except(Post, Topic, Space).exists()


@lru_cache(KEPT)
def _listed(reader: Reader | None) -> Select[Topic]:
    rows = select(Topic).join(Topic.space).options(contains_eager(Topic.space))
    rows = rows.options(joinedload(Topic.author).load_only(*FACE))
    return rows.where(_opens_space(reader), Topic.gate == "")


def listed_topics(person: Person | None) -> Select[Topic]:
    """The topics that lists hold for a person: those that all readers of their spaces see, whoever looks."""
    return _listed(_reader(person))


@lru_cache(KEPT)
def _own_waiting(reader: Reader) -> Select[Topic]:
    rows = select(Topic).join(Topic.space).options(contains_eager(Topic.space))
    return rows.where(_opens_space(reader), Topic.author_id == reader.id, Topic.gate.in_((HELD, HIDDEN)))


def own_waiting(person: Person) -> Select[Topic]:
    """A person's own topics that others do not see."""
    return _own_waiting(reader_of(person))


@lru_cache(KEPT)
def _thread(reader: Reader | None) -> Select[Post]:
    rows = select(Post).where(Post.topic_id == bindparam("topic"), _opens(Post, reader))
    return rows.options(joinedload(Post.author).load_only(*FACE), joinedload(Post.files))


def posts_in(person: Person | None) -> Select[Post]:
    """The posts that a person may read of one topic, which they may read: its id is the parameter "topic"."""
    return _thread(_reader(person))


def spaces_to_begin_in(person: Person) -> Select[Space]:
    """Where a person may begin a topic."""
    rows = visible_spaces(person)
    return rows if person.is_staff else rows.where(Space.open_to_all)


def kinds_for(person: Person | None, space: Space) -> list[str]:
    """The kinds of topics that a person may begin in a space; ideas have a form of their own."""
    own = ("question", "discussion") + (("announcement",) if person and person.is_staff else ())
    return [kind for kind in own if kind in (space.kinds or own)]


def get_file(person: Person | None, key: str) -> PostFile | SpaceItem:
    """A file of a post or of a space, by its key in the store, or 404."""
    of_post = db.session.scalar(select(PostFile).where(PostFile.key == key))
    if of_post:
        if db.session.scalar(visible_posts(person).where(Post.id == of_post.post_id)) is None:
            abort(404)
        return of_post
    item = db.session.scalar(select(SpaceItem).where(SpaceItem.key == key))
    if item is None or db.session.scalar(visible_spaces(person).where(Space.id == item.space_id)) is None:
        abort(404)
    return item


def may_put(person: Person | None, space: Space) -> bool:
    """Whether a person who sees a space may put files into it: the staff, and who writes in a circle of its own."""
    if person is None or not person.may(Permission.POST):
        return False
    return person.is_staff or moderates(person) or (space.is_circle and space.open_to_all)


def may_share(person: Person | None, space: Space) -> bool:
    """Whether a person may share requests of theirs into a space: into no other than a circle."""
    return person is not None and person.may(Permission.POST) and space.is_circle


def get_own_request(person: Person, number: int) -> Ticket | None:
    """A request that a person sent themselves."""
    return db.session.scalar(own_tickets(person).where(Ticket.number == number))


def items_in(space: Space) -> Select[SpaceItem]:
    """What stands in a space, for whoever may enter it; a request that was erased is none any more."""
    rows = select(SpaceItem).outerjoin(SpaceItem.ticket).options(contains_eager(SpaceItem.ticket))
    told = and_(Ticket.gate == "", Ticket.subject != "")
    return rows.where(SpaceItem.space_id == space.id, or_(SpaceItem.ticket_id.is_(None), told))


def get_item(person: Person, space: Space, key: int) -> SpaceItem:
    """What a person may take out of a space again: what they put there, or as a moderator anything; else 404."""
    rows = items_in(space).where(SpaceItem.id == key)
    rows = rows if moderates(person) else rows.where(SpaceItem.by_id == person.id)
    return db.session.scalar(rows) or abort(404)


def get_any_space(slug: str, *, change: bool = False) -> Space:
    """A space for those who look after all of them, or 404; held until the commit when it is to be changed."""
    rows = select(Space).where(Space.slug == slug)
    if change:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(rows) or abort(404)
