"""Forms of requests: shape and wording."""

from wtforms import HiddenField, MultipleFileField, StringField, TextAreaField

from ..kit.forms import LONG_TEXT, AtMost, Filled, Form, OnceField, clean_line, clean_text
from ..kit.i18n import lazy


class RequestForm(Form):
    once = OnceField()
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


class AnswerForm(Form):
    once = OnceField()
    body = TextAreaField(
        lazy("Your answer"), [Filled(lazy("Write a word first")), AtMost(LONG_TEXT)], filters=[clean_text]
    )
    files = MultipleFileField(lazy("Pictures and files"))


class PreviewForm(Form):
    body = TextAreaField(validators=[AtMost(LONG_TEXT)], filters=[clean_text])


class SolvedForm(Form):
    """An article solved it: which one, and the question as it was typed."""

    once = OnceField()
    question = HiddenField(filters=[clean_line])
    article = HiddenField(filters=[clean_line])
