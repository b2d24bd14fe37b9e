"""Forms of the company's pages, and the part of other forms in which somebody without an account accepts them."""

import re
from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField, ValidationError

from ..grammar import opening_hours
from ..kit.forms import AtMost, Form, clean_line, clean_text
from ..kit.i18n import _, lazy
from ..kit.inserts import BadMarkup
from ..kit.markdown import render_article
from .access import counting
from .models import TERMS
from .queries import PageWords, Reach
from .standing import look_anew, standing

MOST_TEXT = 100_000  # characters of a page
LEAST_DIGITS = 5  # of a telephone number


class AcceptingForm(Form):
    """What is shown and accepted where somebody without an account gives us something; without such pages, nothing.

    The terms are accepted by a tick that stands there for nobody; the privacy policy is shown, as nothing is agreed to
    by reading it (GDPR 7 and 13, LGPD 8 and 9). After validate() `agreed` holds the ids of the versions.
    """

    shown_pages = HiddenField(default=lambda: standing().shown)
    agree = BooleanField(lazy("I accept the terms"))
    agreed: tuple[int, ...] = ()

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        pages = standing()
        if not pages.agreed:
            del self.shown_pages
        if pages.has_terms:
            self._fields.move_to_end("agree")
        else:
            del self.agree

    @property
    def must_agree(self) -> bool:
        """Whether the terms are to be accepted."""
        return True

    def validate_agree(self, field: Any) -> None:
        found = self._counting()
        if not field.data:
            found.pop(TERMS, None)
            if self.must_agree:
                raise ValidationError(_("Please accept the terms: tick the box if you agree to them"))
        self.agreed = tuple(found.values())

    def validate_shown_pages(self, _field: Any) -> None:
        if self.agree is None:
            self.agreed = tuple(self._counting().values())

    def _counting(self) -> dict[str, int]:
        """The versions that were shown, which must still count."""
        found = counting(self.shown_pages.data if self.shown_pages.raw_data else "")
        if found is None:
            look_anew()
            self.shown_pages.data = standing().shown
            if self.agree:
                self.agree.data = False
            raise ValidationError(_("This changed while you were writing: please read it, then send again"))
        return found


class Renders:
    """A text that can be shown: no parts that nobody knows, not more markup than a page may have."""

    def __call__(self, form: Any, field: Any) -> None:
        try:
            render_article(field.data or "")
        except BadMarkup as error:
            words = _(
                "Line %(line)d cannot be shown: what it names is not known here, or it is too much",
                line=error.line,
            )
            raise ValidationError(words) from error


class DraftForm(Form):
    shown = HiddenField()  # the digest of what stood there when the form was made
    title = StringField(lazy("Title"), [AtMost(150)], filters=[clean_line])
    body = TextAreaField(lazy("Text"), [AtMost(MOST_TEXT), Renders()], filters=[clean_text])
    note = TextAreaField(lazy("What is different"), [AtMost(1000)], filters=[clean_text])

    def validate_title(self, field: Any) -> None:
        if self.body.data and not field.data:
            raise ValidationError(_("Write a title above the text"))
        if field.data and not self.body.data:
            raise ValidationError(
                _("Write a text below the title, or empty both: then the page is not in this language")
            )

    @property
    def saying(self) -> PageWords:
        return PageWords(self.title.data or "", self.body.data or "", self.note.data or "")


class PublishForm(Form):
    shown = HiddenField()
    anew = BooleanField(lazy("People who have an account are asked to accept it"))


class PreviewForm(Form):
    body = TextAreaField(validators=[AtMost(MOST_TEXT), Renders()], filters=[clean_text])


class AskedForm(Form):
    """The answer of somebody who is asked: which versions they saw."""

    shown_pages = HiddenField()
    next = HiddenField()


class ReachForm(Form):
    shown = HiddenField()
    name = StringField(lazy("Name for letters"), [AtMost(200)], filters=[clean_line])
    address = TextAreaField(lazy("Postal address"), [AtMost(500)], filters=[clean_text])
    phone = StringField(lazy("Telephone"), [AtMost(40)], filters=[clean_line])
    hours = StringField(lazy("Hours of the telephone"), [AtMost(200)], filters=[clean_line])

    def validate_phone(self, field: Any) -> None:
        written = field.data or ""
        odd = not re.fullmatch(r"\+?[0-9 ()./-]*", written, re.ASCII)
        if written and (odd or sum(sign.isdigit() for sign in written) < LEAST_DIGITS):
            raise ValidationError(_("Write the number with its country, as +351 21 000 0000"))

    def validate_hours(self, field: Any) -> None:
        if field.data:
            try:
                opening_hours(field.data)
            except ValueError as error:
                example = "mon-fri 09:00-12:30 13:30-18:00, sat 10:00-14:00"
                raise ValidationError(
                    _("Write days with their hours: %(example)s", example=example)
                ) from error

    @property
    def reach(self) -> Reach:
        fields = (self.name, self.address, self.phone, self.hours)
        return Reach(*(field.data or "" for field in fields))
