"""Mails as customers would get them, with words that are not saved yet and a request that nobody sent."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask_babel import force_locale
from markupsafe import escape

from ..kit import clock
from ..kit.i18n import _
from ..mail.compose import Draft, compose_to
from ..mail.wording import trying

MAILS = ("received", "answered", "solved", "welcome")


def _event(words: str, by: Any = None) -> Any:
    return SimpleNamespace(body=words, html=escape(words), files=(), actor=by)


def _values(template: str) -> dict[str, Any]:
    """What stands in a mail beside its words."""
    name, agent = _("Maria"), SimpleNamespace(shown=_("Ana from support"))
    now = clock.now()
    ticket = SimpleNamespace(
        number=1024,
        title=_("The light is orange"),
        state="solved" if template == "solved" else "waiting" if template == "answered" else "new",
        needed=_("the number on the back of the device"),
        requester=SimpleNamespace(shown=name),
        is_open=template != "solved",
        is_withdrawn=False,
        due_at=now + timedelta(hours=8) if template == "received" else None,
        owed_since=now,
        paused_seconds=0,
    )
    words = (
        _("Which number is on its back?") if template == "answered" else _("It blinks since this morning.")
    )
    return {
        "ticket": ticket,
        "event": _event(words, agent),
        "called": name,
        "path": "/tickets/1024",
        "own": True,
    }


def sample(template: str, language: str, words: Mapping[str, str]) -> Draft:
    """One of MAILS in a language."""
    with force_locale(language), trying(words):
        return compose_to(template, "", language, **_values(template))
