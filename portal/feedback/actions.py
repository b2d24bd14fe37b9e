"""The verb of feedback: a mood with words becomes a ticket."""

from dataclasses import dataclass
from typing import Any

from ..extensions import db
from ..kit.i18n import _
from ..kit.markdown import excerpt
from ..people.models import Person
from ..tickets.actions import Words, add_event, open_ticket
from ..tickets.models import Ticket
from ..tickets.visitors import Visitor, ask_as_visitor
from ..tickets.wording import FACES
from .models import Feedback

LOW = {1: "high", 2: "high"}  # moods that raise the ticket's priority, and to what
SUBJECT = 80  # characters


@dataclass(frozen=True)
class Felt:
    """What somebody says of a page.

    Attributes:
        mood: from 1, very bad, to 5, very good.
        words: may be empty.
        page: its path, without secrets; "" when it is not known.
        situation: what they saw it with.
        answer: whether an answer is wanted.
    """

    mood: int
    words: Words
    page: str
    situation: dict[str, Any]
    answer: bool


def send(felt: Felt, by: Person) -> Ticket:
    """Feedback of somebody who has an account."""
    ticket = open_ticket(
        _subject(felt), _said(felt), by, kind="feedback", reach="" if felt.answer else "page", **_rank(felt)
    )
    return _note(ticket, felt)


def send_as_visitor(felt: Felt, visitor: Visitor, *, odd: bool) -> Ticket:
    """Feedback of somebody without one: at an address that is confirmed first, or from nobody who could be answered.

    Args:
        felt: what is said.
        visitor: who says it; without an address nobody can be answered.
        odd: whether a machine may have sent it.
    """
    reach = "" if visitor.email else "none"
    more = _rank(felt) | {"reach": reach}
    ticket = ask_as_visitor(_subject(felt), _said(felt), visitor, "feedback", odd=odd, **more)
    return _note(ticket, felt)


def _rank(felt: Felt) -> dict[str, str]:
    return {"priority": LOW.get(felt.mood, "normal")}


def _subject(felt: Felt) -> str:
    """The beginning of the words, else what the face is called."""
    return excerpt(felt.words.body, SUBJECT) or _("Feedback: %(face)s", face=FACES[felt.mood].word)


def _said(felt: Felt) -> Words:
    return Words(felt.words.body or str(FACES[felt.mood].word), felt.words.files)


def _note(ticket: Ticket, felt: Felt) -> Ticket:
    db.session.flush()
    db.session.add(Feedback(ticket_id=ticket.id, mood=felt.mood, page=felt.page, situation=felt.situation))
    add_event(ticket, "felt", ticket.requester, {"score": felt.mood}, public=True)
    db.session.flush()
    return ticket
