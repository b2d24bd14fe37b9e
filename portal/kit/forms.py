"""What every form here shares: wording of errors, cleaned text, and no browser bubbles instead of our sentences."""

import re
import secrets
import unicodedata
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import HiddenField, ValidationError

from .i18n import _, ngettext

LONG_TEXT = 200_000  # characters of a message


class Form(FlaskForm):
    """A form whose fields are checked here; the browser's own bubbles are switched off in the templates."""


def new_once() -> str:
    """A random word that lets a creating form act once, however often it arrives."""
    return secrets.token_urlsafe(18)


class OnceField(HiddenField):
    """Hidden word that makes a form act once; a missing or odd one is replaced."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = str(valuelist[0]) if valuelist else ""
        self.data = given if re.fullmatch(r"[\w-]{16,64}", given, re.ASCII) else new_once()


def clean_line(value: str | None) -> str:
    """One line: no control characters, no invisible direction overrides, single spaces."""
    return " ".join("".join(c if _is_kept(c) else " " for c in value or "").split())


def clean_text(value: str | None) -> str:
    """Several lines: as typed, with unified line ends and without control characters."""
    lines = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def _is_kept(c: str) -> bool:
    # Overrides and isolates can make a name read as another one; marks for direction (LRM, RLM) and joiners stay.
    return (
        unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp")
        and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


class Filled:
    """The field holds something to read."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if not any(
            c.isprintable() and not c.isspace() and unicodedata.category(c) != "Cf" for c in field.data or ""
        ):
            raise ValidationError(str(self.message))


class AtMost:
    """At most `most` characters; says how many there are too many."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most} if most < LONG_TEXT else {}

    def __call__(self, form: Any, field: Any) -> None:
        over = len(field.data or "") - self.most
        if over > 0:
            raise ValidationError(ngettext("%(num)d character too many", "%(num)d characters too many", over))


class MailAddress:
    """An address that mail can reach; keeps it in its normal form."""

    def __call__(self, form: Any, field: Any) -> None:
        value = (field.data or "").strip()
        if not value:
            raise ValidationError(_("Write your e-mail address"))
        if "@" not in value or value.endswith("@"):
            raise ValidationError(_("Add what comes after the @, for example name@example.org"))
        try:
            field.data = validate_email(
                value, check_deliverability=False, test_environment=True
            ).normalized.lower()
        except EmailNotValidError as error:
            raise ValidationError(_("This address cannot be right; look at it once more")) from error


class GoodPassword:
    """Long rather than odd (NIST SP 800-63B 5.1.1.2): 12 characters or more, not the address, not one sign repeated."""

    def __init__(self, least: int = 12, most: int = 1000) -> None:
        self.least, self.most = least, most

    def __call__(self, form: Any, field: Any) -> None:
        value = field.data or ""
        missing = self.least - len(value)
        if missing > 0:
            raise ValidationError(
                ngettext("%(num)d more character, please", "%(num)d more characters, please", missing)
            )
        if len(value) > self.most:
            raise ValidationError(
                _("That is too long to type again; stay under %(most)d characters", most=self.most)
            )
        email = (getattr(form, "email", None) and form.email.data) or ""
        if len(set(value)) < 4 or value.lower() == email.lower():  # noqa: PLR2004 -- "aaaa…", "abab…"
            raise ValidationError(_("This one is guessed at once; take a sentence that only you would say"))
