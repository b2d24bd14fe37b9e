"""The form of feedback: shape and wording."""

import re
from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf

from ..kit.addresses import told_page
from ..kit.files import IMAGES
from ..kit.forms import LONG_TEXT, AtMost, MailAddress, clean_line, clean_text
from ..kit.i18n import _, lazy
from ..legal.forms import AcceptingForm
from ..tickets.forms import AnswerForm, BeganField
from ..tickets.wording import FACES


def _window(value: str | None) -> str:
    return value if value and re.fullmatch(r"[1-9][0-9]{0,4}×[1-9][0-9]{0,4}", value, re.ASCII) else ""


def _zone(value: str | None) -> str:
    return value if value in available_timezones() else ""


def _theme(value: str | None) -> str:
    return value if value in ("light", "dark") else ""


class OnePicture:
    """At most one file, and one that is a picture by its name; what it holds is looked at with all files."""

    def __call__(self, form: Any, field: Any) -> None:
        given = [file for file in field.data or () if file.filename]
        if len(given) > 1:
            raise ValidationError(_("One picture, please"))
        for file in given:
            if file.filename.rpartition(".")[2].lower() not in IMAGES:
                raise ValidationError(_("Choose a picture: PNG, JPEG, GIF or WebP"))


class WhenWanted(MailAddress):
    """An address is asked for only by those who want an answer; of others none is kept."""

    def __call__(self, form: Any, field: Any) -> None:
        if form.answer.data:
            super().__call__(form, field)
        else:
            field.data = ""


class FeedbackForm(AnswerForm):
    """A mood, and whatever there is to say. The ids are its own: the sheet opens over pages that have forms.

    `window`, `zone` and `theme` are filled in by the script; what makes no sense there is left out.
    """

    mood = RadioField(
        lazy("How is this page for you?"),
        choices=[SelectChoice(str(score), look.word) for score, look in FACES.items()],
        validators=[AnyOf([str(score) for score in FACES], lazy("Choose a face first"))],
        validate_choice=False,
        id="feedback-mood",
    )
    body = TextAreaField(
        lazy("What makes it so?"), [AtMost(LONG_TEXT)], filters=[clean_text], id="feedback-body"
    )
    files = MultipleFileField(lazy("A picture"), [OnePicture()], id="feedback-files")
    answer = BooleanField(lazy("You may answer me"), default=True, id="feedback-answer")
    page = HiddenField(filters=[told_page])
    window = HiddenField(filters=[_window])
    zone = HiddenField(filters=[_zone])
    theme = HiddenField(filters=[_theme])


class VisitorFeedbackForm(AcceptingForm, FeedbackForm):
    """The same from somebody without an account, who is answered only at an address.

    Who wants no answer tells nothing of themselves, and has nothing to accept.
    """

    agree = BooleanField(lazy("I accept the terms"), id="feedback-agree")

    answer = BooleanField(lazy("You may answer me"), default=False, id="feedback-answer")
    email = StringField(lazy("E-mail"), [WhenWanted(), AtMost(254)], id="feedback-email")
    homepage = StringField(filters=[clean_line], id="feedback-homepage")
    began = BeganField()

    @property
    def must_agree(self) -> bool:
        return bool(self.answer.data)
