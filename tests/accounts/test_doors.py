"""Every link that is mailed opens its own door and no other one, and only as it was written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.actions import make_link
from portal.accounts.address import ask_change
from portal.accounts.models import AddressChange
from portal.community.following import make_token as stop_following
from portal.company.actions import try_mail
from portal.extensions import db
from portal.kit import clock, crypto
from portal.notifications.letters import make_token as unsubscribe
from portal.people.models import Person, Role
from portal.staff.actions import Offer, invite
from portal.tickets.guests import link_path

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_space, make_ticket, make_topic

Browser = Callable[[Person], PortalClient]
PURPOSES = {
    "/confirm/": "confirm",
    "/reset/": "reset",
    "/sign-in/link/": "sign_in_link",
    "/address/new/": "address_new",
    "/address/old/": "address_old",
    "/address/object/": "address_object",
    "/tickets/confirm/": "request",
    "/tickets/join/": "follow",
}


def _tokens(people: Cast) -> dict[str, str]:
    """A living token for each door."""
    customer, ticket = people.customer, make_ticket(people.customer)
    ask_change(customer, "other@example.org", "password")
    change = db.session.query(AddressChange).one()
    payload = {"browser": "", "next": "", "called": "C", "ticket": ticket.id, "by": customer.id}
    payload |= {"change": change.id, "language": "en"}
    until = (clock.now() + timedelta(minutes=10)).isoformat()
    found = {
        door: make_link(purpose, customer.email or "", payload, customer.id, until)
        for door, purpose in PURPOSES.items()
    }
    agent = db.session.query(Role).filter_by(key="agent").one()
    found["/invitation/"] = crypto.new_token()
    invite(Offer("n@example.org", "N", "en", [agent]), people.admin).digest = crypto.digest(
        found["/invitation/"]
    )
    found["/admin/ready/arrived/"] = try_mail("admin@example.com", people.admin)
    found["/tickets/link/"] = link_path(ticket, customer).removeprefix("/tickets/link/")
    found["/unsubscribe/"] = unsubscribe(customer.id, "answer")
    topic = make_topic(make_space("Open"), customer)
    found["/community/stop/"] = stop_following(customer.id, "topic", str(topic.id))
    db.session.commit()
    return found


@pytest.mark.parametrize("full_app", ["sqlite"], indirect=True)
def test_a_link_opens_its_own_door_and_no_other(app: Flask, people: Cast, client: PortalClient) -> None:
    """Row 27, and each door that is added later."""
    own = _tokens(people)
    rules = {rule.rule for rule in app.url_map.iter_rules() if "token" in rule.arguments}
    doors = {rule.partition("<")[0] for rule in rules}
    assert doors - {"/address/"} == {door for door in own if not door.startswith("/address/")}
    opened = {door: client.get(door + token).status_code for door, token in own.items()}
    assert set(opened.values()) <= {200, 303}, opened
    names = list(own)
    for turn, door in enumerate(names):
        token = own[door]
        foreign = [own[names[(turn + step) % len(names)]] for step in (1, 2, 5)]
        for wrong in (*foreign, token[:-1], token.swapcase(), f"%00{token}", "null"):
            assert client.get(door + wrong).status_code == 404, (door, wrong)
        assert client.send(door + foreign[0]).status_code in (404, 405), door
