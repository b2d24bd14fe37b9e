"""Tables of the community: spaces, topics and their posts, who wrote, voted, follows and has read what."""

from datetime import datetime
from urllib.parse import quote

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from ..extensions import Model
from ..kit import clock
from ..kit.files import size_words
from ..kit.i18n import _
from ..kit.types import BigId, Json, UtcDateTime, Word
from ..people.models import former
from ..tickets.models import Ticket
from ..tickets.wording import Look
from .wording import KINDS

# Who reads a space.
PUBLIC, SIGNED_IN, ORGANISATION, MEMBERS = "public", "signed-in", "organisation", "members"
# What keeps words from others: "" nothing; held until a moderator looked; hidden by one; withdrawn by who wrote them, or
# recalled by them while they were held.
HELD, HIDDEN, WITHDRAWN, RECALLED = "held", "hidden", "withdrawn", "recalled"
SHOWN = text("gate = ''")
WAITING = text("gate = 'held'")
TAKEN_DOWN = text("gate = 'hidden'")


class Space(Model):
    """A room of the community. `kinds` are those of topics that may begin in it.

    `holds_first` keeps the first posts of new people for a moderator; `open_to_all` is false where staff alone begins
    topics, as for announcements. `locale` is the language that is spoken there, "" for any.
    """

    __tablename__ = "space"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    about: Mapped[str] = mapped_column(String(300), default="")
    icon: Mapped[str] = mapped_column(String(30), default="messages")
    locale: Mapped[str] = mapped_column(String(5), default="")
    audience: Mapped[str] = mapped_column(Word(12), default=PUBLIC)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)
    holds_first: Mapped[bool] = mapped_column(default=False)
    open_to_all: Mapped[bool] = mapped_column(default=True)
    place: Mapped[int] = mapped_column(default=100)
    topics: Mapped[int] = mapped_column(default=0)  # that are shown to all who read the space
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def address(self) -> str:
        return f"/community/in/{self.slug}"

    @property
    def is_circle(self) -> bool:
        """Whether those who read it were chosen, one by one or as an organisation."""
        return self.audience in (ORGANISATION, MEMBERS)


class SpaceMember(Model):
    """Somebody who may read a space of members only."""

    __tablename__ = "space_member"
    __table_args__ = (PrimaryKeyConstraint("space_id", "person_id"), Index(None, "person_id"))

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Profile(Model):
    """How somebody is known in the community: by a name of their choice, never by the real one unless they chose it.

    `number` stands in addresses, and in the name of who chose none; it is random, so that nobody can be counted. `key`
    is the name as it is compared: two that look alike have one key. `seen_at` is the beginning of this visit and
    `seen_before` of the one before it. `standing` tells who is past the first posts: "" new, "known", "held" whose
    every post is held.
    """

    __tablename__ = "profile"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(40), default="")
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    about: Mapped[str] = mapped_column(String(500), default="")
    standing: Mapped[str] = mapped_column(String(5), default="")
    posts: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the name was last changed
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased: Mapped[str] = mapped_column(String(10), default="")

    @property
    def shown(self) -> str:
        """How others read them."""
        return former(self.erased) or self.name or self.unnamed

    @property
    def unnamed(self) -> str:
        """What stands for the name of who chose none."""
        return _("Member %(number)d", number=self.number)

    @property
    def initials(self) -> str:
        if self.erased:
            return "–"
        letters = [c for c in self.name if c.isalnum()]
        return "".join(letters[:2]).upper() or str(self.number)[:2]

    @property
    def address(self) -> str:
        return f"/community/people/{self.number}"


class Topic(Model):
    """A topic: its first post is what was asked or said. `posts` and `last_*` tell only of what all its readers see."""

    __tablename__ = "topic"
    __table_args__ = (
        Index("ix_topic_space", "space_id", "gate", "pinned", "posted_at", "id"),
        Index("ix_topic_recent", "posted_at", "id", sqlite_where=SHOWN, postgresql_where=SHOWN),
        Index("ix_topic_kind", "kind", "posted_at", "id"),
        Index("ix_topic_author", "author_id", "created_at", "id"),
        Index("ix_topic_held", "created_at", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    kind: Mapped[str] = mapped_column(Word(12), default="question")
    title: Mapped[str] = mapped_column(String(150))
    locale: Mapped[str] = mapped_column(String(5), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gate: Mapped[str] = mapped_column(Word(10), default="")
    closed: Mapped[bool] = mapped_column(default=False)
    pinned: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    posts: Mapped[int] = mapped_column(default=0)
    last_place: Mapped[int] = mapped_column(default=0)  # of all posts that were ever written in it
    votes: Mapped[int] = mapped_column(default=0)  # for its first post; for an idea, for the idea
    accepted_id: Mapped[int | None] = mapped_column(
        BigId
    )  # of its posts; no key: the two would point at each other
    tied: Mapped[bool] = mapped_column(
        default=False
    )  # a request, an idea or an article has to do with it: else none is asked for

    space: Mapped[Space] = relationship()
    author: Mapped[Profile | None] = relationship(
        primaryjoin=lambda: foreign(Topic.author_id) == remote(Profile.person_id), viewonly=True
    )

    @property
    def heading(self) -> str:
        """The title as it is read: one that was erased with its writer has words of ours."""
        return self.title or _("Erased topic")

    @property
    def address(self) -> str:
        return f"/ideas/{self.id}" if self.kind == "idea" else f"/community/{self.id}"

    @property
    def look(self) -> Look:
        return KINDS[self.kind]


class TopicTag(Model):
    """A tag of a topic, to find the topics of a tag by; the topic's own list is what is shown."""

    __tablename__ = "topic_tag"
    __table_args__ = (PrimaryKeyConstraint("tag", "topic_id"), Index(None, "topic_id"))

    tag: Mapped[str] = mapped_column(String(40))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))


def seen_as(key: int, edited_at: datetime | None) -> str:
    """A post as a moderator has it on the screen: once its words are changed it is another."""
    return f"{key}.{edited_at.timestamp() if edited_at else 0:.6f}"


class Post(Model):
    """Words in a topic. `place` counts them from 1 in each topic, the first post being the topic's own words.

    `by_staff` says whether its writer was of the staff then. `quiet` says that its links vouch for nothing to search
    engines, because its writer was new. Of erased words `body` is None.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("topic_id", "place"),
        Index("ix_post_author", "author_id", "at", "id"),
        Index("ix_post_held", "author_id", "at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_post_hidden", "at", "id", sqlite_where=TAKEN_DOWN, postgresql_where=TAKEN_DOWN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    place: Mapped[int] = mapped_column()
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gate: Mapped[str] = mapped_column(Word(10), default="")
    by_staff: Mapped[bool] = mapped_column(default=False)
    quiet: Mapped[bool] = mapped_column(default=False)
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))  # the post that it speaks to
    votes: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[dict[str, int]] = mapped_column(Json, default=dict)  # how many of each
    why: Mapped[str] = mapped_column(String(200), default="")  # it was held: signs, one blank apart
    doubt: Mapped[int] = mapped_column(default=0)  # the weight of these signs

    topic: Mapped[Topic] = relationship()
    author: Mapped[Profile | None] = relationship(
        primaryjoin=lambda: foreign(Post.author_id) == remote(Profile.person_id), viewonly=True
    )
    files: Mapped[list["PostFile"]] = relationship(order_by="PostFile.id", back_populates="post")

    @property
    def seen_as(self) -> str:
        return seen_as(self.id, self.edited_at)

    @property
    def address(self) -> str:
        """Where it stands; the page that it is on is found from its place."""
        return f"{self.topic.address}?post={self.place}#post-{self.place}"

    @property
    def path(self) -> str:
        """Below which is what can be done with it."""
        return f"/community/{self.topic_id}/posts/{self.place}"


class PostVersion(Model):
    """The words of a post as they were before they were edited."""

    __tablename__ = "post_version"
    __table_args__ = (Index(None, "post_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)  # until when it stood


class PostFile(Model):
    """A file or picture that came with a post."""

    __tablename__ = "post_file"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column()

    post: Mapped[Post] = relationship(back_populates="files")

    @property
    def is_image(self) -> bool:
        return self.type.startswith("image/")

    @property
    def icon(self) -> str:
        return "photo" if self.is_image else "file-text"

    @property
    def url(self) -> str:
        return f"/community/files/{self.key}/{quote(self.name)}"

    @property
    def size_words(self) -> str:
        return size_words(self.size)


class SpaceItem(Model):
    """What stands in a space beside its topics: a file, or a request that its requester shares there."""

    __tablename__ = "space_item"
    __table_args__ = (Index(None, "space_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(150))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    key: Mapped[str | None] = mapped_column(String(32), unique=True)  # of a file in the store
    name: Mapped[str] = mapped_column(String(150), default="")
    type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    ticket: Mapped[Ticket | None] = relationship()

    @property
    def icon(self) -> str:
        return "photo" if self.type.startswith("image/") else "file-text"

    @property
    def url(self) -> str:
        return f"/community/files/{self.key}/{quote(self.name)}"

    @property
    def size_words(self) -> str:
        return size_words(self.size)
