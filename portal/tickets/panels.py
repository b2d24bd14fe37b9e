"""What higher features show on a request's page: features.py hands their functions in, here their templates are drawn."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from ..people.models import Person
from .models import Ticket

Panel = Callable[[Ticket, Person], tuple[str, dict[str, Any]] | None]


def panels_of(place: str, ticket: Ticket, person: Person, **about: Any) -> list[Markup]:
    """What stands beside a request at a place, "ticket_panels" for the customer's side or "desk_panels", in its order."""
    panels: Sequence[Panel] = current_app.extensions[place]
    drawings = [drawing for panel in panels if (drawing := panel(ticket, person))]
    parts = (
        render_template(name, **{"ticket": ticket, "person": person, **about, **values})
        for name, values in drawings
    )
    return [Markup(part) for part in parts]  # noqa: S704 -- templates escape what they are given
