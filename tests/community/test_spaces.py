"""Spaces: made and changed by those who may, read by their circle, with members, files and shared requests."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from portal.audit.models import AuditEntry
from portal.community.models import Space, SpaceItem, SpaceMember
from portal.community.queries import MOST_ITEMS
from portal.extensions import db
from portal.outbox.models import Job
from portal.people.actions import know
from portal.people.models import Person

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_space, make_ticket, make_topic

Browser = Callable[[Person], PortalClient]
PLAN: dict[str, Any] = {
    "name": "Early firmware",
    "audience": "members",
    "kinds": ["question"],
    "icon": "rocket",
    "locale": "",
}


def test_a_space_is_made_once_changed_and_moved_on_record(people: Cast, browser_of: Browser) -> None:
    make_space()
    manager = browser_of(people.manager)
    form = PLAN | {"once": "o" * 20}

    for _ in range(2):
        assert (
            manager.send("/community/spaces/new", form).headers["Location"]
            == "/community/spaces/early-firmware"
        )
    manager.send("/community/spaces/early-firmware", PLAN | {"name": "Früh dran", "staff_only": "y"})
    manager.send("/community/spaces/early-firmware/move", {"way": "up"})

    space = db.session.query(Space).filter_by(slug="early-firmware").one()
    assert (space.name, space.open_to_all, space.kinds) == ("Früh dran", False, ["question"])
    assert [one.text for one in manager.page("/community/spaces").select(".line-item a")] == [
        "Früh dran",
        "Routers",
    ]
    acts = [
        entry.act for entry in db.session.query(AuditEntry).filter(AuditEntry.about == f"space {space.id}")
    ]
    assert acts == ["made a space", "changed a space", "changed a space"]
    assert browser_of(people.agent).get("/community/spaces").status_code == 403


SENSELESS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": "\u200b"}, "Say in a few words what belongs here"),
    ({"audience": "organisation", "organisation": "Nobody Ltd"}, "No organisation has this name"),
    ({"audience": "friends"}, "Not a valid choice"),
    ({"kinds": []}, "Choose at least one"),
    ({"icon": "skull"}, "Not a valid choice"),
)


def test_a_space_that_makes_no_sense_is_refused(people: Cast, browser_of: Browser) -> None:
    manager = browser_of(people.manager)

    for more, sentence in SENSELESS:
        answer = manager.send("/community/spaces/new", PLAN | more)
        assert (answer.status_code, sentence in answer.text) == (422, True), more
    assert db.session.query(Space).count() == 0


def test_names_without_latin_letters_and_names_that_are_taken_have_an_address(
    people: Cast, browser_of: Browser
) -> None:
    manager = browser_of(people.manager)
    for n, name in enumerate(("Роутеры", "Роутеры", "Space %")):
        manager.send("/community/spaces/new", PLAN | {"name": name, "once": f"{n}" * 20})

    assert {space.slug for space in db.session.query(Space)} == {"space", "space-2", "space-3"}


def test_a_narrowed_space_leaves_nothing_in_lists_or_search(
    app: Flask, people: Cast, browser_of: Browser, work: Callable[[], int]
) -> None:
    space = make_space("Open talk")
    topic = make_topic(space, people.customer, "Quokkas")
    work()
    manager = browser_of(people.manager)

    manager.send("/community/spaces/open-talk", PLAN | {"name": "Open talk"})

    jobs = db.session.query(Job).filter(Job.kind == "community.reindex", Job.done.is_(None)).count()
    assert jobs == 1
    assert work() > 1
    for other in (browser_of(people.stranger), browser_of(people.customer), app.test_client()):
        assert other.get(topic.address).status_code == 404
        assert other.get(space.address).status_code == 404
        assert "Quokkas" not in other.get("/community").text
        assert "Open talk" not in other.get("/community").text
    assert manager.page(topic.address)


def test_members_are_added_by_address_and_nothing_tells_whether_somebody_has_it(
    people: Cast, browser_of: Browser
) -> None:
    make_space("Circle", "members")
    manager = browser_of(people.manager)

    answers = [
        manager.send("/community/spaces/circle/members", {"email": email}, follow_redirects=True)
        for email in ("stranger@example.com", "Nobody@Example.com")
    ]

    assert all("Whoever has this address reads the space from now on" in one.text for one in answers)
    shown = [one.text for one in manager.page("/community/spaces/circle").select("#members .line-item span")]
    assert [one for one in shown if "@" in one] == ["nobody@example.com", "stranger@example.com"]
    assert people.stranger.shown not in manager.page("/community/spaces/circle").select_one(
        "#members"
    ).text.replace("stranger@", "")  # type: ignore[union-attr]
    assert browser_of(people.stranger).get("/community/in/circle").status_code == 200
    manager.send(f"/community/spaces/circle/members/{people.stranger.id}/remove")
    assert browser_of(people.stranger).get("/community/in/circle").status_code == 404
    assert manager.send("/community/spaces/circle/members", {"email": "no address"}).status_code == 422
    assert know("nobody@example.com", "", "en").id == db.session.query(SpaceMember).one().person_id


def test_files_stand_in_a_circle_for_those_who_read_it(app: Flask, people: Cast, browser_of: Browser) -> None:
    make_space("Ours", "organisation", organisation=people.customer.memberships[0].organisation)
    make_space("Open")
    customer, colleague = browser_of(people.customer), browser_of(people.colleague)
    form = {"once": "f" * 20, "title": "Plan", "files": [(BytesIO(b"a plan"), "plan.txt")]}

    sent = customer.send("/community/in/ours/files", form, content_type="multipart/form-data")

    assert sent.status_code == 303
    item = db.session.query(SpaceItem).one()
    assert colleague.get(item.url, buffered=True).data == b"a plan"
    for other in (browser_of(people.stranger), browser_of(people.agent), app.test_client()):
        assert other.get(item.url).status_code == 404
    assert colleague.send(f"/community/in/ours/items/{item.id}/remove").status_code == 404
    assert customer.get("/community/in/open/files").status_code == 403
    assert customer.send("/community/in/ours/files", {"title": "None"}).status_code == 422
    assert (
        "does not hold what its ending says"
        in customer.send(
            "/community/in/ours/files",
            {"files": [(BytesIO(b"MZ"), "a.png")]},
            content_type="multipart/form-data",
        ).text
    )
    customer.send(f"/community/in/ours/items/{item.id}/remove")
    assert colleague.get(item.url).status_code == 404


def test_a_shared_request_shows_title_and_state_and_opens_for_nobody_else(
    people: Cast, browser_of: Browser
) -> None:
    make_space("Ours", "organisation", organisation=people.customer.memberships[0].organisation)
    ticket = make_ticket(people.customer, "Quokka in the attic", "secretwords")
    customer, colleague = browser_of(people.customer), browser_of(people.colleague)

    for _ in range(2):
        customer.send("/community/in/ours/requests", {"number": f"#{ticket.number}"})

    page = colleague.page("/community/in/ours")
    assert [one.text for one in page.select("#requests a.plain")] == ["Quokka in the attic"]
    assert "secretwords" not in page.text
    assert colleague.get(f"/tickets/{ticket.number}").status_code == 404
    refused = colleague.send("/community/in/ours/requests", {"number": str(ticket.number)})
    assert (refused.status_code, "None of your own requests has this number" in refused.text) == (422, True)
    make_space("Open")
    assert customer.send("/community/in/open/requests", {"number": str(ticket.number)}).status_code == 403


def test_what_is_put_into_a_space_counts_among_the_posts_of_an_hour(
    app: Flask, people: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_space("Ours", "organisation", organisation=people.customer.memberships[0].organisation)
    number = make_ticket(people.customer).number
    monkeypatch.setitem(app.config, "LIMIT_POSTS_NEW", 2)
    customer = browser_of(people.customer)

    def put(one: int) -> int:
        form = {"once": f"{one}" * 20, "files": [(BytesIO(b"a plan"), f"plan{one}.txt")]}
        sent = customer.send("/community/in/ours/files", form, content_type="multipart/form-data")
        return sent.status_code

    assert [put(one) for one in range(3)] == [303, 303, 422]
    shared = customer.send("/community/in/ours/requests", {"number": str(number)})
    assert (shared.status_code, "That was a lot in one hour" in shared.text) == (422, True)


def test_all_files_of_a_space_can_be_reached(people: Cast, browser_of: Browser) -> None:
    space = make_space("Ours", "members", members=[people.customer])
    for number in range(MOST_ITEMS + 1):
        item = SpaceItem(space_id=space.id, by_id=people.customer.id, title=f"Plan {number}.", name="a.txt")
        item.key = f"{number:032}"
        db.session.add(item)
    db.session.commit()
    customer = browser_of(people.customer)
    page = customer.page("/community/in/ours")
    assert "Plan 0." not in page.text
    more = page.find("a", string="All files and requests")
    assert "Plan 0." in customer.page(str(more["href"]).partition("#")[0]).text  # type: ignore[index]
