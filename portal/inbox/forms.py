"""The form that puts a mail into a ticket."""

import re
from typing import Any

from wtforms import StringField, ValidationError

from ..kit.forms import Form
from ..kit.i18n import lazy


class TicketNumber:
    """The number of a ticket, with or without its #."""

    def __call__(self, form: Any, field: Any) -> None:
        field.data = (field.data or "").strip().removeprefix("#")
        if not re.fullmatch(r"[0-9]{1,9}", field.data):
            raise ValidationError(str(lazy("Write the number of a request, like 20017")))


class PlaceForm(Form):
    number = StringField(lazy("Number of the request"), [TicketNumber()])
