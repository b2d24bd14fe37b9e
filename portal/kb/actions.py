"""Taking over what changed in the content folder."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from ..extensions import db
from ..kit import clock
from ..people.models import Organisation
from .contents import line_of
from .front import BadFile
from .look import Found, Track, held_articles, look, relative
from .models import OF_FILES, ORGANISATION, Article, ArticleOrganisation, Fault, Redirect
from .pictures import drop_unused, keep_pictures, pictures_used
from .revision import held_revision, turn
from .sections import read_sections, set_sections
from .translations import mark_stale

ROWS = 500  # articles that one statement writes
KNOWN_BEFORE = (OF_FILES, "organisation")  # kinds of problems that taking over tells of


class Meanwhile(Exception):
    """Somebody else took the folder over since it was looked at: look again."""


@dataclass
class Changes:
    """What a sync did: slugs with their language, the files that could not be taken over, the pictures that lack."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    same: int = 0
    errors: list[BadFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def sync(root: Path, track: Track = iter) -> Changes:
    """look() and take_over() in one transaction, for whoever is alone with the database."""
    return take_over(look(root, track))


def take_over(found: Found, *, even_none: bool = False) -> Changes:
    """Make the articles equal to what look() found; a broken file leaves the last good version as it is.

    Args:
        even_none: remove all articles when the folder holds none; else that is a fault, for its disk may be away.

    Raises:
        Meanwhile: somebody else did since; look again.
    """
    revision = held_revision()
    if revision.value != found.revision:
        raise Meanwhile
    held = {(row.locale, row.slug): row for row in db.session.execute(held_articles())}
    if held and not found.folder.files and not even_none:
        found.faults.append(BadFile(found.root, 1, f"holds no article: the {len(held)} of before stay"))
    changes = Changes(same=len(found.same))
    touched = _remove(_gone(found, held), changes)
    touched += _write(found.fresh, held, changes)
    _keep_pictures(found, changes)
    said, bad = read_sections(found.folder)
    found.faults += bad
    opened, unknown = _open_to_organisations(found.root)
    touched = list(dict.fromkeys([*touched, *opened]))
    found.faults += unknown
    changes.errors = found.faults
    broken = {
        (file.locale, file.section) for file in found.folder.about if file.path in {e.path for e in bad}
    }
    different = set_sections(said, broken)
    different |= _sync_faults(found.root, found.faults)
    if touched:
        mark_stale()
        _sync_redirects()
    if touched or different:
        turn(revision, touched)
    return changes


def _gone(found: Found, held: dict[tuple[str, str], Any]) -> list[Any]:
    """Articles without a file; what a fault keeps from being read stays, also a whole folder of it."""
    unread = {relative(found.root, fault.path) for fault in found.faults}
    kept = found.same | found.fresh.keys()
    return [
        row
        for key, row in held.items()
        if key not in kept
        and not any(row.path == path or row.path.startswith(f"{path}/") or path == "." for path in unread)
    ]


def _remove(rows: list[Any], changes: Changes) -> list[int]:
    ids = [row.id for row in rows]
    for start in range(0, len(ids), ROWS):
        some = ids[start : start + ROWS]
        db.session.execute(delete(ArticleOrganisation).where(ArticleOrganisation.article_id.in_(some)))
        db.session.execute(delete(Article).where(Article.id.in_(some)))
    changes.removed += [f"{row.locale}/{row.slug}" for row in rows]
    return ids


def _write(
    fresh: dict[tuple[str, str], dict[str, Any]], held: dict[tuple[str, str], Any], changes: Changes
) -> list[int]:
    """Add and change articles, many with one statement; their ids."""
    added, changed = [], []
    for key, values in fresh.items():
        row = held.get(key)
        if row is None:
            added.append(values)
            changes.added.append("/".join(key))
        else:
            new_words = row.wording not in ("", values["wording"])
            changed.append(values | {"id": row.id, "changed": clock.now() if new_words else row.changed})
            changes.changed.append("/".join(key))
    ids = [values["id"] for values in changed]
    for start in range(0, len(added), ROWS):
        made = db.session.scalars(insert(Article).returning(Article.id), added[start : start + ROWS])
        ids += made.all()
    for start in range(0, len(changed), ROWS):
        db.session.execute(update(Article), changed[start : start + ROWS])
    db.session.expire_all()
    return ids


def _keep_pictures(found: Found, changes: Changes) -> None:
    """The pictures of new and changed articles, and none that no article shows."""
    before = pictures_used()
    ids = (
        {(row.locale, row.slug): row.id for row in db.session.execute(held_articles())} if found.fresh else {}
    )
    for key, used in found.pictures.items():
        if used or ids[key] in before:
            keep_pictures(ids[key], used, found.shared.made)
        path = found.fresh[key]["path"]
        changes.missing += [f"{path}: there is no picture {place}" for place in used if not used[place]]
    if before or changes.removed:
        drop_unused()


def _open_to_organisations(root: Path) -> tuple[list[int], list[BadFile]]:
    """Who is meant by the names of organisations; a name that nobody or several have opens nothing.

    Returns the ids of articles whose readers are others now, and the faults.
    """
    columns = (Article.id, Article.path, Article.organisations)
    rows = db.session.execute(select(*columns).where(Article.audience == ORGANISATION)).all()
    ids: dict[str, list[int]] = {}
    for organisation in db.session.execute(select(Organisation.id, Organisation.name)) if rows else ():
        ids.setdefault(" ".join(organisation.name.split()).casefold(), []).append(organisation.id)
    wanted, faults = set(), []
    for row in rows:
        for name in row.organisations:
            named = ids.get(name.casefold(), [])
            if len(named) == 1:
                wanted.add((row.id, named[0]))
            else:
                why = "several organisations are" if named else "no organisation is"
                line = line_of(root / row.path, "organisations")
                faults.append(BadFile(root / row.path, line, f"organisations: {why} called {name}"))
    held = {
        (row.article_id, row.organisation_id): row for row in db.session.scalars(select(ArticleOrganisation))
    }
    for pair in held.keys() - wanted:
        db.session.delete(held[pair])
    new = sorted(wanted - held.keys())
    db.session.add_all(ArticleOrganisation(article_id=article, organisation_id=one) for article, one in new)
    db.session.flush()
    return sorted({article for article, _one in wanted ^ held.keys()}), faults


def _sync_faults(root: Path, faults: list[BadFile]) -> bool:
    wanted = {(OF_FILES, relative(root, fault.path), fault.line, fault.why[:500]) for fault in faults}
    return _set_faults(wanted, Fault.kind == OF_FILES)


def note_problems(problems: Iterable[tuple[str, str, int, str]]) -> None:
    """Keep what check() found for editors: (kind, path, line, why); what keeps a file from being taken over stands there already."""
    wanted = {(kind, path, line, why[:500]) for kind, path, line, why in problems if kind not in KNOWN_BEFORE}
    _set_faults(wanted, Fault.kind != OF_FILES)


def _set_faults(wanted: set[tuple[str, str, int, str]], among: ColumnElement[bool]) -> bool:
    """What is wrong is kept for editors; what stays wrong keeps the moment when it was found. Whether anything changed."""
    rows = db.session.scalars(select(Fault).where(among))
    held = {(row.kind, row.path, row.line, row.why): row for row in rows}
    for key in held.keys() - wanted:
        db.session.delete(held[key])
    db.session.add_all(
        Fault(kind=kind, path=path, line=line, why=why)
        for kind, path, line, why in sorted(wanted - held.keys())
    )
    db.session.flush()
    return held.keys() != wanted


def _sync_redirects() -> None:
    """Old addresses of all articles; of two that claim one, the first by name has it, and `portal kb check` tells."""
    rows = db.session.execute(select(Article.slug, Article.old_addresses).order_by(Article.slug, Article.id))
    wanted: dict[str, str] = {}
    for row in rows:
        for address in row.old_addresses:
            wanted.setdefault(address, f"/help/{row.slug}")
    held = {row.address: row for row in db.session.scalars(select(Redirect))}
    for address in held.keys() - wanted.keys():
        db.session.delete(held[address])
    for address, target in wanted.items():
        if address in held:
            held[address].target = target
        else:
            db.session.add(Redirect(address=address, target=target))
    db.session.flush()
