"""Taking the demo out of an instance: its people, what they said and asked, its articles; what came since stays.

When the demo was filled, the highest number of each table was noted: all up to there is the demo's, and so is what its
people began later. What hangs on it goes with it, as an own answer to a demo request does.
"""

import filecmp
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, update

from ..audit.models import AuditEntry
from ..company.actions import save_first
from ..company.models import CompanyValue
from ..company.queries import value_of
from ..config import ROOT
from ..extensions import db
from ..kb.actions import take_over
from ..kb.look import look
from ..kb.models import Related
from ..kit.rows import table_of
from ..legal.actions import unlocked
from ..mail.models import Letter
from ..notifications.models import Notice
from ..outbox.actions import let_go
from ..people.access import administrators
from ..people.models import Person, Team
from ..privacy.actions import erase
from ..readership.models import Popular
from ..tickets import fulltext

MARKS = "demo"  # the part of the company's values that holds the numbers
# What is nobody's words, or is made anew from the files of articles.
NOT_OURS = {"role", "audit_entry", "job", "live", "synonym"} | {"article", "article_organisation", "kb_fault", "kb_revision", "picture_use", "section"}  # fmt: skip
# These go once nothing that stays needs them.
GROUND = ("space", "organisation", "team", "person")
FILES = {"attachment": "key", "post_file": "key", "space_item": "key", "incoming_mail": "raw_key"}
MANY = 500
Doomed = dict[str, set[int]]


class NoDemo(Exception):
    """Nothing is removed; the message says why."""


def note_marks() -> None:
    """Note what there is as the demo's: the highest number of each table that counts its rows, and what was saved."""
    parts = list(db.session.scalars(select(CompanyValue.part)))
    save_first(MARKS, {**_marks(), "parts": parts}, "made the demo")


def _marks() -> dict[str, int]:
    tables = [table for table in db.metadata.sorted_tables if _key(table) is not None]
    return {table.name: db.session.scalar(select(func.max(_key(table)))) or 0 for table in tables}


def _key(table: Table) -> Any:
    return table.c.id if [column.name for column in table.primary_key] == ["id"] else None


def _among(column: Any, values: Collection[int]) -> Iterable[ColumnElement[bool]]:
    listed = sorted(values)
    return (column.in_(listed[place : place + MANY]) for place in range(0, len(listed), MANY))


def _found(key: Any, column: Any, values: Collection[int]) -> set[int]:
    """Keys of rows whose column holds one of the values."""
    return {row for one in _among(column, values) for row in db.session.scalars(select(key).where(one))}


def _doomed(known: dict[str, Any], people: Collection[int]) -> Doomed:
    """All that goes, by table, before the ground that it stands on; what hangs on it by a column that may be empty stays."""
    doomed: Doomed = {}
    for table in db.metadata.sorted_tables:
        key = _key(table)
        if key is None or table.name in NOT_OURS or table.name in GROUND:
            continue
        ours = set(db.session.scalars(select(key).where(key <= known.get(table.name, 0))))
        for column in {"ticket": ["requester_id"], "topic": ["author_id"]}.get(table.name, ()):
            ours |= _found(key, table.c[column], people)
        for column, parent in _needed(table):
            ours |= _found(key, column, doomed.get(parent, set()))
        doomed[table.name] = ours
    doomed["idea"] = doomed["topic"]  # an idea has the number of its topic
    return doomed


def _needed(table: Table) -> list[tuple[Any, str]]:
    """Columns without which a row cannot be, and the tables that they point to."""
    pairs = ((column, key.column.table.name) for column in table.c for key in column.foreign_keys)
    return [(column, parent) for column, parent in pairs if not column.nullable]


def _drop(doomed: Doomed) -> None:
    """Take the rows, those that hang on others first, and with them the bytes of their files."""
    for name, column in FILES.items():
        table = db.metadata.tables[name]
        for one in _among(table.c.id, doomed[name]):
            let_go(key for key in db.session.scalars(select(table.c[column]).where(one)) if key)
    for key in doomed["ticket"]:
        fulltext.drop(key)
    for table in reversed(db.metadata.sorted_tables):
        for column in table.c:
            for foreign in column.foreign_keys:
                _cut(table, column, doomed.get(foreign.column.table.name, set()))
        key = _key(table)
        for one in _among(key, doomed.get(table.name, ())) if key is not None else ():
            db.session.execute(delete(table).where(one))
    db.session.expire_all()


def _cut(table: Table, column: Any, gone: Collection[int]) -> None:
    """Rows that point to what goes: emptied there, or gone as well."""
    for one in _among(column, gone):
        if column.nullable:
            db.session.execute(update(table).where(one).values({column.name: None}))
        else:
            db.session.execute(delete(table).where(one))


def _unneeded(name: str, candidates: Collection[int]) -> set[int]:
    """Those that no row points to any more."""
    table = db.metadata.tables[name]
    uses = [
        exists().where(column == table.c.id).correlate(table)
        for other in db.metadata.sorted_tables
        for column in other.c
        if any(foreign.column.table.name == name for foreign in column.foreign_keys)
    ]
    free = select(table.c.id).where(~or_(*uses))
    return {row for one in _among(table.c.id, candidates) for row in db.session.scalars(free.where(one))}


def _drop_ground(known: dict[str, Any], people: Collection[int]) -> None:
    default = set(db.session.scalars(select(Team.id).where(Team.is_default)))
    for (
        table
    ) in db.metadata.sorted_tables:  # what a person has by being there: a profile, devices, what is followed
        if table.name not in GROUND and _key(table) is None:
            for column, parent in _needed(table):
                if parent == "person":
                    _cut(table, column, people)
    for name in GROUND:
        table = db.metadata.tables[name]
        candidates = set(db.session.scalars(select(table.c.id).where(table.c.id <= known.get(name, 0))))
        for one in _among(table.c.id, _unneeded(name, candidates - (default if name == "team" else set()))):
            db.session.execute(delete(table).where(one))


def _drop_articles() -> int:
    """Files of the demo that nobody changed go; gives how many others of the same name stay."""
    folder, changed = Path(current_app.config["KB_CONTENT"]), 0
    if folder.resolve() == (ROOT / "kb_content").resolve():
        return 0  # the project's own; whoever named that folder means it
    for made in sorted((ROOT / "kb_content").rglob("*"), reverse=True):
        copy = folder / made.relative_to(ROOT / "kb_content")
        if made.is_file() and copy.is_file():
            if filecmp.cmp(made, copy, shallow=False):
                copy.unlink()
            else:
                changed += 1
        elif made.is_dir() and copy.is_dir() and not any(copy.iterdir()):
            copy.rmdir()
    return changed


def people_of_demo() -> tuple[dict[str, Any], list[Person]]:
    """The numbers that were noted, and the demo's people.

    Raises:
        NoDemo: it is no demo, or nobody would look after the instance afterwards.
    """
    known = value_of(MARKS)
    if not known:
        raise NoDemo(
            "This instance holds no demo, or one of an earlier version, which cannot be told from what came since."
        )
    people = db.session.scalars(select(Person).where(Person.id <= known["person"]).order_by(Person.id)).all()
    if not any(key > known["person"] for key in administrators()):
        raise NoDemo(
            "All administrators are people of the demo. Add your own first: portal user add ADDRESS --role administrator"
        )
    return known, list(people)


def remove() -> int:
    """Take the demo out in the session at hand, its articles from the disk; gives how many changed articles stay.

    Raises:
        NoDemo: as people_of_demo() says.
    """
    known, people = people_of_demo()
    ids = [person.id for person in people]
    with unlocked():
        _drop(_doomed(known, ids))
        for person in people:
            if not person.erased:
                erase(person, None)
        db.session.flush()
        db.session.expunge_all()
        changed = _drop_articles()
        take_over(look(current_app.config["KB_CONTENT"]), even_none=True)
        _drop_ground(known, ids)
    tells = or_(AuditEntry.detail != {}, AuditEntry.source != "")
    record = update(AuditEntry).where(AuditEntry.id <= known["audit_entry"], tells)
    db.session.execute(
        record.values(detail={}, source="")
    )  # that something was done stays, but not with which words
    db.session.execute(delete(table_of(Letter)).where(Letter.text.is_not(None)))
    for table in (Notice, Related, Popular):  # the last two are counted anew each hour
        db.session.execute(delete(table_of(table)))
    mine = set(known["parts"]) | {MARKS}
    untouched = CompanyValue.part.in_(mine) & or_(CompanyValue.version == 1, CompanyValue.part == MARKS)
    db.session.execute(delete(CompanyValue).where(untouched))
    return changed


def forget_settings(instance: Path, lines: str) -> None:
    """Take from portal.toml what the demo wrote there, so that the instance is one for real from the next start on."""
    path = instance / "portal.toml"
    if path.exists():
        made = lines.splitlines()
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if line not in made]
        path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
