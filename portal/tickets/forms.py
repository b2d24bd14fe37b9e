"""Forms of requests: shape and wording."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import HiddenField, MultipleFileField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from ..kit import clock
from ..kit.forms import LONG_TEXT, AtMost, Filled, Form, MailAddress, OnceField, clean_line, clean_text
from ..kit.i18n import lazy
from ..legal.forms import AcceptingForm
from ..readership.forms import as_token
from .wording import ASKED_KINDS, FACES


class BeganField(HiddenField):
    """When the form was made, signed: a machine fills it in within a blink, or never asked for it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(default=lambda: _signer().dumps(int(clock.now().timestamp())), **given)

    def seconds(self) -> float | None:
        """How long it was open; None when it is missing or was changed."""
        try:
            began = int(_signer().loads(str(self.data or "")))
        except (BadSignature, ValueError, TypeError):
            return None
        return clock.now().timestamp() - began


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="form-began")


class RequestForm(Form):
    once = OnceField()
    kind = RadioField(
        lazy("What is it?"),
        choices=[SelectChoice(key, look.word) for key, look in ASKED_KINDS.items()],
        default="question",
    )
    subject = StringField(
        lazy("In one line"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(255)],
        filters=[clean_line],
    )
    body = TextAreaField(
        lazy("What you did, and what you saw"),
        [Filled(lazy("Tell us what happened")), AtMost(LONG_TEXT)],
        filters=[clean_text],
    )
    files = MultipleFileField(lazy("Pictures and files"))
    article = StringField(filters=[clean_line])  # the one that the sender comes from; an odd one is none
    searched = HiddenField(filters=[as_token])


class VisitorForm(AcceptingForm, RequestForm):
    """The same from somebody without an account. People never see `homepage`; machines fill it in."""

    name = StringField(lazy("How should we call you?"), [AtMost(80)], filters=[clean_line])
    email = StringField(lazy("E-mail"), [MailAddress(), AtMost(254)])
    homepage = StringField(filters=[clean_line])
    began = BeganField()

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name in ("email", "name"):  # first, as they stand on the page
            self._fields.move_to_end(name, last=False)


class CallerForm(Form):
    """What an agent writes down for somebody on the phone or at the counter."""

    once = OnceField()
    name = StringField(
        lazy("Name"),
        [Filled(lazy("Ask for the name: it is read with the request")), AtMost(80)],
        filters=[clean_line],
    )
    email = StringField(lazy("E-mail"), [Optional(strip_whitespace=True), MailAddress(), AtMost(254)])
    kind = RadioField(
        lazy("What is it?"),
        choices=[SelectChoice(key, look.word) for key, look in ASKED_KINDS.items()],
        default="question",
    )
    subject = StringField(
        lazy("In one line"),
        [Filled(lazy("Say in a few words what it is about")), AtMost(255)],
        filters=[clean_line],
    )
    body = TextAreaField(
        lazy("What they say"),
        [Filled(lazy("Write down what they say")), AtMost(LONG_TEXT)],
        filters=[clean_text],
    )


class CodeForm(Form):
    """How a caller comes to the request."""

    number = StringField(
        lazy("Number"), [Filled(lazy("Write the number of the request"))], filters=[clean_line]
    )
    code = StringField(
        lazy("Code"), [Filled(lazy("Write the code that you were told"))], filters=[clean_line]
    )


class InviteForm(Form):
    email = StringField(lazy("E-mail"), [MailAddress(), AtMost(254)])


class EditForm(Form):
    body = TextAreaField(
        lazy("Your message"), [Filled(lazy("Write a word first")), AtMost(LONG_TEXT)], filters=[clean_text]
    )


class RatingForm(Form):
    score = RadioField(
        lazy("How was it?"),
        choices=[SelectChoice(str(score), look.word) for score, look in FACES.items()],
        validators=[InputRequired(lazy("Choose a face first"))],
    )
    comment = TextAreaField(lazy("Anything to add?"), [AtMost(5000)], filters=[clean_text])


class AnswerForm(Form):
    once = OnceField()
    body = TextAreaField(
        lazy("Your answer"), [Filled(lazy("Write a word first")), AtMost(LONG_TEXT)], filters=[clean_text]
    )
    files = MultipleFileField(lazy("Pictures and files"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, in words or files."""
        return not self.body.data and not any(file.filename for file in self.files.data or ())


class PreviewForm(Form):
    body = TextAreaField(validators=[AtMost(LONG_TEXT)], filters=[clean_text])


class SolvedForm(Form):
    """An article solved it: which one, and the question as it was typed."""

    once = OnceField()
    question = HiddenField(filters=[clean_line])
    article = HiddenField(filters=[clean_line])
