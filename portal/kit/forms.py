"""What every form here shares: wording of errors, cleaned text, and no browser bubbles instead of our sentences."""

import re
import secrets
import unicodedata
from functools import cache
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, MultipleFileField, StringField, TextAreaField, ValidationError
from wtforms.i18n import get_translations

from .i18n import _, current_language, ngettext

KEPT = 1000  # empty controls that a process remembers
_controls: dict[tuple[Any, ...], Markup] = {}
LONG_TEXT = 200_000  # characters of a message
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Overrides and isolates can make a name read as another one; marks for direction (LRM, RLM) and joiners stay.
_NOT_IN_LINES = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@cache
def _library_words(language: str) -> Any:
    """What WTForms says by itself: Flask-WTF reads the catalogue from the disk at each request."""
    return get_translations([language])


def _is_kept(field: Any, attributes: dict[str, Any]) -> bool:
    """Whether a control is empty and its HTML the same whoever reads it."""
    plain = isinstance(field, (StringField, TextAreaField, MultipleFileField)) and not isinstance(
        field, HiddenField
    )
    return plain and not field.data and all(isinstance(value, (str, int)) for value in attributes.values())


class Form(FlaskForm):
    """A form whose fields are checked here; the browser's own bubbles are switched off in the templates."""

    class Meta(FlaskForm.Meta):  # noqa: D106 -- WTForms' own word
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """File fields see files alone and all others text alone, whatever a sender made of the form."""
            if formdata is None or not form.is_submitted():
                return None
            taken = [name for name, field in form._fields.items() if isinstance(field, MultipleFileField)]
            texts = [(name, value) for name, value in request.form.items(multi=True) if name not in taken]
            files = [(name, value) for name, value in request.files.items(multi=True) if name in taken]
            return MultiDict([*texts, *files])

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Markup:
            """Empty controls are written once, and what is hidden by us: WTForms takes a tenth of a page's time to do so."""
            if isinstance(field, HiddenField) and not render_kw:
                value = escape(field._value())  # noqa: SLF001 -- what its widget writes
                return Markup(f'<input id="{field.id}" name="{field.name}" type="hidden" value="{value}">')  # noqa: S704 -- the names are ours
            if not _is_kept(field, render_kw):
                return Markup(super().render_field(field, render_kw))  # noqa: S704 -- its widgets escape
            flags = tuple(vars(field.flags).items())
            key = (type(field), type(field.widget), field.id, field.name, flags, *render_kw.items())
            if key not in _controls:
                if len(_controls) > KEPT:
                    _controls.clear()
                _controls[key] = Markup(super().render_field(field, render_kw))  # noqa: S704 -- its widgets escape
            return _controls[key]

        def get_translations(self, form: Any) -> Any:
            return _library_words(current_language())


def new_once() -> str:
    """A random word that lets a creating form act once, however often it arrives."""
    return secrets.token_urlsafe(18)


class OnceField(HiddenField):
    """Hidden word that makes a form act once; a missing or odd one is replaced."""

    def __init__(self, **given: Any) -> None:
        super().__init__(default=new_once, **given)

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = str(valuelist[0]) if valuelist else ""
        self.data = given if re.fullmatch(r"[\w-]{16,64}", given, re.ASCII) else new_once()


def clean_line(value: str | None) -> str:
    """One line: no control characters, no invisible direction overrides, single spaces."""
    return " ".join(_NOT_IN_LINES.sub(" ", value or "").split())


def clean_text(value: str | None) -> str:
    """Several lines: as typed, with unified line ends and without control characters."""
    lines = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", lines).strip()


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
