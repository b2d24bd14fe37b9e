"""Work that waits for an administrator, and whom or what it is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from ..audit.models import AuditEntry
from ..canned.models import CannedAnswer
from ..community.models import Space, Topic
from ..company.forms import MailsForm
from ..company.kept import MAILS
from ..company.parts import FORMS
from ..config import LANGUAGES
from ..extensions import db
from ..legal.wording import CONTACT, NAMES
from ..outbox.models import Job
from ..people.models import Person
from ..staff.models import Invitation
from ..tickets.models import Ticket, TicketEvent

SIZE = 50
LONGEST_KEY = 15  # digits of a number that can be one of a row
# What a line of the record is about, by its word: how the row is called.
CALLED: dict[str, tuple[type[Any], Callable[[Any], str]]] = {
    "person": (Person, lambda row: row.shown),
    "space": (Space, lambda row: row.name),
    "topic": (Topic, lambda row: row.heading),
    "ready answer": (CannedAnswer, lambda row: row.title),
    "invitation": (Invitation, lambda row: row.called),
}


@dataclass(frozen=True)
class Pile:
    """Jobs of one fate: the first of them, and how many there are of each kind."""

    jobs: Sequence[Job]
    kinds: dict[str, int]

    @property
    def more(self) -> int:
        return sum(self.kinds.values()) - len(self.jobs)


def pile(*, held: bool) -> Pile:
    """Jobs that were given up, or those that wait from before a restore, the newest first."""
    which = Job.dead.is_not(None), Job.done.is_(None), Job.held.is_(held)
    jobs = db.session.scalars(
        select(Job).where(*which).order_by(Job.dead.desc(), Job.id.desc()).limit(SIZE)
    ).all()
    kinds = db.session.execute(
        select(Job.kind, func.count()).where(*which).group_by(Job.kind).order_by(Job.kind)
    )
    return Pile(jobs, dict(kinds.all()) if jobs else {})


def late_jobs() -> Sequence[Job]:
    """Jobs that failed and are tried again."""
    tried: tuple[ColumnElement[bool], ...] = (Job.done.is_(None), Job.dead.is_(None), Job.tries > 0)
    return db.session.scalars(
        select(Job).where(*tried, Job.error.is_not(None)).order_by(Job.id).limit(SIZE)
    ).all()


def told_about(jobs: Sequence[Job]) -> dict[int, str]:
    """Whom or what each job is about, by its number: a person, a request, an address."""
    people = _names(
        select(Person.id, Person.called, Person.name, Person.email).where(
            Person.id.in_(_named("person", jobs))
        )
    )
    tickets = _numbers(select(Ticket.id, Ticket.number).where(Ticket.id.in_(_named("ticket", jobs))))
    events = _numbers(
        select(TicketEvent.id, Ticket.number).join(Ticket).where(TicketEvent.id.in_(_named("event", jobs)))
    )
    found = {}
    for job in jobs:
        number = tickets.get(job.payload.get("ticket")) or events.get(job.payload.get("event"))
        words = [
            people.get(job.payload.get("person")),
            job.payload.get("email"),
            f"#{number}" if number else None,
        ]
        found[job.id] = ", ".join(str(word) for word in words if word)
    return found


def _named(word: str, jobs: Sequence[Job]) -> list[int]:
    return [key for job in jobs if isinstance(key := job.payload.get(word), int)]


def _names(rows: Any) -> dict[Any, str]:
    return {key: called or name or email or str(key) for key, called, name, email in db.session.execute(rows)}


def _numbers(rows: Any) -> dict[Any, int]:
    return dict(db.session.execute(rows).all())


def names_of(entries: Sequence[AuditEntry]) -> dict[str, str]:
    """What lines of the record are about, each with its name as people know it; "" for what has none or is gone."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        kind, _space, key = entry.about.rpartition(" ")
        if kind in CALLED and key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY:
            wanted.setdefault(kind, set()).add(int(key))
    names = {entry.about: _of_company(entry.about) for entry in entries}
    for kind, keys in wanted.items():
        model, called = CALLED[kind]
        rows = db.session.scalars(select(model).where(model.id.in_(keys)))
        names |= {f"{kind} {row.id}": called(row) for row in rows}
    return names


def _of_company(about: str) -> str:
    """The part of the company's values or the page, of which there are a few."""
    kind, _space, key = about.rpartition(" ")
    page, _dash, version = key.partition("-")
    if kind == "company page":
        return f"{NAMES.get(page, CONTACT)} {version}".strip()
    if kind != "company":
        return ""
    if key.startswith(MAILS):
        return f"{MailsForm.title}, {LANGUAGES.get(key.removeprefix(MAILS), '')}"
    return str(FORMS[key].title) if key in FORMS else ""
