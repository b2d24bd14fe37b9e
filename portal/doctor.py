"""What `portal doctor` looks at."""

import os
import shutil
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from .extensions import db, migrate
from .inbox.mailbox import FAULTS, open_mailbox
from .kit import clock
from .mail.actions import kept_not_sent
from .outbox.actions import figures
from .search.index import is_healthy

LEAST_FREE = 1_000_000_000  # bytes


@dataclass(frozen=True)
class Finding:
    """One look: what was looked at, whether it is good, what was seen, and what to do."""

    part: str
    good: bool
    words: str
    remedy: str = ""


def _configuration() -> Finding:
    config = current_app.config
    if config["HOST"] not in ("127.0.0.1", "localhost", "::1") and not config["BASE_URL"].startswith(
        "https://"
    ):
        return Finding(
            "configuration",
            False,
            f"served on {config['HOST']} with the address {config['BASE_URL']}",
            "Put a proxy with TLS in front and set PORTAL_BASE_URL to its https:// address.",
        )
    return Finding("configuration", True, f"{config['NAME']} at {config['BASE_URL']}")


def _database() -> Finding:
    script = ScriptDirectory.from_config(migrate.get_config())
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != script.get_current_head():
        return Finding("database", False, "not at this version", "Run `portal init --no-input`; it migrates.")
    return Finding("database", True, f"{db.engine.dialect.name}, at this version")


def _mail() -> Finding:
    config = current_app.config
    if kept_not_sent():
        return Finding("mail", True, "a demo: mails are kept at /outbox")
    if not config["MAIL_SERVER"]:
        return Finding(
            "mail", False, "no mail server is set; mails wait", "Set PORTAL_MAIL_SERVER and PORTAL_MAIL_FROM."
        )
    kind = smtplib.SMTP_SSL if config["MAIL_SECURITY"] == "tls" else smtplib.SMTP
    try:
        with kind(config["MAIL_SERVER"], config["MAIL_PORT"], timeout=10) as server:
            if config["MAIL_SECURITY"] == "starttls":
                server.starttls()
            if config["MAIL_USERNAME"]:
                server.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"])
            server.noop()
    except OSError as error:
        return Finding(
            "mail",
            False,
            f"{config['MAIL_SERVER']}: {error}",
            "Look at PORTAL_MAIL_…; mails wait until then.",
        )
    return Finding("mail", True, f"{config['MAIL_SERVER']} answers")


def _mail_in() -> Finding:
    config = current_app.config
    if not config["IMAP_SERVER"]:
        way = (
            "mails say that answers go by their button"
            if not config["MAIL_REPLY"]
            else "`portal mail receive` is piped to"
        )
        return Finding("mail_in", True, f"no mailbox is read; {way}")
    try:
        open_mailbox().shutdown()
    except FAULTS as error:
        return Finding(
            "mail_in",
            False,
            f"{config['IMAP_SERVER']}: {error}",
            "Look at PORTAL_IMAP_…; mails wait in the mailbox until then.",
        )
    return Finding("mail_in", True, f"{config['IMAP_FOLDER']} of {config['IMAP_USERNAME']} can be read")


def _outbox() -> Finding:
    seen = figures()
    late = seen["oldest"] is not None and clock.now() - seen["oldest"] > timedelta(minutes=5)
    words = f"{seen['waiting']} waiting, {seen['dead']} given up"
    if late:
        return Finding(
            "outbox",
            False,
            words + f", the oldest since {seen['oldest']:%Y-%m-%d %H:%M} UTC",
            "Is `portal worker` running?",
        )
    if seen["dead"]:
        return Finding("outbox", False, words, "See /admin; each can be tried again there.")
    return Finding("outbox", True, words)


def _search() -> Finding:
    if not is_healthy():
        return Finding("search", False, "the index is missing or broken", "Run `portal search reindex`.")
    return Finding("search", True, "the index can be read")


def _disk() -> Finding:
    free = shutil.disk_usage(current_app.config["INSTANCE"]).free
    words = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE:
        return Finding("disk", False, words, f"Make room where {current_app.config['INSTANCE']} lies.")
    if not os.access(current_app.config["INSTANCE"], os.W_OK):
        return Finding(
            "disk", False, "the instance cannot be written to", "Give its folder to the portal's user."
        )
    return Finding("disk", True, words)


def _clock() -> Finding:
    """The system's clock against the database server's; on SQLite they are one, so only its sense is looked at."""
    if db.engine.dialect.name == "postgresql":
        apart = abs(float(db.session.scalar(select(func.extract("epoch", func.now()))) or 0) - time.time())
        if apart > 5:  # noqa: PLR2004 -- seconds
            return Finding(
                "clock", False, f"{apart:.0f} s apart from the database server's", "Let both follow NTP."
            )
    if clock.now().year < 2026:  # noqa: PLR2004 -- the year in which this was written
        return Finding(
            "clock", False, f"says {clock.now():%Y-%m-%d}", "Set the system's clock; NTP does it for you."
        )
    return Finding("clock", True, f"{clock.now():%Y-%m-%d %H:%M} UTC")


LOOKS: tuple[Callable[[], Finding], ...] = (
    _configuration,
    _database,
    _mail,
    _mail_in,
    _outbox,
    _search,
    _disk,
    _clock,
)


def examine() -> list[Finding]:
    """All findings; a part that cannot be looked at is a finding itself."""
    found = []
    for look in LOOKS:
        try:
            found.append(look())
        except (SQLAlchemyError, OSError) as error:
            db.session.rollback()
            name = look.__name__.strip("_")
            found.append(
                Finding(
                    name,
                    False,
                    str(error).splitlines()[0],
                    "Run `portal init --no-input` if this instance is new.",
                )
            )
    return found
