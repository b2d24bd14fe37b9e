"""What search holds of articles."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..search.index import Document, Source
from .access import readers_of
from .models import Article

BATCH = 200


def _count() -> int:
    return db.session.scalar(select(func.count(Article.id))) or 0


def _document(article: Article) -> Document:
    return Document(
        kind="articles",
        id=article.id,
        locale=article.locale,
        title=article.title,
        heads="\n".join([article.heads, *article.tags]),
        text=f"{article.summary}\n{article.plain}",
        url=f"/help/{article.slug}",  # not url_for: the worker has no request
        who=readers_of(article),
    )


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


SOURCE = Source(_count, _documents)
