"""Handing a letter over: to the SMTP server, or in a demo to the page that shows it."""

import smtplib
from email import policy
from email.headerregistry import Address
from typing import Any, NoReturn
from urllib.parse import urlsplit

from flask import current_app
from flask_mail import Message
from sqlalchemy import select

from ..config import LOOPBACK
from ..extensions import db, mail
from ..kit.company import the_company
from ..outbox.worker import Hopeless, keep_so_far
from .compose import Draft, one_line
from .models import Letter
from .threads import OWN_MARK, own_mark

PERMANENT = range(500, 600)
REFERRED = 8  # earlier mails that a mail names, the newest ones; older ones hang on the root


class WireMessage(Message):
    """A message whose headers go out as we wrote them; Python would encode a long id, and then nothing threads."""

    def as_bytes(self) -> bytes:
        built = self._message()
        built.replace_header("From", str(self.sender))  # Flask-Mail encodes it once too often
        built.policy = policy.SMTP.clone(refold_source="none")
        return built.as_bytes()


def kept_not_sent() -> bool:
    """Whether this is a demo on loopback, whose mails are read at /outbox instead of being sent."""
    config = current_app.config
    return (
        bool(config["DEMO"])
        and urlsplit(config["BASE_URL"]).hostname in LOOPBACK
        and config["HOST"] in LOOPBACK
        and not config["MAIL_SERVER"]
    )


def mails_wait() -> bool:
    """Whether mails stay in the outbox, as nobody said yet which server takes them."""
    return not current_app.config["MAIL_SERVER"] and not kept_not_sent()


def message_id(draft: Draft, job_id: int) -> str:
    """The same for every try of a job, so that a second copy after a crash is recognised by mail programs."""
    if draft.about:
        return draft.about.message_id
    return f"<portal.{job_id}@{urlsplit(current_app.config['BASE_URL']).hostname}>"


def _headers(draft: Draft, job_id: int) -> dict[str, str]:
    """What mail programs and robots go by: whether a program wrote it (RFC 3834), and what it belongs to (RFC 5322, 3.6.4)."""
    headers = {OWN_MARK: own_mark(job_id), "X-Auto-Response-Suppress": "All"}
    if draft.automatic:
        headers["Auto-Submitted"] = "auto-generated"
    if draft.about:
        thread = draft.about.thread
        rows = select(Letter.message_id).where(Letter.thread == str(thread)).order_by(Letter.id.desc())
        earlier = list(db.session.scalars(rows.limit(REFERRED)))
        headers["In-Reply-To"] = earlier[0] if earlier else thread.root
        headers["References"] = "\r\n ".join([thread.root, *reversed(earlier)])
        if thread.reply_to:
            headers["Reply-To"] = thread.reply_to
    return headers


def send(draft: Draft, job_id: int) -> str:
    """Send a letter once per job: a job that is done again after its letter was noted sends nothing.

    Commits before it speaks to a mail server, so a job sends one letter, as its last step. Gives what the server said as
    it took the letter; nothing where none was asked.

    Raises:
        Hopeless: the server refuses this letter for good.
        OSError: the server cannot be reached or refuses for now.
    """
    if db.session.scalar(select(Letter.id).where(Letter.job_id == job_id)):
        return ""
    demo, answer = kept_not_sent(), ""
    if not demo:
        headers = _headers(draft, job_id)
        # What the letter links to exists before it leaves, and no lock is held while the mail server thinks.
        keep_so_far()
        answer = _hand_over(draft, job_id, headers)
    db.session.add(
        Letter(
            job_id=job_id,
            message_id=message_id(draft, job_id),
            thread=str(draft.about.thread) if draft.about else draft.thread or None,
            person_id=draft.person_id,
            recipient=draft.to,
            subject=draft.subject[:400],
            text=draft.text if demo else None,
            html=draft.html if demo else None,
        )
    )
    db.session.flush()
    return answer


def _heard(server: smtplib.SMTP | None) -> list[str]:
    """What the server says once it has the whole letter, which the library keeps to itself (RFC 5321, 4.1.1.4)."""
    said: list[str] = []
    if server is not None:
        give = server.data

        def give_and_hear(letter: Any) -> tuple[int, bytes]:
            code, words = give(letter)
            said.append(f"{code} {words.decode('utf-8', 'replace')}")
            return code, words

        server.data = give_and_hear  # type: ignore[assignment, method-assign]  # of this conversation alone
    return said


def on_the_wire(address: str) -> str:
    """An address as every mail server takes it: its domain in plain letters (RFC 5890).

    Raises:
        Hopeless: other letters stand before the @, which only some servers take and most answers would not find.
    """
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise Hopeless(f"no mail reaches {address}: before the @ stand letters that mail servers do not take")
    return f"{local}@{domain.encode('idna').decode()}"


def _hand_over(draft: Draft, job_id: int, headers: dict[str, str]) -> str:
    config, company = current_app.config, the_company()
    if not config["MAIL_SERVER"]:
        raise OSError("no mail server is set (PORTAL_MAIL_SERVER)")
    sender = Address(one_line(company.sender_name), addr_spec=on_the_wire(company.sender))
    message = WireMessage(
        draft.subject,
        recipients=[on_the_wire(draft.to)],
        body=draft.text,
        html=draft.html,
        sender=str(sender),
        extra_headers=headers | draft.headers,
    )
    message.msgId = message_id(draft, job_id)
    try:
        with mail.connect() as connection:
            said = _heard(connection.host)
            connection.send(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        _refused(codes[0] if codes else 0, error)
    except smtplib.SMTPResponseException as error:
        _refused(error.smtp_code, error)
    return one_line(" ".join(said))


def _refused(code: int, error: Exception) -> NoReturn:
    """5xx answers are final (RFC 5321, 4.2.1), but for a sign-in that failed, which the owner can mend."""
    if code in PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError):
        raise Hopeless(f"the mail server refuses: {error}") from error
    raise OSError(f"the mail server says: {error}") from error
