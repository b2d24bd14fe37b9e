"""How mails of a ticket are told apart and found again: signed ids, signed reply addresses, our own mark."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

from ..kit.company import the_company
from ..kit.crypto import is_signed, signature

OWN_MARK = "X-Portal-Mail"
_SIGNED = r"([a-z2-7]{26})"
_THREAD = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{1,16})", re.IGNORECASE)
_MESSAGE_ID = re.compile(rf"<([0-9a-f]+-[0-9a-f]+(?:\.\w+)*)\.{_SIGNED}@", re.IGNORECASE)


@dataclass(frozen=True)
class Thread:
    """The mails of one ticket to one reader; the same for all of them, so that they stand together at the reader's."""

    ticket_id: int
    person_id: int

    def __str__(self) -> str:
        return f"{self.ticket_id:x}-{self.person_id:x}"

    @property
    def root(self) -> str:
        """The id that all mails of the thread refer to; no mail has it as its own."""
        return _message_id(str(self))

    def message_id(self, event_id: int, template: str) -> str:
        """The id of the mail about an event, the same for each try."""
        return _message_id(f"{self}.{event_id:x}.{template}")

    @property
    def reply_to(self) -> str | None:
        """Where an answer goes, so that we know from whom and about what it is; None while no mailbox is set up."""
        local, at, domain = the_company().reply_address.partition("@")
        return f"{local}+{self}-{signature('reply', str(self))}@{domain}" if at else None


def _message_id(words: str) -> str:
    return f"<{words}.{signature('message', words)}@{urlsplit(current_app.config['BASE_URL']).hostname}>"


def _thread(words: str) -> Thread | None:
    found = _THREAD.match(words)
    return Thread(int(found[1], 16), int(found[2], 16)) if found else None


def own_mark(job_id: int) -> str:
    """The value of our header OWN_MARK: a mail that has it and comes in is one of ours, come back."""
    return f"{job_id}.{signature('own', str(job_id))}"


def is_own_mark(value: str) -> bool:
    number, _, given = value.strip().partition(".")
    return is_signed("own", number, given)


def threads_named_by(message_ids: str) -> list[Thread]:
    """The threads of our own mails among `message_ids`, as In-Reply-To and References hold them."""
    named = (m for m in _MESSAGE_ID.finditer(message_ids) if is_signed("message", m[1].lower(), m[2]))
    return list(dict.fromkeys(thread for m in named if (thread := _thread(m[1]))))


def threads_addressed_by(addresses: str) -> tuple[list[Thread], bool]:
    """The threads that reply addresses name, and whether one of the addresses has a token that is not ours."""
    local, at, domain = the_company().reply_address.partition("@")
    if not at:
        return [], False
    pattern = rf"(?<![\w.+-]){re.escape(local)}\+([^\s@<>,;\"]{{1,200}})@{re.escape(domain)}(?![\w.-])"
    threads, forged = [], False
    for token in re.findall(pattern, addresses, re.IGNORECASE):
        words, _, given = token.lower().rpartition("-")
        thread = _thread(words) if is_signed("reply", words, given) else None
        if thread:
            threads.append(thread)
        else:
            forged = True
    return list(dict.fromkeys(threads)), forged
