"""A process's copy of the company's values: looked at anew every two seconds at most, by one small statement."""

import base64
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ..config import LANGUAGES, SETTINGS
from ..extensions import db
from ..kit.company import Company, Logo
from ..kit.sqlite import reading
from .models import CompanyValue
from .parts import FORMS

log = logging.getLogger("portal.company")
PAUSE = 2.0  # seconds between looks: what one process saved, all have in five
SETTING = {setting.name: setting for setting in SETTINGS}
MAILS = "mails-"  # and a language: the part with the words of its mails


def _meant(part: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """What a saved part means, by the names that Company knows."""
    if part not in FORMS and not part.startswith(MAILS):
        return {}  # what features note for themselves
    if part.startswith(MAILS):
        return {f"MAILS_{part.removeprefix(MAILS)}": value}
    meant: dict[str, Any] = {}
    for name, said in value.items():
        if name == "LOGO":
            meant[name] = Logo(base64.b64decode(said.pop("data")), **said) if said else None
        elif name == "LANGUAGES":
            meant[name] = {code: called for code, called in LANGUAGES.items() if code in said}
        else:
            meant[name] = SETTING[name].parse(said) if name in SETTING else said
    return meant


class Kept:
    """The copy. The request or job that finds it two seconds old looks, in a session of its own; all others go on with it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.guard = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """The next look reads everything."""
        self.company = Company(self.app.config, {})
        self.versions: dict[str, int] | None = None
        self.next_look = 0.0

    def now(self) -> Company:
        """The company; a job or command looks when its turn has come, a request has looked as it began."""
        if not has_request_context():
            self.look()
        return self.company

    def look(self, *, at_once: bool = False) -> None:
        """Bring the copy up to date if it may be old; `at_once` after a change that this process made."""
        if not at_once and time.monotonic() < self.next_look:
            return
        # Whoever comes while another looks takes what there is, but for the very first, who has nothing yet.
        if not self.guard.acquire(blocking=at_once or self.versions is None):
            return
        try:
            if at_once or time.monotonic() >= self.next_look:
                self.next_look = time.monotonic() + PAUSE
                self._read()
        except (
            SQLAlchemyError
        ) as error:  # before the first migration, or the database is away: what was known stands
            if self.versions:
                log.warning("the company's values cannot be read", extra={"error": repr(error)})
            self.versions = self.versions or {}
        finally:
            self.guard.release()

    def _read(self) -> None:
        with self.app.app_context(), reading():
            rows = db.session.execute(select(CompanyValue.part, CompanyValue.version)).all()
            versions = {row.part: row.version for row in rows}
            if versions == self.versions:
                return
            saved: dict[str, Any] = {}
            for row in db.session.execute(select(CompanyValue.part, CompanyValue.value)).all():
                saved |= _meant(row.part, dict(row.value))
        self.company = Company(self.app.config, saved, hash(tuple(sorted(versions.items()))))
        self.versions = versions


def set_up(app: Flask) -> None:
    """Make the_company() work."""
    kept = app.extensions["company"] = Kept(app)

    @app.before_request
    def look() -> None:
        if request.blueprint != "health":  # which answers whatever the database does
            kept.look()
