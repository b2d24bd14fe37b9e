"""Verbs of notices: tell somebody, note what was read, choose what comes by mail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from ..audit.actions import record
from ..extensions import db
from ..kit import clock
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..people.models import Person
from .models import MailChoice, Notice
from .wording import CHOSEN, Kind


@dataclass(frozen=True)
class News:
    """What is told.

    Attributes:
        key: unique for the person within the kind: told twice, it is noted once.
        address: the path that it opens.
        data: what its words are made of.
        about: what it speaks of, as ("ticket", 7): who may not see that sees nothing of the notice.
        at: when it happened; now unless given.
    """

    key: str
    address: str
    data: dict[str, Any] = field(default_factory=dict)
    about: tuple[str, int] | None = None
    at: datetime | None = None


def notify(person: Person, kind: Kind, news: News) -> bool:
    """Tell a person something, once; False if they were told before."""
    about, about_id = news.about or ("", None)
    values = {
        "person_id": person.id,
        "class": kind.group,
        "kind": kind.name,
        "key": f"{kind.name}:{news.key}",
        "address": news.address,
        "about": about,
        "about_id": about_id,
        "data": news.data,
        "made": news.at or clock.now(),
    }
    db.session.flush()
    fresh = insert_or_skip(Notice).values(**values).returning(Notice.id)
    told = db.session.execute(fresh).first() is not None
    if told:
        publish(f"person-{person.id}")
    return told


def _read(person: Person, *which: Any) -> int:
    unread = (Notice.person_id == person.id, Notice.read.is_(None))
    done = update(Notice).where(*unread, *which).values(read=clock.now()).returning(Notice.id)
    count = len(db.session.execute(done).all())
    if count:
        publish(f"person-{person.id}")
    return count


def read_one(notice: Notice, person: Person) -> None:
    """The person opened a notice."""
    _read(person, Notice.id == notice.id)


def read_here(person: Person, path: str) -> None:
    """The person is at the page that these notices lead to."""
    _read(person, Notice.address == path)


def read_all(person: Person, until: int) -> int:
    """Mark all as read up to the id `until`: what came after the page was made is not known yet. Returns how many."""
    return _read(person, Notice.id <= until)


def choose_mail(person: Person, group: str, *, wanted: bool) -> bool:
    """Let notices of a class come by mail or not; False if that was so.

    Raises:
        KeyError: there is no such class to choose.
    """
    if group not in CHOSEN:
        raise KeyError(group)
    row = db.session.get(MailChoice, (person.id, group), with_for_update=True)
    if (row.wanted if row else True) == wanted:
        return False
    if row:
        row.wanted = wanted
    else:
        values = {"person_id": person.id, "class": group, "wanted": wanted}
        db.session.execute(insert_or_skip(MailChoice).values(**values))
    record("changed what comes by mail", person, f"person {person.id}", **{"class": group, "wanted": wanted})
    return True
