"""The form of a canned answer."""

from typing import Any

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError

from ..kit.forms import AtMost, Filled, Form, OnceField, clean_line, clean_text
from ..kit.i18n import LANGUAGES, _, lazy
from .wording import PLACES, unknown_places


class KnownPlaces:
    """The text names only places that can be filled."""

    def __call__(self, form: Any, field: Any) -> None:
        unknown = unknown_places(field.data or "")
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in PLACES)
            raise ValidationError(
                _(
                    "Nothing is known for %(place)s. These can be filled: %(known)s",
                    place=unknown[0],
                    known=known,
                )
            )


class CannedForm(Form):
    once = OnceField()
    shown = HiddenField()  # a digest of what stood there when the form was shown
    title = StringField(
        lazy("Title"), [Filled(lazy("Say what it is for, in a few words")), AtMost(120)], filters=[clean_line]
    )
    keyword = StringField(lazy("Short word"), [AtMost(30)], filters=[clean_line])
    body = TextAreaField(
        lazy("Text"), [Filled(lazy("Write the answer")), AtMost(4000), KnownPlaces()], filters=[clean_text]
    )
    language = SelectField(
        lazy("For customers who write in"),
        choices=[
            SelectChoice("", lazy("any language")),
            *(SelectChoice(*item) for item in LANGUAGES.items()),
        ],
    )
    team = SelectField(lazy("For the team"), choices=[])
