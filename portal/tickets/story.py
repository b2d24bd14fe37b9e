"""A ticket's events as lines that a certain reader reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import request
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.files import size_words
from ..kit.i18n import _
from ..people.models import Person
from .models import Attachment, TicketEvent
from .wording import EventLook, event_look

SHOWN, MOST = 50, 2000  # lines of a conversation on a page: at first, and at all


@dataclass(frozen=True)
class FileLine:
    """A file beside words."""

    url: str
    name: str
    size_words: str
    icon: str


@dataclass(frozen=True)
class Line:
    """One line of the conversation: words of somebody, or an event (then `look` says how it reads)."""

    id: int
    at: datetime
    actor_id: int | None
    who: str
    role: str
    initials: str
    us: bool
    note: bool
    html: str
    files: Sequence[FileLine]
    look: EventLook | None

    @property
    def is_words(self) -> bool:
        return self.look is None


def _file(file: Attachment) -> FileLine:
    icon = "photo" if file.is_image else "file-text"
    return FileLine(f"/files/{file.key}/{quote(file.name)}", file.name, size_words(file.size), icon)


def _line(event: TicketEvent, requester_id: int, reader: Person, *, desk: bool) -> Line:
    own = event.actor_id == reader.id
    who = event.actor.shown if event.actor else ""
    look = None
    if not event.is_words:
        reopened = event.actor_id == requester_id and event.data.get("to") == "open"  # by the words before it
        look = event_look(event.kind, event.data, "" if reopened else who, own=own and not desk, desk=desk)
    us = event.actor_id != requester_id
    values: dict[str, Any] = {
        "who": _("You") if own else who,
        "role": event.data.get("team", "") if us else (_("customer") if desk else ""),
        "initials": event.actor.initials if event.actor else "",
        "html": event.html or "",
        "files": [_file(file) for file in event.files],
    }
    return Line(
        id=event.id,
        at=event.at,
        actor_id=event.actor_id,
        us=us,
        note=event.kind == "note",
        look=look,
        **values,
    )


class Story(list[Line]):
    """Lines, oldest first; `folded` says that earlier ones were left out."""

    folded = False


def story(events: Select[TicketEvent], requester_id: int, reader: Person, *, desk: bool = False) -> Story:
    """Events as `reader` reads them, in one statement: the newest SHOWN, or all when the address says ?earlier=all.

    Args:
        events: a select that an access function made for this reader.
        requester_id: whose words stand on the customer's side.
        desk: whether the reader is at the desk, and reads the agents' words for states.
    """
    most = MOST if request.args.get("earlier") == "all" else SHOWN
    newest = events.order_by(None).order_by(TicketEvent.id.desc()).limit(most + 1)
    related = (joinedload(TicketEvent.actor), joinedload(TicketEvent.files))
    rows = db.session.scalars(newest.options(*related)).unique().all()
    told = Story(_line(event, requester_id, reader, desk=desk) for event in reversed(rows[:most]))
    told.folded = len(rows) > most
    return told
