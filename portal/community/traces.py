"""Tables of what people leave at topics and posts: votes, signs, names, what they follow and how far they read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime, Word


class Vote(Model):
    """Somebody found a post helpful; each person once."""

    __tablename__ = "vote"
    __table_args__ = (PrimaryKeyConstraint("post_id", "person_id"), Index(None, "person_id", "at"))

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Reaction(Model):
    """A sign that somebody put to a post: one of wording.REACTIONS, each person each sign once."""

    __tablename__ = "reaction"
    __table_args__ = (PrimaryKeyConstraint("post_id", "person_id", "sign"), Index(None, "person_id"))

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sign: Mapped[str] = mapped_column(String(10))


class Mention(Model):
    """Somebody is named in a post."""

    __tablename__ = "mention"
    __table_args__ = (PrimaryKeyConstraint("post_id", "person_id"), Index(None, "person_id"))

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Follow(Model):
    """What somebody hears of: a topic, a space, a person (by id) or a tag (by name); under the bell, or by mail as well.

    `target` is the id as words, or the tag. A row with `heard` false was stopped: following by itself does not bring it back.
    """

    __tablename__ = "follow"
    __table_args__ = (
        PrimaryKeyConstraint("person_id", "kind", "target"),
        Index("ix_follow_target", "kind", "target", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Word(8))  # topic, space, person, tag
    target: Mapped[str] = mapped_column(String(40))
    heard: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class TopicRead(Model):
    """How far somebody has read a topic: the place of the newest post that they had on the screen."""

    __tablename__ = "topic_read"
    __table_args__ = (PrimaryKeyConstraint("person_id", "topic_id"), Index(None, "topic_id"))

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    place: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class PostMark(Model):
    """A digest of something that a post says or where it leads, to find alike ones by; kept for some weeks."""

    __tablename__ = "post_mark"
    __table_args__ = (PrimaryKeyConstraint("mark", "post_id"), Index(None, "post_id"), Index(None, "at"))

    mark: Mapped[int] = mapped_column(BigId, autoincrement=False)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
