"""Forms of the desk."""

import re
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice

from ..kit.forms import AtMost, Filled, Form, MailAddress, clean_line
from ..kit.i18n import lazy
from ..tickets.forms import AnswerForm
from ..tickets.models import NEEDED


class SeenField(HiddenField):
    """Number of the newest event that the agent had on the page; of several, as after a refusal, the newest counts."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        numbers = [int(value) for value in valuelist if re.fullmatch(r"[0-9]{1,18}", value)]
        self.data = max(numbers, default=0)


class LostMailboxForm(Form):
    """Another address for a customer who rings, and the code that they read out."""

    email = StringField(lazy("New address"), [MailAddress(), AtMost(254)])
    code = StringField(
        lazy("Code"), [Filled(lazy("Ask for the code, and write it here")), AtMost(40)], filters=[clean_line]
    )


class DeskForm(AnswerForm):
    """An answer or an internal note.

    `seen` is the newest event when the composer was opened, `shown` the newest that live updates have put on the page.
    """

    kind = RadioField(
        choices=[SelectChoice("answer", lazy("Answer")), SelectChoice("note", lazy("Internal note"))],
        default="answer",
    )
    then = SelectField(
        lazy("Then"),
        choices=[
            SelectChoice("waiting", lazy("then wait for the customer")),
            SelectChoice("open", lazy("it stays open")),
            SelectChoice("solved", lazy("then it is solved")),
        ],
        default="waiting",
    )
    needed = StringField(lazy("The customer owes us"), [AtMost(NEEDED)], filters=[clean_line])
    seen = SeenField(default=0)
    shown = SeenField(default=0)
    view = HiddenField()
