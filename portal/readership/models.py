"""Tables of searches and votes; no row holds or points to a person."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, UtcDateTime

LONGEST = 200  # characters of a search
REASON = 1000  # characters of what somebody writes to a vote


class Searched(Model):
    """One search as it ended: its final words, what was opened, and whether a request followed.

    `token` is a random word of the page, by which the opening and the asking are told; it is forgotten after a day.
    `at` is exact to the hour, `opened` an article's slug.
    """

    __tablename__ = "searched"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(String(LONGEST))
    language: Mapped[str] = mapped_column(String(5))
    results: Mapped[int] = mapped_column(default=0)
    opened: Mapped[str] = mapped_column(String(120), default="")
    asked: Mapped[bool] = mapped_column(default=False)


class Vote(Model):
    """Whether an article helped. `voter` is a digest that is another one for each article, so votes lead to nobody."""

    __tablename__ = "article_vote"
    __table_args__ = (UniqueConstraint("article", "voter"), Index(None, "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    article: Mapped[str] = mapped_column(String(120))  # its slug, which outlives the article's row
    locale: Mapped[str] = mapped_column(String(5))
    voter: Mapped[str] = mapped_column(String(64))
    helpful: Mapped[bool] = mapped_column()
    reason: Mapped[str] = mapped_column(String(10), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Popular(Model):
    """The articles that help most and that are opened most from searches, counted anew each hour; few rows."""

    __tablename__ = "popular_article"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)  # "useful" or "opened"
    article: Mapped[str] = mapped_column(String(120), primary_key=True)
    place: Mapped[int] = mapped_column()
