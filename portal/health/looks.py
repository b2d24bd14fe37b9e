"""One look after the other: what it is about, whether it is good, in words, and what to do about it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from flask_babel import format_decimal
from sqlalchemy.exc import SQLAlchemyError

from ..backup.queries import last_good, last_tried
from ..extensions import db
from ..kit import clock
from ..kit.company import the_company
from ..kit.files import KB, MB, size_words
from ..kit.i18n import _, ago, lazy, ngettext, unit
from ..kit.schema import newest_version
from ..mail.actions import kept_not_sent
from ..outbox.actions import figures
from . import outside, queries

LEAST_FREE = 1_000_000_000  # bytes
SLOW = 0.5  # seconds
APART = 5.0  # seconds
MINUTES = timedelta(minutes=5)
LAG = timedelta(seconds=60)
BACKUP_AGE = timedelta(hours=26)  # each night, with two hours for the clock and the backup itself
CERTIFICATE = timedelta(days=14)
UNSORTED = timedelta(days=1)

TITLES = {
    "configuration": lazy("Settings"),
    "database": lazy("Database"),
    "worker": lazy("Worker"),
    "periodic": lazy("Work by the clock"),
    "outbox": lazy("Mails and jobs"),
    "held": lazy("Held since a restore"),
    "mail": lazy("Mail server"),
    "mail_in": lazy("Mailbox"),
    "unsorted": lazy("Mails to sort"),
    "search": lazy("Search index"),
    "articles": lazy("Articles"),
    "disk": lazy("Disk"),
    "backup": lazy("Backup"),
    "certificate": lazy("Certificate"),
    "clock": lazy("Clock"),
}


@dataclass(frozen=True)
class Finding:
    """One look: what was looked at, whether it is good, what was seen, and what to do."""

    part: str
    good: bool
    words: str
    remedy: str = ""

    @property
    def title(self) -> str:
        return str(TITLES[self.part])


def _configuration() -> Finding:
    config = current_app.config
    open_ = config["HOST"] not in ("127.0.0.1", "localhost", "::1")
    if open_ and not config["BASE_URL"].startswith("https://"):
        words = _("Served on %(host)s with the address %(url)s", host=config["HOST"], url=config["BASE_URL"])
        remedy = _("Put a proxy with TLS in front and set PORTAL_BASE_URL to its https:// address.")
        return Finding("configuration", False, words, remedy)
    return Finding(
        "configuration", True, _("%(name)s at %(url)s", name=the_company().name, url=config["BASE_URL"])
    )


def _database() -> Finding:
    if queries.tables_version() != newest_version():
        remedy = _("Run `portal init --no-input`; it migrates.")
        return Finding("database", False, _("The tables are not at this version"), remedy)
    seconds, version = queries.answer_time(), queries.database_version()
    words = _("%(version)s answers in %(ms)d ms", version=version, ms=round(seconds * 1000))
    if seconds > SLOW:
        return Finding("database", False, words, _("Look at the load of the machine and of its disk."))
    return Finding("database", True, words)


def _worker() -> Finding:
    there, silent = queries.workers()
    if not there:
        words = _("No worker was heard of in the last %(count)d seconds", count=queries.SILENT.seconds)
        return Finding("worker", False, words, _("Start it: `portal serve` does, and keeps it running."))
    if silent:
        words = _(
            "At work on %(there)s, silent on %(silent)s", there=", ".join(there), silent=", ".join(silent)
        )
        return Finding("worker", False, words, _("Look at the log of the machine that is silent."))
    return Finding("worker", True, _("At work on %(there)s", there=", ".join(there)))


def _periodic() -> Finding:
    if late := queries.late_periodics():
        words = _("Not done for a while: %(kinds)s", kinds=", ".join(late))
        return Finding(
            "periodic", False, words, _("See below what went wrong with it, and the log of the worker.")
        )
    return Finding("periodic", True, _("Done in time"))


def _outbox() -> Finding:
    seen = figures()
    words = _("%(waiting)d waiting, %(dead)d given up", waiting=seen["waiting"], dead=seen["dead"])
    if seen["longest"]:
        words += "; " + _("the oldest: %(when)s", when=ago(seen["longest"]))
    if seen["longest"] and clock.now() - seen["longest"] > MINUTES:
        return Finding(
            "outbox", False, words, _("See what went wrong, below; and whether the worker is running.")
        )
    if seen["dead"]:
        return Finding("outbox", False, words, _("Each can be tried again, at /admin."))
    return Finding("outbox", True, words)


def _held() -> Finding:
    if count := figures()["held"]:
        words = ngettext(
            "%(num)d mail or job waits from before the restore",
            "%(num)d mails and jobs wait from before the restore",
            count,
        )
        return Finding(
            "held", False, words, _("Send or drop them, at /admin; they may have been sent already.")
        )
    return Finding("held", True, _("Nothing waits"))


def tell_mail(facts: outside.Facts) -> Finding:
    """The mail server, by what was seen of it."""
    server = current_app.config["MAIL_SERVER"]
    if kept_not_sent():
        return Finding("mail", True, _("A demo: mails are kept at /outbox"))
    if not server:
        words = _("No mail server is set; mails wait")
        return Finding("mail", False, words, _("Set PORTAL_MAIL_SERVER and PORTAL_MAIL_FROM."))
    if facts["error"]:
        words = f"{server}: {facts['error']}"
        return Finding("mail", False, words, _("Look at PORTAL_MAIL_…; mails wait until then."))
    return Finding("mail", True, _("%(server)s answers", server=server))


def tell_mail_in(facts: outside.Facts) -> Finding:
    """The mailbox, by what was seen of it."""
    config = current_app.config
    if not config["IMAP_SERVER"]:
        piped = _("No mailbox is read; mails are piped in by `portal mail receive`")
        none = _("No mailbox is read; mails say that answers go by their button")
        return Finding("mail_in", True, piped if config["MAIL_REPLY"] else none)
    if facts["error"]:
        words = f"{config['IMAP_SERVER']}: {facts['error']}"
        return Finding(
            "mail_in", False, words, _("Look at PORTAL_IMAP_…; mails wait in the mailbox until then.")
        )
    words = _(
        "%(folder)s of %(name)s can be read", folder=config["IMAP_FOLDER"], name=config["IMAP_USERNAME"]
    )
    return Finding("mail_in", True, words)


def _unsorted() -> Finding:
    count, oldest = queries.mails_to_sort()
    if not oldest:
        return Finding("unsorted", True, _("No mail waits at the desk"))
    words = ngettext("%(num)d mail waits at the desk", "%(num)d mails wait at the desk", count)
    words += "; " + _("the oldest: %(when)s", when=ago(oldest))
    if odd := queries.odd_mails():
        words += "; " + ngettext(
            "%(num)d of them is too large or cannot be read",
            "%(num)d of them are too large or cannot be read",
            odd,
        )
    good = clock.now() - oldest < UNSORTED and not odd
    return Finding("unsorted", good, words, "" if good else _("Put them where they belong, at /desk/mail."))


def tell_search(facts: outside.Facts) -> Finding:
    """The index, by what was seen of it, and what it does not know yet."""
    if not facts["whole"]:
        words = _("The index is missing or broken; search is limited")
        return Finding(
            "search", False, words, _("The worker builds it anew; or run `portal search reindex`.")
        )
    oldest = queries.oldest_to_index()
    if oldest and clock.now() - oldest > LAG:
        words = _("What changed is not found yet; the oldest: %(when)s", when=ago(oldest))
        return Finding("search", False, words, _("Is the worker running?"))
    return Finding("search", True, _("The index is whole and up to date"))


def _articles() -> Finding:
    folder = current_app.config["KB_CONTENT"]
    if not folder.is_dir():
        words = _("The folder %(folder)s is away; readers see the articles as they were", folder=folder)
        return Finding("articles", False, words, _("Bring it back, or set PORTAL_KB_CONTENT."))
    return Finding("articles", True, _("%(folder)s is there", folder=folder))


def tell_room(facts: outside.Facts) -> Finding:
    """The disk of the instance, and how much of it is ours."""
    instance = Path(current_app.config["INSTANCE"])
    disk = shutil.disk_usage(instance)
    words = _(
        "%(free)s free of %(all)s; of the instance: database %(database)s, files %(files)s, search %(search)s",
        free=_large(disk.free),
        all=_large(disk.total),
        **{name: _large(size) for name, size in facts.items()},
    )
    if not queries.has_room():
        words = _("Full: forms and mails are not taken in") + "; " + words
        return Finding("disk", False, words, _("Make room where %(place)s lies.", place=instance))
    if disk.free < LEAST_FREE:
        return Finding("disk", False, words, _("Make room where %(place)s lies.", place=instance))
    if not os.access(instance, os.W_OK) or not os.access(instance / "files", os.W_OK):
        return Finding(
            "disk", False, _("The instance cannot be written to"), _("Give its folder to the portal's user.")
        )
    return Finding("disk", True, words)


def _backup() -> Finding:
    good, tried = last_good(), last_tried()
    remedy = _("Have `portal backup` run each night; the README says how.")
    if current_app.config["DEMO"] and not tried:
        return Finding("backup", True, _("A demo needs none"))
    if good is None:
        words = _("None was made yet")
        if tried and tried.error:
            words += "; " + _("the last try failed: %(error)s", error=tried.error)
        return Finding("backup", False, words, remedy)
    words = _(
        "The last good one: %(when)s, %(size)s in %(seconds)s s, %(place)s",
        when=ago(good.began),
        size=_large(good.size),
        seconds=format_decimal(round(good.seconds, 1)),
        place=good.place,
    )
    if tried and tried.error and tried.began > good.began:
        words += "; " + _("the last try failed: %(error)s", error=tried.error)
        return Finding("backup", False, words, _("Mend that, and run `portal backup`."))
    return Finding(
        "backup",
        clock.now() - good.began < BACKUP_AGE,
        words,
        "" if clock.now() - good.began < BACKUP_AGE else remedy,
    )


def tell_certificate(facts: outside.Facts) -> Finding:
    """The certificate of our own address, by what was seen of it."""
    url = current_app.config["BASE_URL"]
    if not url.startswith("https://"):
        return Finding("certificate", True, _("None is needed for %(url)s", url=url))
    renew = _("Renew it at the proxy, and see why that did not happen by itself.")
    if facts["error"]:
        words = _("%(url)s cannot be reached safely: %(error)s", url=url, error=facts["error"])
        return Finding("certificate", False, words, renew)
    left = datetime.fromisoformat(facts["ends"]) - clock.now()
    words = ngettext("Good for %(num)d more day", "Good for %(num)d more days", left.days)
    return Finding("certificate", left > CERTIFICATE, words, "" if left > CERTIFICATE else renew)


def _clock() -> Finding:
    """The system's clock against the database server's; on SQLite they are one, so only its sense is looked at."""
    apart = queries.clock_apart()
    if apart > APART:
        words = _("%(count)d s apart from the database server's", count=round(apart))
        return Finding("clock", False, words, _("Let both follow NTP."))
    words = f"{clock.now():%Y-%m-%d %H:%M} UTC"
    if clock.now().year < 2026:  # noqa: PLR2004 -- the year in which this was written
        return Finding("clock", False, words, _("Set the system's clock; NTP does it for you."))
    return Finding("clock", True, words)


def _large(size: int) -> str:
    """Bytes as people say them, of disks too."""
    return unit(round(size / (MB * KB), 1), "digital-gigabyte") if size >= MB * KB else size_words(size)


def _not_seen(part: str) -> Finding:
    """Nothing is known, and nobody has to do anything: a worker that is away is a finding of its own."""
    return Finding(part, True, _("Not looked at yet; the worker looks within some minutes of its start"))


TELL: dict[str, Callable[[outside.Facts], Finding]] = {
    "mail": tell_mail,
    "mail_in": tell_mail_in,
    "search": tell_search,
    "room": tell_room,
    "certificate": tell_certificate,
}
INSIDE: dict[str, Callable[[], Finding]] = {
    "configuration": _configuration,
    "database": _database,
    "worker": _worker,
    "periodic": _periodic,
    "outbox": _outbox,
    "held": _held,
    "unsorted": _unsorted,
    "articles": _articles,
    "backup": _backup,
    "clock": _clock,
}
PARTS = tuple(TITLES)


def examine(*, now: bool) -> list[Finding]:
    """All findings, in their order; a part that cannot be looked at is a finding itself.

    Args:
        now: whether what takes time is looked at, instead of what the worker saw last.
    """
    return [_one(part, now=now) for part in PARTS]


def _one(part: str, *, now: bool) -> Finding:
    try:
        return _told("room" if part == "disk" else part, now=now)
    except (SQLAlchemyError, OSError) as error:
        db.session.rollback()
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        return Finding(part, False, said, _("Run `portal init --no-input` if this instance is new."))


def _told(name: str, *, now: bool) -> Finding:
    if name in INSIDE:
        return INSIDE[name]()
    facts = outside.SEEN[name]() if now else queries.seen_last(name)
    return TELL[name](facts) if facts is not None else _not_seen("disk" if name == "room" else name)
