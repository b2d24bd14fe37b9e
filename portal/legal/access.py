"""Who reads what of the company's pages: everybody each published version, and those who write them the drafts."""

from collections.abc import Collection, Sequence

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, selectinload

from ..extensions import db
from ..kit.company import the_company
from ..kit.i18n import LANGUAGES
from .models import AGREED, LegalText, LegalVersion


def order_of(language: str) -> list[str]:
    """Languages in the order in which a reader of one wants them: the own, the site's, English, the others."""
    return list(dict.fromkeys((language, the_company().language, "en", *LANGUAGES)))


def text_for(texts: Sequence[LegalText], language: str) -> LegalText:
    """Of a version's texts the one for a reader of a language."""
    order = order_of(language)
    return min(texts, key=lambda text: order.index(text.language) if text.language in order else len(order))


def find_current(kind: str) -> LegalVersion | None:
    """The version of a page that is in force, with its texts, in one statement."""
    newest = select(func.max(LegalVersion.number)).where(LegalVersion.kind == kind).scalar_subquery()
    rows = select(LegalVersion).join(LegalVersion.texts).options(contains_eager(LegalVersion.texts))
    return (
        db.session.scalars(
            rows.where(LegalVersion.kind == kind, LegalVersion.number == newest).order_by(LegalText.language)
        )
        .unique()
        .one_or_none()
    )


def get_version(kind: str, number: int) -> LegalVersion:
    """A published version with its texts, or 404."""
    rows = select(LegalVersion).options(selectinload(LegalVersion.texts))
    found = db.session.scalar(rows.where(LegalVersion.kind == kind, LegalVersion.number == number))
    return found or abort(404)


def counting(shown: str | None, kinds: Collection[str] = AGREED) -> dict[str, int] | None:
    """Of the versions that a form showed, the id of each by its page; None if one of them counts no more, or is missing.

    Args:
        shown: as Standing.shown says it, from a form's field.
        kinds: the pages that it is to have shown.

    What was shown counts as long as no later version is to be accepted anew: a comma that was mended while somebody
    wrote takes no word from them, and what is stored is what they had before their eyes.
    """
    said = dict(part.partition("-")[::2] for part in (shown or "").split()[: len(AGREED)])
    rows = db.session.execute(
        select(LegalVersion.id, LegalVersion.kind, LegalVersion.number, LegalVersion.anew)
        .where(LegalVersion.kind.in_(kinds))
        .order_by(LegalVersion.number)
    ).all()
    found: dict[str, int] = {}
    for kind in {row.kind for row in rows}:
        versions = [row for row in rows if row.kind == kind]
        seen = next((row for row in versions if str(row.number) == said.get(kind)), None)
        if seen is None or any(row.anew for row in versions if row.number > seen.number):
            return None
        found[kind] = seen.id
    return found
