"""Where a mail belongs: into a ticket, among those of programs, or to the agents, with the reason."""

from flask import current_app
from sqlalchemy import select

from ..extensions import db
from ..kit.company import the_company
from ..mail.threads import Thread, is_own_mark, threads_addressed_by, threads_named_by
from ..people.access import find_person
from ..people.models import Person
from ..tickets.models import Ticket
from ..tickets.receive import too_fast
from .access import may_answer
from .models import IncomingMail
from .queries import answers_of_late, answers_quickly, is_known
from .reading import Reading


def place_for(mail: IncomingMail, found: Reading) -> str:
    """The reason why a mail goes where it goes, one of wording.REASONS; "placed" if it is an answer for its ticket.

    Notes on the mail whose it is and which ticket it names, as far as that is proven or worth showing to agents.
    """
    thread, forged = _thread_of(found)
    mail.person = find_person(found.sender) if found.sender else None
    mail.person_id = mail.person.id if mail.person else None
    ticket = _ticket_of(thread)
    mail.ticket, mail.ticket_id = ticket, ticket.id if ticket else None
    return (
        _unfit(mail, found)
        or ("bad_token" if forged else None)
        or (_without_thread(mail.person) if thread is None else None)
        or _refused(mail, thread, ticket)
        or ("empty" if not found.text and not found.files else None)
        or _too_often(mail, thread)
        or "placed"
    )


def _thread_of(found: Reading) -> tuple[Thread | None, bool]:
    """What a mail answers, by its address or the ids it names; the sender's own thread first, of several."""
    addressed, forged = threads_addressed_by(found.recipients)
    threads = addressed or threads_named_by(found.named)
    own = find_person(found.sender) if found.sender and len(threads) > 1 else None
    mine = [thread for thread in threads if own and thread.person_id == own.id]
    return next(iter(mine or threads), None), forged and not addressed


def _ticket_of(thread: Thread | None) -> Ticket | None:
    """The ticket, held until the commit: answers of one sender are counted one by one."""
    if thread is None:
        return None
    return db.session.scalar(select(Ticket).where(Ticket.id == thread.ticket_id).with_for_update())


def _unfit(mail: IncomingMail, found: Reading) -> str | None:
    """Why a mail is nobody's answer, whatever it names."""
    if _is_own(found):
        return "own"
    if found.automatic:
        return "automatic"
    if not mail.whole:
        return "large"
    if found.odd:
        return "odd"
    return "copy" if found.message_id and is_known(found.message_id, mail.id) else None


def _is_own(found: Reading) -> bool:
    """Our header, an id that we signed, or our own address: each alone survives some mail system."""
    by_id = bool(found.message_id and threads_named_by(found.message_id))
    return is_own_mark(found.mark) or by_id or (bool(found.sender) and found.sender in the_company().senders)


def _without_thread(person: Person | None) -> str:
    return "first" if person else "unknown"


def _refused(mail: IncomingMail, thread: Thread | None, ticket: Ticket | None) -> str | None:
    """Why the sender does not speak in the ticket that the mail names."""
    reader = db.session.get(Person, thread.person_id) if thread else None
    if ticket is None or reader is None or not reader.active:
        return "gone"
    if mail.person_id != reader.id:
        return "other_sender"
    if not may_answer(reader, ticket):
        return "not_allowed"
    return None


def _too_often(mail: IncomingMail, thread: Thread | None) -> str | None:
    """Robots answer each mail of ours, at once; several mails that answer the same one are a person's photos."""
    assert thread is not None
    assert mail.person is not None
    mail.quick = answers_quickly(thread, mail.at)
    late = [*answers_of_late(mail), mail]
    exchanges = {row.answers or str(row.id) for row in late if row.quick}
    config = current_app.config
    if (mail.quick and len(exchanges) > config["LIMIT_MAIL_QUICK"]) or len(late) > config[
        "LIMIT_MAIL_TICKET"
    ]:
        return "loop"
    return "loop" if too_fast(mail.person) else None
