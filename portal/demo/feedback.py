"""The part of the demo about feedback: moods from several pages, one with a picture, with answers."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from flask_babel import force_locale
from werkzeug.datastructures import FileStorage

from ..feedback.actions import Felt, send, send_as_visitor
from ..kit import clock
from ..people.models import Person
from ..tickets.actions import Words, reply
from ..tickets.models import Ticket
from ..tickets.visitors import Visitor, confirm_request

BROWSER = "Chrome, Linux"


def fill_feedback(
    rows: list[dict[str, Any]],
    people: dict[str, Person],
    moment: Callable[[str], datetime],
    picture: Callable[[], bytes],
) -> None:
    """Make what feedback.yaml says; `moment` turns its "ago" into a time, and `picture` draws one."""
    for row in rows:
        with clock.at(moment(row["ago"])):
            ticket = _send(row, people.get(row["by"]), picture)
        for answer in row.get("answers", ()):
            with clock.at(moment(answer["ago"])):
                reply(ticket, Words(answer["text"].strip()), people[answer["by"]], then=answer["then"])


def _send(row: dict[str, Any], by: Person | None, picture: Callable[[], bytes]) -> Ticket:
    files = [("picture.png", FileStorage(BytesIO(picture()), "picture.png"))] if row.get("picture") else []
    language = by.language if by else row["language"]
    situation = {"language": language, "browser": BROWSER, "signed_in": by is not None}
    situation |= {name: row[name] for name in ("window", "theme") if name in row}
    situation |= {"roles": ["customer"], "zone": by.zone} if by else {}
    felt = Felt(row["mood"], Words(row["text"].strip(), files), row["page"], situation, row["answer"])
    with force_locale(language):
        if by:
            return send(felt, by)
        email = row.get("email", "")
        ticket = send_as_visitor(felt, Visitor("" if email else "Visitor", email, language), odd=False)
    if row.get("confirmed"):
        confirm_request(ticket)
    return ticket
