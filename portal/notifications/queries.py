"""Selects of the bell: how many are unread, the latest, a page of all, and what comes by mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import ScalarSelect, Select, bindparam, func, select

from ..extensions import db
from ..kit.pages import Page, page_by
from ..people.models import Person
from ..people.readers import Reader, built_once
from .access import may_still_know, visible_notices
from .models import MailChoice, Notice
from .wording import CHOSEN, SECURITY

LATEST, SIZE, MOST = 6, 25, 100


@dataclass(frozen=True)
class Unread:
    """How many notices are unread: `count` at other places, `here` those that the page at hand answers."""

    count: int
    here: int

    @property
    def shown(self) -> str:
        return str(self.count) if self.count < MOST else f"{MOST - 1}+"


def unread_columns(reader: Reader) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """How many unread notices lead elsewhere than to the path `here`, and how many there; for a statement that is given `here`."""
    rows = select(Notice.id).where(
        Notice.person_id == reader.id, Notice.read.is_(None), may_still_know(reader)
    )
    here = bindparam("here", type_=Notice.address.type)
    parts = (rows.where(Notice.address != here), rows.where(Notice.address == here))
    counted = (select(func.count()).select_from(part.limit(MOST).subquery()) for part in parts)
    elsewhere, at_hand = (one.scalar_subquery() for one in counted)
    return elsewhere, at_hand


@built_once
def _unread(reader: Reader) -> Select[int, int]:
    return select(*unread_columns(reader))


def unread(person: Person, here: str = "") -> Unread:
    """The same as numbers, in one statement."""
    return Unread(*db.session.execute(_unread(person), {"here": here}).one())


@dataclass(frozen=True)
class Line:
    """A notice as its reader reads it."""

    id: int
    words: Markup
    made: datetime
    is_new: bool
    icon: str
    initials: str
    us: bool


def lines(rows: Iterable[Notice]) -> list[Line]:
    """Notices in the reader's language; of a kind that the portal no longer makes nothing is shown."""
    kinds = current_app.extensions["notice_kinds"]
    return [_line(row, kinds[row.kind]) for row in rows if row.kind in kinds]


def _line(row: Notice, kind: Any) -> Line:
    face = {"initials": row.data.get("initials", ""), "us": row.data.get("us", False)}
    return Line(row.id, kind.words(row.data), row.made, row.read is None, kind.icon, **face)


def place_of(notice: Notice) -> str:
    """The address that a notice opens, with the part of the page where its news is: its own, or that of its kind."""
    kind = current_app.extensions["notice_kinds"].get(notice.kind)
    return notice.address + str(notice.data.get("place") or (kind.anchor if kind else ""))


def latest(person: Person) -> list[Line]:
    """The newest ones, for the menu."""
    rows = visible_notices(person).order_by(Notice.made.desc(), Notice.id.desc()).limit(LATEST)
    return lines(db.session.scalars(rows))


def own_page(person: Person, show: str, cursor: str) -> Page[Notice]:
    """One page of all, or of the unread ones."""
    rows = visible_notices(person)
    if show == "unread":
        rows = rows.where(Notice.read.is_(None))
    return page_by(rows, Notice.made, Notice.id, cursor, SIZE)


def mail_choices(person_id: int) -> dict[str, bool]:
    """Which classes a person wants by mail."""
    rows = select(MailChoice.group, MailChoice.wanted).where(MailChoice.person_id == person_id)
    said = {row.group: row.wanted for row in db.session.execute(rows)}
    return {group: said.get(group, True) for group in CHOSEN}


def wants_mail(person_id: int, group: str) -> bool:
    """Whether a mail of a class may go to a person; those about security always do."""
    return group == SECURITY or mail_choices(person_id)[group]
