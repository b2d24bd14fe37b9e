"""Forms of the desk."""

from wtforms import HiddenField, IntegerField, RadioField, SelectField

from ..kit.i18n import lazy
from ..tickets.forms import AnswerForm


class DeskForm(AnswerForm):
    """An answer or an internal note; `seen` is the newest event that the agent had on the page."""

    kind = RadioField(choices=[("answer", lazy("Answer")), ("note", lazy("Internal note"))], default="answer")
    then = SelectField(
        lazy("Then"),
        choices=[
            ("waiting", lazy("then wait for the customer")),
            ("open", lazy("it stays open")),
            ("solved", lazy("then it is solved")),
        ],
        default="waiting",
    )
    seen = IntegerField(default=0)
    view = HiddenField()
