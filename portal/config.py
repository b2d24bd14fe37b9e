"""Every setting once: environment name, default, check and one line why. Read from the environment, then portal.toml."""

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from .grammar import answer_hours, holidays, opening_hours

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = {"en": "English", "pt_BR": "Português (Brasil)", "es": "Español", "ru": "Русский"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class BadSetting(Exception):
    """A setting makes no sense; the message is one sentence for the person who starts the server."""


def _text(value: str) -> str:
    return value.strip()


def _flag(value: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
        "": False,
    }
    if value.strip().lower() not in words:
        raise ValueError("say yes or no")
    return words[value.strip().lower()]


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"-?\d{1,12}", value.strip()) or not least <= int(value) <= most:
            raise ValueError(f"a whole number from {least} to {most} is needed")
        return int(value)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.strip() not in words:
            raise ValueError("one of these is needed: " + ", ".join(words))
        return value.strip()

    return parse


def _address(value: str) -> str:
    parts = urlsplit(value.strip())
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.path not in ("", "/")
    ):
        raise ValueError("an address like https://help.example.com is needed, without a path")
    return value.strip().rstrip("/")


def _hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host for host in re.split(r"[,\s]+", value.strip().lower()) if host)
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
            raise ValueError("names of hosts are needed, like youtube.com, vimeo.com, videos.example.org")
    return hosts


def _zone(value: str) -> str:
    if value.strip() not in available_timezones():
        raise ValueError("a time zone like Europe/Lisbon is needed")
    return ZoneInfo(value.strip()).key


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value.strip()):
        raise ValueError("a colour like #0a6a7c is needed")
    return value.strip()


def _folder(value: str) -> str:
    if not re.fullmatch(r"[\x20-\x7e]{1,200}", value.strip()) or '"' in value or "\\" in value:
        raise ValueError("the name of a folder in plain letters is needed, as the IMAP server lists it")
    return value.strip()


def _reply_address(value: str) -> str:
    """An address to which `+<token>` is added; with it the part before the @ may hold 64 signs (RFC 5321, 4.5.3.1.1)."""
    value = value.strip().lower()
    if value and not re.fullmatch(r"[a-z0-9._-]{1,19}@[a-z0-9-]+(\.[a-z0-9-]+)+", value):
        raise ValueError(
            "an address like help@example.com is needed, with at most 19 signs and no + before the @"
        )
    return value


def database_address(value: str) -> str:
    value = (
        value.strip()
        .replace("postgres://", "postgresql://", 1)
        .replace("postgresql://", "postgresql+psycopg://", 1)
    )
    if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("an address that begins with sqlite:/// or postgresql:// is needed")
    return value


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
        _text,
        "Folder of the database, the search index, uploads and portal.toml",
    ),
    Setting(
        "DATABASE_URL",
        "",
        database_address,
        "SQLite file in the instance unless given; postgresql://… for several servers",
    ),
    Setting("KB_CONTENT", "", _text, "Folder of the articles; kb_content in the instance unless given"),
    Setting(
        "VIDEO_HOSTS",
        "youtube.com, vimeo.com",
        _hosts,
        "Sites whose videos play within articles: youtube.com, vimeo.com, and any PeerTube by its host",
    ),
    Setting(
        "BASE_URL",
        "",
        lambda v: _address(v) if v else "",
        "Public address, for links in mail; https turns on secure cookies",
    ),
    Setting("SECRET_KEY", "", _text, "Signs cookies and forms; made once in the instance unless given"),
    Setting("HOST", "127.0.0.1", _text, "Address on which the server listens"),
    Setting("PORT", "8000", _whole(1, 65535), "Port on which the server listens"),
    Setting("PROCESSES", "2", _whole(1, 64), "Web processes"),
    Setting("THREADS", "400", _whole(4, 2000), "Threads of a web process; each open window holds one"),
    Setting("STREAMS", "300", _whole(0, 2000), "Live windows of a web process; further ones poll"),
    Setting("PROXIES", "0", _whole(0, 5), "Proxies in front whose X-Forwarded-* headers are believed"),
    Setting("NAME", "Portal", _text, "Name of the company, in the top bar and in mails"),
    Setting("ACCENT", "#0a6a7c", _colour, "The company's colour; readable tones are derived from it"),
    Setting("LANGUAGE", "en", _one_of(*LANGUAGES), "Language for those whose own is not known"),
    Setting("ZONE", "UTC", _zone, "Time zone of the opening hours, and for those whose own is not known"),
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
    Setting("DEMO", "no", _flag, "A demo: mails are kept at /outbox (on loopback only) and not sent"),
    Setting("DEMO_PASSWORD", "demo-portal-2026", _text, "Password of the demo people"),
    Setting("MAIL_SERVER", "", _text, "SMTP server; without it mails wait in the outbox"),
    Setting("MAIL_PORT", "587", _whole(1, 65535), "Port of the SMTP server"),
    Setting(
        "MAIL_SECURITY",
        "starttls",
        _one_of("starttls", "tls", "none"),
        "How the way to the SMTP server is protected",
    ),
    Setting("MAIL_USERNAME", "", _text, "Name at the SMTP server"),
    Setting("MAIL_PASSWORD", "", str, "Password at the SMTP server"),
    Setting("MAIL_FROM", "", _text, "Address that mails come from"),
    Setting(
        "MAIL_REPLY",
        "",
        _reply_address,
        "Address for answers by mail: help@example.com gets them at help+…@example.com; without it mails name none",
    ),
    Setting(
        "MAIL_MB",
        "36",
        _whole(1, 200),
        "Largest mail taken in, in megabytes; of larger ones only the head is kept",
    ),
    Setting(
        "IMAP_SERVER",
        "",
        _text,
        "IMAP server whose mailbox is read each minute; it gets the mails to PORTAL_MAIL_REPLY",
    ),
    Setting("IMAP_PORT", "993", _whole(1, 65535), "Port of the IMAP server"),
    Setting(
        "IMAP_SECURITY",
        "tls",
        _one_of("tls", "starttls", "none"),
        "How the way to the IMAP server is protected",
    ),
    Setting("IMAP_USERNAME", "", _text, "Name at the IMAP server"),
    Setting("IMAP_PASSWORD", "", str, "Password at the IMAP server"),
    Setting("IMAP_FOLDER", "INBOX", _folder, "Folder of the mailbox that is read"),
    Setting("FILE_MB", "25", _whole(1, 500), "Largest file that can be sent, in megabytes"),
    Setting("FILES", "10", _whole(1, 50), "Most files in one message"),
    Setting(
        "LIMIT_SIGN_IN_ADDRESS",
        "10",
        _whole(1, 10000),
        "Failed sign-ins of one address from one source in 15 minutes",
    ),
    Setting("LIMIT_SIGN_IN_SOURCE", "50", _whole(1, 100000), "Failed sign-ins from one source in 15 minutes"),
    Setting(
        "LIMIT_SIGN_UP_SOURCE",
        "20",
        _whole(1, 100000),
        "Sign-ups and lost passwords from one source in an hour",
    ),
    Setting(
        "LIMIT_MAIL_ADDRESS", "3", _whole(1, 1000), "Mails that anybody can cause to one address in an hour"
    ),
    Setting(
        "LIMIT_VISITOR_SOURCE",
        "10",
        _whole(1, 100000),
        "Requests without an account from one source in an hour",
    ),
    Setting(
        "LIMIT_VISITOR_ADDRESS",
        "5",
        _whole(1, 1000),
        "Requests without an account for one address in an hour",
    ),
    Setting(
        "LIMIT_VISITOR_ALL",
        "200",
        _whole(1, 1000000),
        "Requests without an account in an hour; of more the sender is asked nothing until somebody has looked",
    ),
    Setting(
        "LIMIT_CODE",
        "10",
        _whole(1, 1000),
        "Wrong codes of callers from one source in 15 minutes",
    ),
    Setting(
        "LIMIT_CODE_NUMBER",
        "200",
        _whole(1, 100000),
        "Wrong codes for one request from all sources in 15 minutes; there are 850 thousand million codes",
    ),
    Setting(
        "LIMIT_ADDRESS_AGENT",
        "5",
        _whole(1, 1000),
        "Changes of customers' addresses that one agent may ask for in a day",
    ),
    Setting(
        "LIMIT_VOTES",
        "100",
        _whole(1, 1000000),
        "Votes on whether an article helped, from one source in an hour",
    ),
    Setting(
        "LIMIT_MARKS",
        "200",
        _whole(1, 100000),
        "Votes, reactions and follows of one person in the community in an hour",
    ),
    Setting("LIMIT_REQUESTS", "60", _whole(1, 100000), "New requests and answers of one customer in an hour"),
    Setting("LIMIT_POSTS", "60", _whole(1, 100000), "Posts in the community of one person in an hour"),
    Setting("LIMIT_POSTS_NEW", "10", _whole(1, 100000), "The same of a person who is new there"),
    Setting(
        "LIMIT_POSTS_SOURCE",
        "40",
        _whole(1, 1000000),
        "Posts in the community of all who are new there from one source in an hour",
    ),
    Setting("LIMIT_REPORTS", "20", _whole(1, 100000), "Posts that one person can report in an hour"),
    Setting(
        "COMMUNITY_REPORTS",
        "3",
        _whole(2, 1000),
        "Reports by different people who are known in the community that hide a post until a moderator looked",
    ),
    Setting(
        "LIMIT_MAIL_QUICK",
        "3",
        _whole(1, 1000),
        "Answers by mail to one request in an hour that come within 3 minutes of ours; more wait at the desk, robots write so",
    ),
    Setting(
        "LIMIT_MAIL_TICKET",
        "20",
        _whole(1, 10000),
        "Mails of one sender to one request in an hour; more wait at the desk",
    ),
    Setting(
        "BACKUPS",
        "",
        _text,
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
        _whole(8, 4194304),
        "Memory that checking a password takes, in KiB (OWASP's least)",
    ),
    Setting(
        "MAIL_TRIES",
        "12",
        _whole(1, 100),
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
        instance.mkdir(parents=True, exist_ok=True)
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
            raise BadSetting(f"{setting.variable} is {raw!r}, but {error}.") from error
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
