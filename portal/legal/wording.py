"""What the pages are called, how an acceptance came about, and when somebody can be reached, in words."""

from datetime import datetime

from ..kit.i18n import _, lazy, told
from .models import COMPANY, PRIVACY, TERMS
from .standing import standing

NAMES = {PRIVACY: lazy("Privacy policy"), TERMS: lazy("Terms"), COMPANY: lazy("Company details")}
CONTACT = lazy("Contact")
# How a version came to be accepted; the policy is not accepted but shown, which is what the law asks for.
WAYS = {
    "sign-up": lazy("as you signed up"),
    "request": lazy("with a request"),
    "feedback": lazy("with feedback"),
    "asked": lazy("when we asked you"),
}


def footer() -> list[tuple[str, str]]:
    """The company's pages that there are, each with its path and its name."""
    return [*((f"/{kind}", str(NAMES[kind])) for kind in standing().kinds), ("/contact", str(CONTACT))]


def door_words(is_open: bool, until: datetime | None) -> str:
    """Whether somebody can be reached now, and until or from when, as Calendar.door() says it."""
    if until is None:
        return _("Open round the clock")
    moment = told(until)
    words = {"time": moment.time, "weekday": moment.weekday, "date": moment.date}
    if is_open:
        return _open_until(moment.days, words)
    if moment.days == 0:
        return _("Opens today at %(time)s", **words)
    if moment.days == 1:
        return _("Opens tomorrow at %(time)s", **words)
    # The same weekday a week later would be taken for today.
    if moment.days < 7:  # noqa: PLR2004 -- days of a week
        return _("Opens on %(weekday)s at %(time)s", **words)
    return _("Opens on %(date)s at %(time)s", **words)


def _open_until(days: int, words: dict[str, str]) -> str:
    if days == 0:
        return _("Open until %(time)s", **words)
    if days == 1:
        return _("Open until tomorrow at %(time)s", **words)
    return _("Open until %(date)s at %(time)s", **words)
