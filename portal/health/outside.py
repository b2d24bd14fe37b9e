"""Looks that take time or ask somebody else: facts, which the worker notes for the page and the doctor sees himself."""

import contextlib
import os
import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from ..inbox.mailbox import FAULTS, open_mailbox
from ..mail.actions import kept_not_sent
from ..search.index import is_healthy
from .queries import database_size

PATIENCE = 10  # seconds for each of them
Facts = dict[str, Any]


def see_mail() -> Facts:
    """Whether the mail server takes us; nothing is sent."""
    config = current_app.config
    if kept_not_sent() or not config["MAIL_SERVER"]:
        return {"error": ""}
    kind = smtplib.SMTP_SSL if config["MAIL_SECURITY"] == "tls" else smtplib.SMTP
    try:
        with kind(config["MAIL_SERVER"], config["MAIL_PORT"], timeout=PATIENCE) as server:
            if config["MAIL_SECURITY"] == "starttls":
                server.starttls()
            if config["MAIL_USERNAME"]:
                server.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"])
            server.noop()
    except OSError as error:
        return {"error": str(error)[:300] or type(error).__name__}
    return {"error": ""}


def see_mail_in() -> Facts:
    """Whether the mailbox can be opened."""
    if not current_app.config["IMAP_SERVER"]:
        return {"error": ""}
    try:
        open_mailbox().shutdown()
    except FAULTS as error:
        return {"error": str(error)[:300] or type(error).__name__}
    return {"error": ""}


def see_certificate() -> Facts:
    """When the certificate of our own address ends, as the world sees it."""
    parts = urlsplit(current_app.config["BASE_URL"])
    if parts.scheme != "https" or not parts.hostname:
        return {"ends": None, "error": ""}
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            told = secured.getpeercert() or {}
    except OSError as error:
        return {"ends": None, "error": str(error)[:300]}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    return {"ends": ends.isoformat(), "error": ""}


def see_search() -> Facts:
    """Whether the index is whole, by its checksums."""
    return {"whole": is_healthy()}


def see_room() -> Facts:
    """How much the parts of the instance take, in bytes."""
    instance = Path(current_app.config["INSTANCE"])
    return {
        "database": database_size(),
        "files": _size(instance / "files"),
        "search": _size(instance / "search"),
    }


def _size(folder: Path) -> int:
    size = 0
    for root, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                size += Path(root, name).stat().st_size
    return size


# What is looked at.
SEEN: dict[str, Callable[[], Facts]] = {
    "mail": see_mail,
    "mail_in": see_mail_in,
    "certificate": see_certificate,
    "search": see_search,
    "room": see_room,
}
