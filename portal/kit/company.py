"""What an owner says of the company and changes daily: name, look, languages, hours, sender, words of mails.

What was saved in the browser stands before portal.toml and the environment, whose values are the first ones. Reading
costs no statement: each process has a copy, which portal/company looks after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import current_app

from ..config import LANGUAGES
from ..grammar import Allowed, Week, Written

WIDE = 2  # times its height: such a logo holds the name as well


@dataclass(frozen=True)
class Logo:
    """The company's sign as a PNG of our own making; `digest` tells one from the next in its address."""

    data: bytes
    width: int
    height: int
    digest: str

    @property
    def is_wide(self) -> bool:
        return self.width >= WIDE * self.height

    @property
    def path(self) -> str:
        return f"/logo.png?v={self.digest}"

    def wide_at(self, height: int) -> int:
        """The width that belongs to a height, both in pixels."""
        return max(1, round(self.width * height / self.height))


class Company:
    """All of it at one moment; `version` is another one after each change."""

    def __init__(self, first: Mapping[str, Any], saved: Mapping[str, Any], version: int = 0) -> None:
        self._first, self._saved, self.version = first, saved, version

    def _of(self, name: str) -> Any:
        return self._saved[name] if name in self._saved else self._first[name]

    def saved(self, name: str) -> str | None:
        """What was saved in the browser of a setting, which stands before its first value; None when nothing was."""
        return str(self._saved[name]) if name in self._saved else None

    @property
    def name(self) -> str:
        return cast("str", self._of("NAME"))

    @property
    def accent(self) -> str:
        return cast("str", self._of("ACCENT"))

    @property
    def logo(self) -> Logo | None:
        return self._saved.get("LOGO")

    @property
    def languages(self) -> Mapping[str, str]:
        """Codes and own names of the languages that are offered, in the order of LANGUAGES."""
        return cast("Mapping[str, str]", self._saved.get("LANGUAGES", LANGUAGES))

    @property
    def language(self) -> str:
        """For those whose own is not known or not offered."""
        return cast("str", self._of("LANGUAGE"))

    @property
    def zone(self) -> str:
        return cast("str", self._of("ZONE"))

    @property
    def hours(self) -> Written[Week]:
        return cast("Written[Week]", self._of("HOURS"))

    @property
    def holidays(self) -> Written[frozenset[str]]:
        return cast("Written[frozenset[str]]", self._of("HOLIDAYS"))

    @property
    def answer_hours(self) -> Written[dict[str, Allowed]]:
        return cast("Written[dict[str, Allowed]]", self._of("ANSWER_HOURS"))

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return cast("str", self._of("MAIL_FROM"))

    @property
    def sender_name(self) -> str:
        return cast("str", self._saved.get("SENDER_NAME")) or self.name

    @property
    def reply_address(self) -> str:
        """Where answers by mail go, "" for nowhere: it belongs to the mailbox that the server reads, so the file names it."""
        return cast("str", self._first["MAIL_REPLY"])

    @property
    def senders(self) -> frozenset[str]:
        """Addresses that are ours: a mail that says it is from one of them is one of ours, come back."""
        return frozenset({self.sender.lower(), self._first["MAIL_FROM"].lower(), self.reply_address})

    def words_of_mails(self, language: str) -> Mapping[str, str]:
        """What the owner says in mails of a language instead of our words, by the keys of mail/wording.py."""
        return cast("Mapping[str, str]", self._saved.get(f"MAILS_{language}", {}))

    def or_offered(self, language: str) -> str:
        """The language if it is offered, else the one for all others."""
        return language if language in self.languages else self.language


class Copy(Protocol):
    """The process's copy."""

    def now(self) -> Company: ...


def the_company() -> Company:
    """The company as it stands now."""
    copy: Copy = current_app.extensions["company"]
    return copy.now()
