"""Places in canned answers that are filled for each ticket."""

import re

from ..kit.i18n import lazy
from ..kit.markdown import escape_markdown
from ..tickets.models import Ticket

PLACES = {"name": lazy("the customer's name"), "number": lazy("the number of the request")}
_PLACE = re.compile(r"\{(\w+)\}")


def unknown_places(body: str) -> list[str]:
    """Places that nothing is known to fill, as they stand in the text."""
    return [place[0] for place in _PLACE.finditer(body) if place[1] not in PLACES]


def filled(body: str, ticket: Ticket) -> str:
    """The text for a ticket; the name shows as typed, whatever signs it has."""
    values = {"name": escape_markdown(ticket.requester.shown), "number": str(ticket.number)}
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), body)
