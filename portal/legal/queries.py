"""Selects of the company's pages: what is written, what would be published, what somebody accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit import crypto
from ..kit.i18n import LANGUAGES, _
from ..people.models import Person
from .access import find_current, order_of
from .models import (
    AGREED,
    PRIVACY,
    LegalAcceptance,
    LegalContact,
    LegalDraft,
    LegalText,
    LegalVersion,
)


@dataclass(frozen=True)
class PageWords:
    """What a page says in one language, or is to say; without title and text it is not in that language."""

    title: str = ""
    body: str = ""
    note: str = ""

    @property
    def is_there(self) -> bool:
        return bool(self.title and self.body)

    @property
    def digest(self) -> str:
        """By which a form knows whether it still stands as it was shown."""
        return crypto.digest(f"{self.title}\0{self.body}\0{self.note}")

    def says_as(self, other: "PageWords") -> bool:
        """Whether a reader would see the same."""
        return (self.title, self.body) == (other.title, other.body)


def saying_of(row: LegalText | LegalDraft) -> PageWords:
    """A published text that is written on has nothing to say yet about what is different."""
    return PageWords(row.title, row.body, row.note if isinstance(row, LegalDraft) else "")


@dataclass(frozen=True)
class Plan:
    """What stands in a page, and what its next version would be.

    Attributes:
        version: the one in force, or None.
        published: what it says, by language.
        drafts: what is written of the next one, by language, in the rows of the table.
    """

    version: LegalVersion | None
    drafts: dict[str, LegalDraft] = field(default_factory=dict)

    @property
    def published(self) -> dict[str, PageWords]:
        return {text.language: saying_of(text) for text in self.version.texts} if self.version else {}

    def saying(self, language: str) -> PageWords:
        """What there is of the next version in a language."""
        draft = self.drafts.get(language)
        return saying_of(draft) if draft else self.published.get(language, PageWords())

    @property
    def next(self) -> dict[str, PageWords]:
        """The texts of the next version."""
        said = {code: self.saying(code) for code in LANGUAGES}
        return {code: saying for code, saying in said.items() if saying.is_there}

    @property
    def changed(self) -> list[str]:
        """Languages in which the next version says something else: also where it is new, or gone."""
        empty, published = PageWords(), self.published
        return [code for code in LANGUAGES if not self.saying(code).says_as(published.get(code, empty))]

    @property
    def faults(self) -> list[str]:
        """Why it cannot be published, in sentences."""
        if not self.next:
            return [_("There is no text in any language.")]
        if not self.changed:
            return [_("Nothing is different from what is published.")]
        silent = [
            code
            for code in self.changed
            if code in self.next and code in self.published and not self.next[code].note
        ]
        return [_("Say what is different: %(language)s", language=LANGUAGES[code]) for code in silent]

    @property
    def digest(self) -> str:
        """By which the form that publishes knows whether all stands as it was shown."""
        number = self.version.number if self.version else 0
        said = [f"{code}{self.saying(code).digest}" for code in LANGUAGES]
        return crypto.digest("\0".join([str(number), *said]))


def plan_of(kind: str, *, hold: bool = False) -> Plan:
    """The plan of a page; held, its drafts stay as they are until the commit."""
    rows = select(LegalDraft).where(LegalDraft.kind == kind).order_by(LegalDraft.language)
    drafts = db.session.scalars(rows.with_for_update() if hold else rows).all()
    return Plan(find_current(kind), {row.language: row for row in drafts if row.language in LANGUAGES})


@dataclass(frozen=True)
class Listed:
    """A version in the list of all: since when and until when it was in force, and what was different."""

    number: int
    at: datetime
    until: datetime | None
    note: str
    note_in: str
    address: str


def versions_of(kind: str, language: str) -> list[Listed]:
    """All versions of a page, the newest first, with what was different in the reader's language as far as it is told."""
    rows = db.session.execute(
        select(LegalVersion, LegalText.language, LegalText.note)
        .join(LegalVersion.texts)
        .where(LegalVersion.kind == kind)
        .order_by(LegalVersion.number.desc())
    ).all()
    order, found = order_of(language), []
    later: datetime | None = None
    for version in dict.fromkeys(row[0] for row in rows):
        notes = {row[1]: row[2] for row in rows if row[0] is version and row[2]}
        told = next((code for code in order if code in notes), "")
        found.append(Listed(version.number, version.at, later, notes.get(told, ""), told, version.address))
        later = version.at
    return found


def privacy_page_is_written() -> bool:
    """Whether there is a privacy policy that everybody can read."""
    return db.session.scalar(select(LegalVersion.id).where(LegalVersion.kind == PRIVACY).limit(1)) is not None


def agreed_numbers(person: Person) -> dict[str, int]:
    """The newest version of each page that somebody accepted."""
    rows = (
        select(LegalVersion.kind, func.max(LegalVersion.number))
        .join(LegalAcceptance, LegalAcceptance.version_id == LegalVersion.id)
        .where(LegalAcceptance.person_id == person.id)
        .group_by(LegalVersion.kind)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}


def agreements_of(person: Person) -> Sequence[LegalAcceptance]:
    """All that somebody accepted, the newest first."""
    rows = select(LegalAcceptance).where(LegalAcceptance.person_id == person.id)
    return db.session.scalars(
        rows.options(joinedload(LegalAcceptance.version)).order_by(
            LegalAcceptance.at.desc(), LegalAcceptance.id.desc()
        )
    ).all()


def versions_since(numbers: dict[str, int]) -> list[LegalVersion]:
    """The versions with these numbers, of the pages that people accept."""
    rows = select(LegalVersion).where(LegalVersion.kind.in_(AGREED)).order_by(LegalVersion.kind.desc())
    return [row for row in db.session.scalars(rows) if numbers.get(row.kind) == row.number]


@dataclass(frozen=True)
class Reach:
    """How the company can be reached beside the portal; what is empty is not shown."""

    name: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""

    @property
    def digest(self) -> str:
        return crypto.digest("\0".join(vars(self).values()))


def reach() -> Reach:
    """What stands there now."""
    row = db.session.get(LegalContact, 1)
    return Reach(row.name, row.address, row.phone, row.hours) if row else Reach()
