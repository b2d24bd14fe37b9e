"""A ticket's events as lines that a certain reader reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import request
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..kit.files import size_words
from ..kit.i18n import _
from ..people.models import Person
from .models import Attachment, Ticket, TicketEvent
from .second_thoughts import is_changeable
from .wording import EventLook, event_look, name_in

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
    """One line of the conversation: words of somebody, or an event (then `look` says how it reads).

    `us` marks the desk's words, `changeable` those that the reader may still change, `removable` those that may be taken
    back: all such but the first, without which nothing would be asked.
    """

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
    edited: bool
    changeable: bool
    removable: bool

    @property
    def is_words(self) -> bool:
        return self.look is None


def _file(file: Attachment) -> FileLine:
    icon = "photo" if file.is_image else "file-text"
    return FileLine(f"/files/{file.key}/{quote(file.name)}", file.name, size_words(file.size), icon)


def _role(event: TicketEvent, *, desk: bool) -> str:
    """What stands beside the name: the team, who wrote down what a caller said, or that it is the customer's side."""
    if event.by_staff:
        return str(event.data["team"])
    if event.data.get("told_to_id"):
        return _("on the phone to %(name)s", name=name_in(event.data, "told_to"))
    return _("customer") if desk else ""


def _line(event: TicketEvent, ticket: Ticket, reader: Person, *, desk: bool, first: bool) -> Line:
    own = event.actor_id == reader.id
    who = event.actor.shown if event.actor else ""
    changeable = not desk and is_changeable(ticket, event, reader)
    look = None
    if not event.is_words:
        reopened = event.data.get("to") == "open" and not event.by_staff  # by the words before it
        kind = "wordless" if event.is_erased else event.kind
        look = event_look(kind, event.data, "" if reopened else who, own=own and not desk, desk=desk)
    values: dict[str, Any] = {
        "who": _("You") if own else who,
        "role": _role(event, desk=desk),
        "initials": event.actor.initials if event.actor else "",
        "html": event.html or "",
        "files": [_file(file) for file in event.files],
    }
    return Line(
        id=event.id,
        at=event.at,
        actor_id=event.actor_id,
        us=event.by_staff,
        note=event.kind == "note",
        look=look,
        edited=event.edited_at is not None,
        changeable=changeable,
        removable=changeable and not first,
        **values,
    )


class Story(list[Line]):
    """Lines, oldest first; `folded` says that earlier ones were left out."""

    folded = False


@lru_cache(8)
def _newest(events: Select[TicketEvent], most: int) -> Select[TicketEvent]:
    """The newest of them and one more, with who wrote them and their files; built once for each of the few selects."""
    related = (joinedload(TicketEvent.actor), joinedload(TicketEvent.files))
    return events.order_by(TicketEvent.id.desc()).limit(most + 1).options(*related)


def story(
    events: Select[TicketEvent], ticket: Ticket, reader: Person, *, desk: bool = False, whole: bool = False
) -> Story:
    """Events as `reader` reads them, in one statement: the newest SHOWN, or all when the address says ?earlier=all.

    Args:
        events: what of it the reader may know, as tickets.access says it.
        ticket: the one whose story it is.
        desk: whether the reader is at the desk, and reads the agents' words for states.
        whole: all of it, whatever the address says.
    """
    most = MOST if whole or request.args.get("earlier") == "all" else SHOWN
    rows = db.session.scalars(_newest(events, most), {"ticket": ticket.id}).unique().all()
    folded = len(rows) > most
    told = Story(
        _line(event, ticket, reader, desk=desk, first=place == 0 and not folded)
        for place, event in enumerate(reversed(rows[:most]))
    )
    told.folded = folded
    return told
