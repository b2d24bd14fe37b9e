"""What people wrote acts on no page: wherever it stands, htmx is told to pass it over, and is set up to do little."""

import json
from collections.abc import Callable

import pytest
from bs4 import Tag

from portal.extensions import db
from portal.legal.actions import keep_draft, publish
from portal.legal.queries import PageWords, plan_of
from portal.legal.standing import look_anew
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_note, make_space, make_ticket, make_topic

Browser = Callable[[Person], PortalClient]
WORDS = "Zanzibarwords"


def _is_passed_over(place: Tag) -> bool:
    return any(one.has_attr("hx-ignore") for one in (place, *place.parents))


@pytest.mark.parametrize("full_app", ["sqlite"], indirect=True)
def test_htmx_passes_over_what_people_wrote(people: Cast, browser_of: Browser) -> None:
    """Row 20."""
    ticket = make_ticket(people.customer, "A request", WORDS)
    make_answer(ticket, people.agent, body=WORDS)
    make_note(ticket, people.agent, WORDS)
    topic = make_topic(make_space(), people.customer, "A topic", WORDS)
    keep_draft("terms", "en", PageWords("Terms", WORDS, ""), PageWords().digest, people.admin)
    publish("terms", plan_of("terms").digest, anew=False, by=people.admin)
    look_anew()
    db.session.commit()
    for reader, path in (
        (people.customer, f"/tickets/{ticket.number}"),
        (people.customer, f"/tickets/{ticket.number}/print"),
        (people.agent, f"/desk/tickets/{ticket.number}"),
        (people.customer, topic.address),
        (people.customer, "/terms"),
    ):
        page = browser_of(reader).page(path)
        found = page.find_all(string=lambda text: WORDS in str(text))
        places = [one.parent for one in found if isinstance(one.parent, Tag)]
        shown = [place for place in places if place.name not in ("title", "script", "textarea")]
        assert shown, path
        assert all(_is_passed_over(place) for place in shown), path
        config = json.loads(str(page.select("meta[name=htmx-config]")[0]["content"]))
        assert (config["mode"], config["history"], config["includeIndicatorCSS"]) == (
            "same-origin",
            "reload",
            False,
        )
