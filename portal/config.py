"""Every setting once: environment name, default, check and one line why. Read from the environment, then portal.toml."""

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .grammar import (
    answer_hours,
    colour,
    database_address,
    folder,
    holidays,
    hosts,
    one_of,
    opening_hours,
    reply_address,
    sender,
    text,
    web_address,
    whole,
    yes_or_no,
    zone,
)

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = {"en": "English", "pt_BR": "Português (Brasil)", "es": "Español", "ru": "Русский"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Settings whose values are told to nobody, also not in a log.
SECRETS = {"SECRET_KEY", "MAIL_PASSWORD", "IMAP_PASSWORD", "DATABASE_URL", "BACKUP_PASSPHRASE"}


class BadSetting(Exception):
    """A setting makes no sense; the message is one sentence for the person who starts the server."""


@dataclass(frozen=True)
class Setting:
    """One setting: `PORTAL_<name>` in the environment, the name in lower case in portal.toml."""

    name: str
    default: str
    parse: Callable[[str], Any]
    why: str

    @property
    def variable(self) -> str:
        return "PORT" if self.name == "PORT" else f"PORTAL_{self.name}"


SETTINGS = (
    Setting(
        "INSTANCE",
        str(ROOT / "instance"),
        text,
        "Folder of the database, the search index, uploads and portal.toml",
    ),
    Setting(
        "DATABASE_URL",
        "",
        database_address,
        "SQLite file in the instance unless given; postgresql://… for several servers",
    ),
    Setting("KB_CONTENT", "", text, "Folder of the articles; kb_content in the instance unless given"),
    Setting(
        "VIDEO_HOSTS",
        "youtube.com, vimeo.com",
        hosts,
        "Sites whose videos play within articles: youtube.com, vimeo.com, and any PeerTube by its host",
    ),
    Setting(
        "BASE_URL",
        "",
        lambda v: web_address(v) if v else "",
        "Public address, for links in mail; https turns on secure cookies",
    ),
    Setting("SECRET_KEY", "", text, "Signs cookies and forms; made once in the instance unless given"),
    Setting("HOST", "127.0.0.1", text, "Address on which the server listens"),
    Setting("PORT", "8000", whole(1, 65535), "Port on which the server listens"),
    Setting("PROCESSES", "2", whole(1, 64), "Web processes"),
    Setting("THREADS", "400", whole(4, 2000), "Threads of a web process; each open window holds one"),
    Setting("STREAMS", "300", whole(0, 2000), "Live windows of a web process; further ones poll"),
    Setting("PROXIES", "0", whole(0, 5), "Proxies in front whose X-Forwarded-* headers are believed"),
    Setting("NAME", "Portal", text, "Name of the company, in the top bar and in mails"),
    Setting("ACCENT", "#0a6a7c", colour, "The company's colour; readable tones are derived from it"),
    Setting("LANGUAGE", "en", one_of(*LANGUAGES), "Language for those whose own is not known"),
    Setting("ZONE", "UTC", zone, "Time zone of the opening hours, and for those whose own is not known"),
    Setting(
        "HOURS",
        "mon-fri 09:00-18:00",
        opening_hours,
        "Opening hours, in which promises of an answer are counted; always for round the clock",
    ),
    Setting("HOLIDAYS", "", holidays, "Days without opening hours: 2026-12-25, or 12-25 for every year"),
    Setting(
        "ANSWER_HOURS",
        "urgent 1 2, high 4 4, normal 8 8, low 16 16",
        answer_hours,
        "Opening hours to the first and to each next answer, by priority; what is promised already stays",
    ),
    Setting("DEMO", "no", yes_or_no, "A demo: mails are kept at /outbox (on loopback only) and not sent"),
    Setting("DEMO_PASSWORD", "demo-portal-2026", text, "Password of the demo people"),
    Setting("MAIL_SERVER", "", text, "SMTP server; without it mails wait in the outbox"),
    Setting("MAIL_PORT", "587", whole(1, 65535), "Port of the SMTP server"),
    Setting(
        "MAIL_SECURITY",
        "starttls",
        one_of("starttls", "tls", "none"),
        "How the way to the SMTP server is protected",
    ),
    Setting("MAIL_USERNAME", "", text, "Name at the SMTP server"),
    Setting("MAIL_PASSWORD", "", str, "Password at the SMTP server"),
    Setting("MAIL_FROM", "", sender, "Address that mails come from"),
    Setting(
        "MAIL_REPLY",
        "",
        reply_address,
        "Address for answers by mail: help@example.com gets them at help+…@example.com; without it mails name none",
    ),
    Setting(
        "MAIL_MB",
        "36",
        whole(1, 200),
        "Largest mail taken in, in megabytes; of larger ones only the head is kept",
    ),
    Setting(
        "IMAP_SERVER",
        "",
        text,
        "IMAP server whose mailbox is read each minute; it gets the mails to PORTAL_MAIL_REPLY",
    ),
    Setting("IMAP_PORT", "993", whole(1, 65535), "Port of the IMAP server"),
    Setting(
        "IMAP_SECURITY",
        "tls",
        one_of("tls", "starttls", "none"),
        "How the way to the IMAP server is protected",
    ),
    Setting("IMAP_USERNAME", "", text, "Name at the IMAP server"),
    Setting("IMAP_PASSWORD", "", str, "Password at the IMAP server"),
    Setting("IMAP_FOLDER", "INBOX", folder, "Folder of the mailbox that is read"),
    Setting("FILE_MB", "25", whole(1, 500), "Largest file that can be sent, in megabytes"),
    Setting("FILES", "10", whole(1, 50), "Most files in one message"),
    Setting(
        "LIMIT_SIGN_IN_ADDRESS",
        "10",
        whole(1, 10000),
        "Failed sign-ins of one address from one source in 15 minutes",
    ),
    Setting("LIMIT_SIGN_IN_SOURCE", "50", whole(1, 100000), "Failed sign-ins from one source in 15 minutes"),
    Setting(
        "LIMIT_SIGN_UP_SOURCE",
        "20",
        whole(1, 100000),
        "Sign-ups and lost passwords from one source in an hour",
    ),
    Setting(
        "LIMIT_MAIL_ADDRESS", "3", whole(1, 1000), "Mails that anybody can cause to one address in an hour"
    ),
    Setting(
        "LIMIT_VISITOR_SOURCE",
        "10",
        whole(1, 100000),
        "Requests without an account from one source in an hour",
    ),
    Setting(
        "LIMIT_VISITOR_ADDRESS",
        "5",
        whole(1, 1000),
        "Requests without an account for one address in an hour",
    ),
    Setting(
        "LIMIT_VISITOR_ALL",
        "200",
        whole(1, 1000000),
        "Requests without an account in an hour; of more the sender is asked nothing until somebody has looked",
    ),
    Setting(
        "LIMIT_CODE",
        "10",
        whole(1, 1000),
        "Wrong codes of callers from one source in 15 minutes",
    ),
    Setting(
        "LIMIT_CODE_NUMBER",
        "200",
        whole(1, 100000),
        "Wrong codes for one request from all sources in 15 minutes; there are 850 thousand million codes",
    ),
    Setting(
        "LIMIT_ADDRESS_AGENT",
        "5",
        whole(1, 1000),
        "Changes of customers' addresses that one agent may ask for in a day",
    ),
    Setting(
        "LIMIT_VOTES",
        "100",
        whole(1, 1000000),
        "Votes on whether an article helped, from one source in an hour",
    ),
    Setting(
        "LIMIT_MARKS",
        "200",
        whole(1, 100000),
        "Votes, reactions and follows of one person in the community in an hour",
    ),
    Setting(
        "LIMIT_NAMES",
        "300",
        whole(1, 100000),
        "Names that are looked up for one person who types an @, in an hour",
    ),
    Setting("LIMIT_REQUESTS", "60", whole(1, 100000), "New requests and answers of one customer in an hour"),
    Setting("LIMIT_POSTS", "60", whole(1, 100000), "Posts in the community of one person in an hour"),
    Setting("LIMIT_POSTS_NEW", "10", whole(1, 100000), "The same of a person who is new there"),
    Setting(
        "LIMIT_POSTS_SOURCE",
        "40",
        whole(1, 1000000),
        "Posts in the community of all who are new there from one source in an hour",
    ),
    Setting("LIMIT_REPORTS", "20", whole(1, 100000), "Posts that one person can report in an hour"),
    Setting(
        "COMMUNITY_REPORTS",
        "3",
        whole(2, 1000),
        "Reports by different people who are known in the community that hide a post until a moderator looked",
    ),
    Setting(
        "LIMIT_MAIL_QUICK",
        "3",
        whole(1, 1000),
        "Answers by mail to one request in an hour that come within 3 minutes of ours; more wait at the desk, robots write so",
    ),
    Setting(
        "LIMIT_MAIL_TICKET",
        "20",
        whole(1, 10000),
        "Mails of one sender to one request in an hour; more wait at the desk",
    ),
    Setting(
        "BACKUPS",
        "",
        text,
        "Folder of the backups, best on another disk; who is erased is noted there too, so that they stay erased",
    ),
    Setting(
        "BACKUP_PASSPHRASE",
        "",
        str,
        "Passphrase of the backups, 12 or more characters; without it and without a key file it is asked for",
    ),
    Setting(
        "ARGON_MEMORY_KB",
        "19456",
        whole(8, 4194304),
        "Memory that checking a password takes, in KiB (OWASP's least)",
    ),
    Setting(
        "MAIL_TRIES",
        "12",
        whole(1, 100),
        "Tries before a mail or other job is given up and shown to the administrator",
    ),
)


def _read_file(instance: Path) -> dict[str, str]:
    path = instance / "portal.toml"
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path} cannot be read: {error}.") from error
    known = {s.name.lower() for s in SETTINGS} - {"instance"}
    for name in values:
        if name not in known:
            meant = name.lower().removeprefix("portal_")
            hint = f"write {meant}" if meant in known else "`portal doctor --settings` lists all"
            raise BadSetting(f"{path} has a setting {name!r} that does not exist; {hint}.")
    return {name.upper(): str(value) for name, value in values.items()}


def _secret(instance: Path) -> str:
    """The key that signs cookies, made once; `O_EXCL` lets two first starts agree on one."""
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)  # what customers wrote lies there
        draft = instance / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def instance_of(environ: Mapping[str, str]) -> Path:
    """The folder of the instance, before anything in it is read."""
    return Path(environ.get("PORTAL_INSTANCE") or SETTINGS[0].default).resolve()


def _values(environ: Mapping[str, str]) -> dict[str, Any]:
    instance = instance_of(environ)
    if instance.exists() and not instance.is_dir():
        raise BadSetting(f"PORTAL_INSTANCE is {str(instance)!r}, but a folder is needed.")
    given = _read_file(instance)
    result: dict[str, Any] = {}
    for setting in SETTINGS:
        raw = environ.get(setting.variable) or given.get(setting.name, setting.default)
        try:
            result[setting.name] = setting.parse(raw)
        except ValueError as error:
            given_as = "given" if setting.name in SECRETS else repr(raw)
            raise BadSetting(f"{setting.variable} is {given_as}, but {error}.") from None
    return result | {"INSTANCE": instance}


def _check_together(values: dict[str, Any]) -> None:
    if values["MAIL_SERVER"] and "@" not in values["MAIL_FROM"]:
        raise BadSetting(
            "PORTAL_MAIL_SERVER is given, so PORTAL_MAIL_FROM must be an address that mails come from."
        )
    if values["IMAP_SERVER"] and not values["MAIL_REPLY"]:
        raise BadSetting(
            "PORTAL_IMAP_SERVER is given, so PORTAL_MAIL_REPLY must be the address whose mails come into that mailbox."
        )
    if values["IMAP_SERVER"] and not (values["IMAP_USERNAME"] and values["IMAP_PASSWORD"]):
        raise BadSetting(
            "PORTAL_IMAP_SERVER is given, so PORTAL_IMAP_USERNAME and PORTAL_IMAP_PASSWORD are needed as well."
        )
    if len(values["SECRET_KEY"]) < 32:  # noqa: PLR2004 -- bytes of a key, said in the sentence
        raise BadSetting("PORTAL_SECRET_KEY is shorter than 32 characters; leave it out and one is made.")
    if values["THREADS"] < values["STREAMS"] + 8:
        raise BadSetting(
            "PORTAL_THREADS must exceed PORTAL_STREAMS by 8 or more, else open windows block pages."
        )
    if not values["NAME"]:
        raise BadSetting("PORTAL_NAME is empty; say what your company is called.")


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, checked and completed.

    Raises:
        BadSetting: one sentence about the first setting that makes no sense.
    """
    values = _values(environ)
    instance: Path = values["INSTANCE"]
    values["BASE_URL"] = values["BASE_URL"] or f"http://127.0.0.1:{values['PORT']}"
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{instance / 'portal.sqlite'}"
    values["KB_CONTENT"] = Path(values["KB_CONTENT"] or instance / "kb_content")
    values["SECRET_KEY"] = values["SECRET_KEY"] or _secret(instance)
    values["MAIL_FROM"] = values["MAIL_FROM"] or f"help@{urlsplit(values['BASE_URL']).hostname}"
    _check_together(values)
    return values
