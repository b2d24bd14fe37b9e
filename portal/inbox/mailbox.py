"""Reading the one IMAP mailbox: each mail is kept and committed before the server hears that it was seen."""

import imaplib
import re
import ssl
import time
from dataclasses import dataclass

from flask import current_app

from ..extensions import db
from ..kit import clock
from ..kit.files import MB
from ..outbox.worker import keep_so_far
from .actions import take_in
from .models import Mailbox
from .queries import mailbox_name

PATIENCE = 15  # seconds that the server has for each answer
AT_ONCE = 25.0  # seconds of one reading, less than a job may take; the rest comes at once after it

# All that a server, a network or a wrong setting can do to a reading.
FAULTS = (OSError, imaplib.IMAP4.error, ValueError)


@dataclass(frozen=True)
class Taken:
    """How many mails came in, and whether there are more."""

    count: int
    more: bool


def open_mailbox() -> imaplib.IMAP4:
    """Signed in, the folder chosen. Raises one of FAULTS; without TLS nothing is said to a server that should have it."""
    config = current_app.config
    host, port, way = config["IMAP_SERVER"], config["IMAP_PORT"], config["IMAP_SECURITY"]
    context = ssl.create_default_context()
    server = (
        imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=PATIENCE)
        if way == "tls"
        else imaplib.IMAP4(host, port, timeout=PATIENCE)
    )
    try:
        if way == "starttls":
            server.starttls(context)
        _sign_in(server, config["IMAP_USERNAME"], config["IMAP_PASSWORD"])
        answer, said = server.select(f'"{config["IMAP_FOLDER"]}"')
        if answer != "OK":
            raise imaplib.IMAP4.error(f"no folder {config['IMAP_FOLDER']}: {_plain(said)}")
    except FAULTS:
        server.shutdown()
        raise
    return server


def _sign_in(server: imaplib.IMAP4, name: str, password: str) -> None:
    if (name + password).isascii():
        server.login(name, password)
    else:  # LOGIN takes plain letters alone (RFC 3501, 6.2.3)
        server.authenticate("PLAIN", lambda _asked: f"\0{name}\0{password}".encode())


def _plain(said: object) -> str:
    return " ".join(part.decode("utf-8", "replace") for part in said if isinstance(part, bytes)) if isinstance(said, list) else ""  # fmt: skip


def poll() -> Taken:
    """Take in what is new, until nothing is or AT_ONCE is over. Raises one of FAULTS; what came in until then is kept."""
    known = db.session.get(Mailbox, mailbox_name())
    place = (known.validity, known.last) if known else (0, 0)
    keep_so_far()  # no lock is held while the server thinks
    server = open_mailbox()
    try:
        validity, last = _number(server, "UIDVALIDITY"), place[1]
        if validity != place[0]:
            last = _before_the_unread(server)
        return _take_all(server, validity, last)
    finally:
        server.shutdown()


def _number(server: imaplib.IMAP4, name: str) -> int:
    found = _plain(server.response(name)[1])
    return int(found) if found.isdigit() else 0


def _before_the_unread(server: imaplib.IMAP4) -> int:
    """Where to begin in a folder that we do not know: what somebody has read there stays theirs."""
    unread = _uids(server, "UNSEEN")
    return unread[0] - 1 if unread else max(_number(server, "UIDNEXT") - 1, *_uids(server, "ALL")[-1:], 0)


def _uids(server: imaplib.IMAP4, *wanted: str) -> list[int]:
    answer, said = server.uid("SEARCH", *wanted)
    if answer != "OK":
        raise imaplib.IMAP4.error(f"the folder cannot be searched: {_plain(said)}")
    return sorted(int(one) for one in _plain(said).split() if one.isdigit())


def _take_all(server: imaplib.IMAP4, validity: int, last: int) -> Taken:
    ends, count = time.monotonic() + AT_ONCE, 0
    # "n:*" always holds the last mail, also an older one (RFC 3501, 6.4.8).
    uids = [uid for uid in _uids(server, "UID", f"{last + 1}:*") if uid > last]
    _keep_place(validity, last)
    for uid in uids:
        if time.monotonic() > ends:
            return Taken(count, more=True)
        count += _take_one(server, uid)
        _keep_place(validity, uid)
        server.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)")
    return Taken(count, more=False)


def _take_one(server: imaplib.IMAP4, uid: int) -> bool:
    """Whether it was a mail that we did not have; one that was deleted meanwhile is none."""
    said = server.uid("FETCH", str(uid), "(UID RFC822.SIZE)")[1]
    size = next((int(m[1]) for m in re.finditer(rf"UID {uid}\b.*?RFC822\.SIZE (\d+)", _plain(said))), 0)
    if size > current_app.config["MAIL_MB"] * MB:
        head = _fetch(server, uid, "BODY.PEEK[HEADER]")
        return head is not None and take_in(head, size)
    raw = _fetch(server, uid, "BODY.PEEK[]")
    return raw is not None and take_in(raw)


def _fetch(server: imaplib.IMAP4, uid: int, part: str) -> bytes | None:
    answer, said = server.uid("FETCH", str(uid), f"({part})")
    if answer != "OK":
        raise imaplib.IMAP4.error(f"mail {uid} cannot be fetched: {_plain(said)}")
    return next((one[1] for one in said or () if isinstance(one, tuple)), None)


def _keep_place(validity: int, last: int) -> None:
    """Commit what came in together with how far we read; the mailbox answers again."""
    box = db.session.get(Mailbox, mailbox_name()) or Mailbox(name=mailbox_name())
    db.session.add(box)
    box.validity, box.last, box.failed_at, box.error = validity, last, None, None
    keep_so_far()


def note_failure(error: Exception) -> None:
    """Since when and why the mailbox cannot be read, for the desk's page."""
    box = db.session.get(Mailbox, mailbox_name()) or Mailbox(name=mailbox_name(), validity=0, last=0)
    db.session.add(box)
    box.failed_at = box.failed_at or clock.now()
    box.error = (str(error) or type(error).__name__)[:400]
    db.session.flush()
