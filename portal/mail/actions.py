"""Handing a letter over: to the SMTP server, or in a demo to the page that shows it."""

import smtplib
from email.utils import formataddr
from urllib.parse import urlsplit

from flask import current_app
from flask_mail import Message
from sqlalchemy import select

from ..config import LOOPBACK
from ..extensions import db, mail
from ..outbox.worker import Hopeless, keep_so_far
from .compose import Draft, one_line
from .models import Letter

PERMANENT = range(500, 600)


def kept_not_sent() -> bool:
    """Whether this is a demo on loopback, whose mails are read at /outbox instead of being sent."""
    config = current_app.config
    return (
        bool(config["DEMO"])
        and urlsplit(config["BASE_URL"]).hostname in LOOPBACK
        and config["HOST"] in LOOPBACK
        and not config["MAIL_SERVER"]
    )


def message_id(job_id: int) -> str:
    """The same for every try of a job, so that a second copy after a crash is recognised by mail programs."""
    return f"<portal.{job_id}@{urlsplit(current_app.config['BASE_URL']).hostname}>"


def send(draft: Draft, job_id: int) -> None:
    """Send a letter once per job: a job that is done again after its letter was noted sends nothing.

    Commits before it speaks to a mail server, so a job sends one letter, as its last step.

    Raises:
        Hopeless: the server refuses this letter for good.
        OSError: the server cannot be reached or refuses for now.
    """
    if db.session.scalar(select(Letter.id).where(Letter.job_id == job_id)):
        return
    demo = kept_not_sent()
    if not demo:
        # What the letter links to exists before it leaves, and no lock is held while the mail server thinks.
        keep_so_far()
        _hand_over(draft, job_id)
    db.session.add(
        Letter(
            job_id=job_id,
            message_id=message_id(job_id),
            person_id=draft.person_id,
            recipient=draft.to,
            subject=draft.subject[:400],
            text=draft.text if demo else None,
            html=draft.html if demo else None,
        )
    )
    db.session.flush()


def _hand_over(draft: Draft, job_id: int) -> None:
    config = current_app.config
    if not config["MAIL_SERVER"]:
        raise OSError("no mail server is set (PORTAL_MAIL_SERVER)")
    message = Message(
        draft.subject,
        recipients=[draft.to],
        body=draft.text,
        html=draft.html,
        sender=formataddr((one_line(config["NAME"]), config["MAIL_FROM"])),
        # RFC 3834: automatic mail says so, and no robot answers it.
        extra_headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"} | draft.headers,
    )
    message.msgId = message_id(job_id)
    try:
        mail.send(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        _refused(codes[0] if codes else 0, error)
    except smtplib.SMTPResponseException as error:
        _refused(error.smtp_code, error)


def _refused(code: int, error: Exception) -> None:
    """5xx answers are final (RFC 5321, 4.2.1), but for a sign-in that failed, which the owner can mend."""
    if code in PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError):
        raise Hopeless(f"the mail server refuses: {error}") from error
    raise OSError(f"the mail server says: {error}") from error
