"""Forms of moderation: shape and wording."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from ..community.links import read_host
from ..kit import clock
from ..kit.alike import plain
from ..kit.forms import LONG_TEXT, AtMost, Filled, Form, clean_line, clean_text
from ..kit.i18n import _, lazy
from ..kit.overtaken import SeenForm
from .actions import Because
from .wording import DOES, KINDS, REASONS

MOST_WORDS = 1000  # of a reason
LENGTHS = {
    "1": lazy("A day"),
    "3": lazy("Three days"),
    "7": lazy("A week"),
    "30": lazy("A month"),
    "365": lazy("A year"),
    "until": lazy("Until a day of your choice"),
}
LONGEST = timedelta(days=3660)
_REASONS = [SelectChoice(key, words) for key, words in REASONS.items()]


class ReasonForm(Form):
    """Why; the words are read by whom it concerns. `seen` is how the post was when the page was made."""

    seen = HiddenField()
    reason = SelectField(lazy("Why"), choices=_REASONS)
    words = TextAreaField(lazy("In your own words"), [AtMost(MOST_WORDS)], filters=[clean_text])


class ReportForm(Form):
    reason = RadioField(lazy("What is wrong with it?"), choices=_REASONS, default="spam")
    words = TextAreaField(
        lazy("Anything a moderator should know?"), [AtMost(MOST_WORDS)], filters=[clean_text]
    )

    def validate_words(self, field: TextAreaField) -> None:
        if self.reason.data == "other" and not field.data:
            raise ValidationError(_("Say in a few words what is wrong"))


class MoveForm(ReasonForm):
    """Where to; whoever began a topic in the wrong space is not told that it advertises unless somebody says so."""

    reason = SelectField(lazy("Why"), choices=_REASONS, default="offtopic")
    space = SelectField(lazy("Into the space"), choices=[])


class SplitForm(ReasonForm):
    reason = SelectField(lazy("Why"), choices=_REASONS, default="offtopic")
    title = StringField(
        lazy("Title of the new topic"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(150)],
        filters=[clean_line],
    )


class SuspendForm(ReasonForm):
    length = SelectField(
        lazy("For how long"),
        choices=[SelectChoice(key, words) for key, words in LENGTHS.items()],
        default="7",
    )
    until = StringField(lazy("Until the end of"), filters=[clean_line])
    words = TextAreaField(
        lazy("What the person reads"),
        [Filled(lazy("Say why: the person reads it")), AtMost(MOST_WORDS)],
        filters=[clean_text],
    )

    def validate_until(self, field: StringField) -> None:
        if self.length.data == "until":
            ends = _end_of(field.data or "", "UTC")
            if ends is None:
                raise ValidationError(_("Write a date, as 2030-12-31"))
            if not clock.now() < ends < clock.now() + LONGEST:
                raise ValidationError(_("Choose a day from today on, within ten years"))

    def ends(self, zone: str) -> datetime:
        """When it ends; a day ends in the moderator's zone."""
        if self.length.data != "until":
            return clock.now() + timedelta(days=int(self.length.data))
        return max(_end_of(self.until.data or "", zone) or clock.now(), clock.now() + timedelta(minutes=1))


def _end_of(words: str, zone: str) -> datetime | None:
    """The last moment of a day."""
    try:
        day = date.fromisoformat(words)
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class RuleForm(SeenForm):
    """A rule; keeps its words as they are compared."""

    kind = SelectField(
        lazy("What it looks for"), choices=[SelectChoice(key, words) for key, words in KINDS.items()]
    )
    pattern = StringField(
        lazy("The words, or the site"),
        [Filled(lazy("Write what to look for")), AtMost(100)],
        filters=[clean_line],
    )
    does = SelectField(
        lazy("What becomes of the post"), choices=[SelectChoice(key, words) for key, words in DOES.items()]
    )

    def validate_pattern(self, field: StringField) -> None:
        typed = str(field.data)
        field.data = _as_site(typed) if self.kind.data == "link" else _as_words(typed)
        if self.kind.data == "link" and not re.fullmatch(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}", field.data):
            field.data = typed
            raise ValidationError(_("Write a site, as shop.example.com"))
        if sum(c.isalnum() for c in field.data) < 3:  # noqa: PLR2004 -- or half of all words fall under it
            field.data = typed
            raise ValidationError(_("Write three letters or more: shorter words stand in too many others"))


def _as_words(typed: str) -> str:
    star = "*" if typed.rstrip().endswith("*") else ""
    return " ".join(re.findall(r"\w+", plain(typed)))[: 100 - len(star)] + star


def _as_site(typed: str) -> str:
    address = typed if "//" in typed else f"//{typed}"
    try:
        return read_host(urlsplit(address).hostname or "")[:100]
    except ValueError:
        return ""


class TryForm(Form):
    text = TextAreaField(
        lazy("A text to try"),
        [Filled(lazy("Write or paste a text first")), AtMost(LONG_TEXT)],
        filters=[clean_text],
    )


def because_of(form: Any) -> Because:
    """What a form gives as its reason: the short word and the moderator's own."""
    return Because(form.reason.data or "other", form.words.data or "")
