"""Limits: how often something may be tried in a stretch of time, counted in the database for all processes."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request
from sqlalchemy import bindparam, select, update

from ..extensions import db
from ..kit import clock, crypto
from ..kit.rows import insert_or_skip, table_of
from .models import Attempt


@dataclass(frozen=True)
class Limit:
    """At most the setting's number of tries in a window."""

    name: str
    setting: str
    window: timedelta


SIGN_IN_ADDRESS = Limit("sign-in-address", "LIMIT_SIGN_IN_ADDRESS", timedelta(minutes=15))
SIGN_IN_SOURCE = Limit("sign-in-source", "LIMIT_SIGN_IN_SOURCE", timedelta(minutes=15))
SIGN_UP_SOURCE = Limit("sign-up-source", "LIMIT_SIGN_UP_SOURCE", timedelta(hours=1))
MAIL_ADDRESS = Limit("mail-address", "LIMIT_MAIL_ADDRESS", timedelta(hours=1))
VISITOR_SOURCE = Limit("visitor-source", "LIMIT_VISITOR_SOURCE", timedelta(hours=1))
VISITOR_ADDRESS = Limit("visitor-address", "LIMIT_VISITOR_ADDRESS", timedelta(hours=1))
VISITOR_ALL = Limit("visitor-all", "LIMIT_VISITOR_ALL", timedelta(hours=1))
CODE_SOURCE = Limit("code-source", "LIMIT_CODE", timedelta(minutes=15))
CODE_NUMBER = Limit("code-number", "LIMIT_CODE_NUMBER", timedelta(minutes=15))
ADDRESS_AGENT = Limit("address-agent", "LIMIT_ADDRESS_AGENT", timedelta(days=1))
VOTES = Limit("votes", "LIMIT_VOTES", timedelta(hours=1))
MARKS = Limit("marks", "LIMIT_MARKS", timedelta(hours=1))
NAMES = Limit("names", "LIMIT_NAMES", timedelta(hours=1))
REQUESTS = Limit("requests", "LIMIT_REQUESTS", timedelta(hours=1))
POSTS = Limit("posts", "LIMIT_POSTS", timedelta(hours=1))
POSTS_NEW = Limit("posts-new", "LIMIT_POSTS_NEW", timedelta(hours=1))
POSTS_SOURCE = Limit("posts-source", "LIMIT_POSTS_SOURCE", timedelta(hours=1))
REPORTS = Limit("reports", "LIMIT_REPORTS", timedelta(hours=1))

_TRIES = table_of(Attempt).c
_COUNTED = (
    update(table_of(Attempt))
    .where(_TRIES.key == bindparam("counter"))
    .values(count=_TRIES["count"] + 1)
    .returning(_TRIES["count"])
)


def source() -> str:
    """Where a request comes from: the address, or the /64 that one IPv6 customer has to himself."""
    raw = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return raw
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped:
        return str(mapped)  # an IPv4 visitor of a socket that listens for both
    if address.version == 6:  # noqa: PLR2004 -- the protocol's name
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return raw


def plain_address(email: str) -> str:
    """An address without the spellings that reach the same mailbox: case, dots, +tags."""
    local, _, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def _key(limit: Limit, subject: str) -> tuple[str, datetime]:
    window = int(limit.window.total_seconds())
    starts = int(clock.now().timestamp()) // window * window
    name = crypto.digest(f"{limit.name}|{subject}|{starts}|{current_app.secret_key!r}")
    return name, datetime.fromtimestamp(starts, clock.now().tzinfo)


def is_over(limit: Limit, subject: str) -> bool:
    """Whether no further try is allowed now. Holds the counter's row, so parallel tries are counted one by one."""
    key, starts = _key(limit, subject)
    db.session.execute(insert_or_skip(Attempt), {"key": key, "starts": starts, "count": 0})
    count = db.session.scalar(select(Attempt.count).where(Attempt.key == key).with_for_update()) or 0
    return bool(count >= current_app.config[limit.setting])


def count(limit: Limit, subject: str) -> int:
    """Count one try; returns how many there are now."""
    key, starts = _key(limit, subject)
    found = db.session.execute(_COUNTED, {"counter": key}).scalar()
    if found is None:
        db.session.execute(insert_or_skip(Attempt), {"key": key, "starts": starts, "count": 0})
        found = db.session.execute(_COUNTED, {"counter": key}).scalar_one()
    return int(found)


def is_one_too_many(limit: Limit, subject: str) -> bool:
    """Count one try; whether it is beyond the limit. Then the caller rolls back, and it does not count."""
    return count(limit, subject) > current_app.config[limit.setting]


def mails_used_up(why: str, email: str) -> bool:
    """Whether this address got as many mails of a kind as anybody may cause; counts this one.

    Each kind has its own count, so that nobody can use up another person's mails for a new password by signing up.
    """
    if is_over(MAIL_ADDRESS, f"{why}|{email}"):
        return True
    count(MAIL_ADDRESS, f"{why}|{email}")
    return False
