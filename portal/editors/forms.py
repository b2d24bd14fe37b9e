"""The form in which editors teach search."""

from wtforms import HiddenField, TextAreaField

from ..kit.forms import LONG_TEXT, AtMost, Form, clean_text
from ..kit.i18n import lazy


class LessonForm(Form):
    shown = HiddenField()  # a digest of the text when it was shown
    text = TextAreaField(lazy("A line for each"), [AtMost(LONG_TEXT)], filters=[clean_text])
