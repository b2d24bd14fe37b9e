"""What search holds of articles."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..search.documents import Document, Source
from .access import audience, paths_to, readers_of
from .models import Article

BATCH = 200
FIRST, LAST = 2000, 2100  # years between which an article's day lifts it


def _count() -> int:
    return db.session.scalar(select(func.count(Article.id))) or 0


def _document(article: Article) -> Document:
    return Document(
        kind="articles",
        id=article.id,
        locale=article.locale,
        title=article.title,
        heads=article.heads,
        summary=article.summary,
        tags=tuple(article.tags),
        text=article.plain,
        url=f"/help/{article.slug}",  # not url_for: the worker has no request
        who=readers_of(article),
        facets=(
            *(f"section:{path}" for path in paths_to(article.section)),
            *(f"tag:{tag.casefold()}" for tag in article.tags),
        ),
        lift=_lift(article),
    )


def _lift(article: Article) -> float:
    """Newer articles stand before older ones that answer alike."""
    if article.updated is None:
        return 0.0
    years = article.updated.year - FIRST + article.updated.timetuple().tm_yday / 366
    return min(max(years / (LAST - FIRST), 0.0), 1.0)


def _documents(ids: Sequence[int] | None) -> Iterator[Document]:
    last = 0
    while True:
        rows = select(Article).where(Article.id > last).order_by(Article.id).limit(BATCH)
        rows = rows.options(selectinload(Article.readers))
        if ids is not None:
            rows = rows.where(Article.id.in_(ids))
        found = db.session.scalars(rows.execution_options(populate_existing=True)).all()
        yield from map(_document, found)
        if len(found) < BATCH:
            return
        last = found[-1].id


SOURCE = Source(_count, _documents, audience)
