"""Tables of sections and articles, as the files of the content folder say them."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit.types import BigId, Json, UtcDateTime

PUBLISHED, DRAFT = "published", "draft"


class Section(Model):
    """A section in one language; each section has a row in every language, so that a page asks for one only."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("locale", "slug"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    locale: Mapped[str] = mapped_column(String(5))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    icon: Mapped[str] = mapped_column(String(40), default="file-text")
    order: Mapped[int] = mapped_column("place", default=100)
    articles: Mapped[int] = mapped_column(
        default=0
    )  # published ones, each counted once whatever its languages


class Revision(Model):
    """One row: counted up by each sync, so that a page which was kept can tell whether it is still right."""

    __tablename__ = "kb_revision"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class Article(Model):
    """An article in one language, rendered when its file changed."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("locale", "slug"),
        Index(None, "slug", "status", "locale"),
        Index(None, "section", "status", "place", "slug"),
        Index(None, "status", "place", "slug"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    locale: Mapped[str] = mapped_column(String(5))
    section: Mapped[str] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    tags: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(10))
    order: Mapped[int] = mapped_column("place", default=100)
    updated: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner: Mapped[str] = mapped_column(String(100), default="")
    html: Mapped[str] = mapped_column(Text)
    toc: Mapped[list[dict[str, str]]] = mapped_column(Json)
    plain: Mapped[str] = mapped_column(Text)
    heads: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(String(64))

    @property
    def is_draft(self) -> bool:
        return self.status != PUBLISHED


class Related(Model):
    """Which articles are like one, the likest first: slugs, whoever may see them; counted when articles change."""

    __tablename__ = "related_article"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    others: Mapped[list[str]] = mapped_column(Json)
