"""Verbs of mail in: take in, sort, put into a ticket, make a request of it, set aside."""

from collections.abc import Sequence
from io import BytesIO

from flask_babel import force_locale
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from ..audit.actions import record
from ..company.actions import came_back
from ..company.mailway import results_in
from ..extensions import db
from ..kit.files import BadFile, check, path_of, store
from ..kit.forms import LONG_TEXT
from ..kit.i18n import _
from ..kit.room import need_room
from ..kit.rows import insert_or_skip
from ..live.actions import publish
from ..mail.threads import is_own_mark
from ..outbox.actions import enqueue
from ..people.models import Person
from ..people.permissions import Permission
from ..tickets.access import is_on_customers_side
from ..tickets.actions import Words, note, open_ticket, reply
from ..tickets.models import Ticket, TicketEvent
from ..tickets.second_thoughts import follow_up, is_over
from . import reading
from .models import IncomingMail
from .reading import Part, Reading
from .sorting import place_for
from .wording import QUIET

TOPIC = "mail-0"
SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}


def take_in(raw: bytes, size: int | None = None) -> bool:
    """Keep a mail as it came, to be sorted by the worker; False if it is here already, by whatever way.

    Args:
        raw: the whole mail, or its head alone when it is too large.
        size: bytes of the whole when `raw` is only its head.

    Raises:
        OSError: it could not be kept; the disk is full.
    """
    need_room(len(raw))  # a mail that is not taken in stays where it is
    digest = reading.content_digest(raw, size or len(raw))
    kept = store("mail.eml", BytesIO(raw))  # on disk before any row names it, and before any lock is taken
    most = 2**31 - 1  # a pipe may bring more than a column counts
    values = {
        "digest": digest,
        "raw_key": kept.key,
        "size": min(size or len(raw), most),
        "whole": size is None,
    }
    key = db.session.scalar(insert_or_skip(IncomingMail).values(**values).returning(IncomingMail.id))
    if key is None:
        path_of(kept.key).unlink()
        return False
    enqueue("inbox.sort", {"mail": key})
    publish(TOPIC)
    return True


def read_kept(raw_key: str, *, whole: bool) -> Reading:
    """What stands in a mail that was kept."""
    try:
        return reading.read(path_of(raw_key).read_bytes(), whole=whole)
    except OSError:  # its file is gone: the row still says from whom and when
        return Reading(odd=True)


def sort(mail: IncomingMail, found: Reading) -> None:
    """Put an answer into its ticket, and all else where agents find it; what was sorted before is left alone."""
    if mail.state != "new":
        return
    mail.sender, mail.sender_name, mail.subject = found.sender, found.sender_name, found.subject
    mail.message_id, mail.answers = found.message_id, found.answers
    mail.reason = place_for(mail, found)
    if mail.reason == "placed":
        assert mail.ticket is not None
        assert mail.person is not None
        _speak(mail, mail.ticket, mail.person, found)
    else:
        if mail.reason == "own" and is_own_mark(found.mark):
            came_back(int(found.mark.partition(".")[0]), results_in(found.results))
        mail.state = "quiet" if mail.reason in QUIET else "waiting"
        mail.text = found.text[:LONG_TEXT]
        mail.files = [
            {"name": f.name[:200], "type": f.type[:100], "size": len(f.data)} for f in found.files[:100]
        ]
    publish(TOPIC)
    db.session.flush()


def _speak(mail: IncomingMail, ticket: Ticket, by: Person, found: Reading) -> None:
    """The sender's own words in a ticket; an agent's answer waits for the customer, as at the desk."""
    staff = not is_on_customers_side(by, ticket)
    words = _words(found, ticket.requester.language)
    if not staff and is_over(ticket):
        later = follow_up(ticket, words, by)
        db.session.flush()
        _placed(mail, later, None)
        return
    waits = staff and by.may(Permission.CHANGE, ticket.team_id)
    _placed(mail, ticket, reply(ticket, words, by, then="waiting" if waits else None, staff=staff))


def _placed(mail: IncomingMail, ticket: Ticket, event: TicketEvent | None) -> None:
    """From here on the ticket holds the words; a second copy of them would only be one more to erase."""
    mail.state = mail.reason = "placed"
    mail.ticket, mail.ticket_id, mail.event_id = ticket, ticket.id, event.id if event else None
    mail.text, mail.files = None, []
    db.session.flush()


def _words(found: Reading, language: str) -> Words:
    """A mail as words for a ticket: what its files may not be let in for is told in the text, in `language`."""
    with force_locale(language):
        files, left_out = _sifted([part for part in found.files if part.type not in SIGNATURES])
        text = found.text or _("(no words)")
        if len(text) > LONG_TEXT:
            left_out.insert(0, _("The rest of the text: it is too long."))
            text = text[:LONG_TEXT]
        lines = [_("Left out of the mail: %(what)s", what=what) for what in left_out]
    return Words("\n\n".join([text, *lines]), files)


def _sifted(parts: Sequence[Part]) -> tuple[list[tuple[str, FileStorage]], list[str]]:
    """The files that may be sent here, under the limits of forms, and a sentence about each other one."""
    let_in: list[FileStorage] = []
    left_out: list[str] = []
    for part in parts:
        file = FileStorage(BytesIO(part.data), part.name)
        try:
            check([*let_in, file])
        except BadFile as error:
            left_out.append(f"“{part.name}” – {error}" if part.name not in str(error) else str(error))
        else:
            let_in.append(file)
    return check(let_in), left_out


def put_into(mail: IncomingMail, ticket: Ticket, by: Person, found: Reading) -> None:
    """An agent puts a mail into a ticket: as the customer's words if it is theirs, else as an internal note."""
    if mail.person and mail.person_id == ticket.requester_id:
        _speak(mail, ticket, mail.person, found)
    else:
        words = _words(found, by.language)
        sender = " ".join(filter(None, (mail.sender_name, f"<{mail.sender}>" if mail.sender else ""))) or "?"
        lead = _("A mail from %(sender)s, put here by hand: %(subject)s", sender=sender, subject=mail.subject)
        _placed(mail, ticket, note(ticket, Words(f"{lead}\n\n{words.body}", words.files), by))
    record("put a mail into a request", by, f"mail {mail.id}", ticket=ticket.number)
    publish(TOPIC)


def make_request(mail: IncomingMail, by: Person, found: Reading) -> Ticket:
    """An agent makes a request of a mail, in the name of the person who sent it."""
    assert mail.person is not None
    ticket = open_ticket(
        mail.subject[:255] or _("(no subject)"), _words(found, mail.person.language), mail.person
    )
    db.session.flush()
    first = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id).limit(1)
    _placed(mail, ticket, db.session.scalar(first))
    record("made a request of a mail", by, f"mail {mail.id}", ticket=ticket.number)
    publish(TOPIC)
    return ticket


def set_aside(mail: IncomingMail, by: Person) -> None:
    """Nothing needs to be done about a mail; it stays readable."""
    mail.state = "aside"
    record("set a mail aside", by, f"mail {mail.id}")
    publish(TOPIC)


def take_back(mail: IncomingMail, by: Person) -> None:
    """A mail that was set aside, or that a program seemed to have written, waits to be sorted again."""
    mail.state = "waiting"
    record("took a mail back", by, f"mail {mail.id}")
    publish(TOPIC)
