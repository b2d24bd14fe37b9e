"""Tables of sections and articles, as the files of the content folder say them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime, Word

DRAFT, REVIEW, PUBLISHED, ARCHIVED = STATUSES = ("draft", "in review", "published", "archived")
PUBLIC, SIGNED_IN, ORGANISATION, STAFF = AUDIENCES = ("public", "signed-in", "organisation", "staff")


class Section(Model):
    """A section in one language; each section has a row in every language, so that a page asks for one only."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("locale", "slug"), Index(None, "locale", "parent"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    locale: Mapped[str] = mapped_column(String(5))
    slug: Mapped[str] = mapped_column(String(255))  # its path: "routers", "routers/wifi"
    parent: Mapped[str] = mapped_column(String(255), default="")
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    icon: Mapped[str] = mapped_column(String(40), default="file-text")
    order: Mapped[int] = mapped_column("place", default=100)
    # What visitors can read in it and below it, each once whatever its languages.
    articles: Mapped[int] = mapped_column(default=0)


class Revision(Model):
    """One row: counted up when anything changes, so that a page which was kept can tell whether it is still right."""

    __tablename__ = "kb_revision"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
    turns: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when an article next appears or disappears


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
    section: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(120))
    path: Mapped[str] = mapped_column(String(500), default="")  # of its file, inside the content folder
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    tags: Mapped[list[str]] = mapped_column(Json)
    products: Mapped[list[str]] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(String(10))
    audience: Mapped[str] = mapped_column(Word(12), default=PUBLIC)
    organisations: Mapped[list[str]] = mapped_column(Json, default=list)  # their names, as the file says them
    opens: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order: Mapped[int] = mapped_column("place", default=100)
    updated: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_by: Mapped[date | None] = mapped_column(Date)
    owner: Mapped[str] = mapped_column(String(100), default="")
    old_addresses: Mapped[list[str]] = mapped_column(Json, default=list)
    html: Mapped[str] = mapped_column(Text)
    toc: Mapped[list[dict[str, str]]] = mapped_column(Json)
    plain: Mapped[str] = mapped_column(Text)
    heads: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(String(64))
    wording: Mapped[str] = mapped_column(String(12), default="")  # of title, summary and text
    source: Mapped[str] = mapped_column(String(12), default="")  # the wording that this was translated from
    changed: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when we saw the wording change
    stale: Mapped[bool] = mapped_column(default=False)  # a translation whose source changed after it

    readers: Mapped[list["ArticleOrganisation"]] = relationship(viewonly=True)
    players: Mapped[list[str]] = mapped_column(Json, default=list)  # hosts of its videos, "https://…"

    @property
    def is_open(self) -> bool:
        """Whether it is published at this moment, to whomever."""
        now = clock.now()
        begun = self.opens is None or self.opens <= now
        return self.status == PUBLISHED and begun and (self.closes is None or now < self.closes)


class ArticleOrganisation(Model):
    """An organisation whose people may read an article that is for organisations."""

    __tablename__ = "article_organisation"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Redirect(Model):
    """An old address under /help, and the page of today that it leads to."""

    __tablename__ = "kb_redirect"

    address: Mapped[str] = mapped_column(String(300), primary_key=True)
    target: Mapped[str] = mapped_column(String(300))


OF_FILES = "file"  # the kind of fault that keeps a file from being taken over


class Fault(Model):
    """Why a file is not taken over, or not wholly, or what else is to be mended in it, and since when."""

    __tablename__ = "kb_fault"
    __table_args__ = (Index(None, "path"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    path: Mapped[str] = mapped_column(String(500))
    line: Mapped[int] = mapped_column(default=1)
    why: Mapped[str] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(Word(30), default=OF_FILES, server_default=OF_FILES)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Picture(Model):
    """A picture of articles as it is served: the database holds it, so that several servers can."""

    __tablename__ = "picture"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    ending: Mapped[str] = mapped_column(String(4))
    width: Mapped[int]
    height: Mapped[int]
    small_width: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class PictureUse(Model):
    """A picture that an article shows, by its place in the content folder; without a key it was missing."""

    __tablename__ = "picture_use"
    __table_args__ = (UniqueConstraint("article_id", "place"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(ForeignKey("picture.key"), index=True)


class Related(Model):
    """Which articles are like one, the likest first: slugs, whoever may see them; counted when articles change."""

    __tablename__ = "related_article"

    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    others: Mapped[list[str]] = mapped_column(Json)
