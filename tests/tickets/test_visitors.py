"""Requests without an account: seen by the desk at once, by their sender once the address is confirmed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.kit import clock
from portal.outbox.models import Once
from portal.people.models import Person
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import PASSWORD, make_answer
from .conftest import LinkOf, Mails

pytestmark = pytest.mark.usefixtures("early_in_the_hour")
BROWSER = Callable[[Person], PortalClient]
WORDS = {"name": "Vera", "email": "vera@example.org", "subject": "Quincelight", "body": "Marmaladeword"}


def ask(client: PortalClient, seconds: float = 60, **more: str) -> int:
    """Fill the visitors' form in within so many seconds; the status."""
    with clock.at(clock.now() - timedelta(seconds=seconds)):
        page = client.page("/tickets/new")
    hidden = {str(f["name"]): str(f.get("value", "")) for f in page.select("#ask input[type=hidden]")}
    return client.send("/tickets/new", {**hidden, **WORDS, **more}).status_code


def the_ticket() -> Ticket:
    return db.session.query(Ticket).order_by(Ticket.id.desc()).limit(1).one()


def test_a_visitor_asks_confirms_and_lands_on_the_request(client: PortalClient, link_of: LinkOf) -> None:
    assert ask(client) == 303
    assert "vera@example.org" in client.page("/tickets/sent").text
    link = link_of("vera@example.org")
    assert client.page(link).select_one("form[method=post] button")

    answer = client.send(link)

    assert answer.headers["Location"] == f"/tickets/{the_ticket().number}"
    page = client.page(answer.headers["Location"])
    assert "Marmaladeword" in page.text
    assert (
        client.send(f"{answer.headers['Location']}/answer", {"body": "And another word"}).status_code == 303
    )
    assert the_ticket().gate == ""


def test_until_it_is_confirmed_nothing_of_it_is_mailed_or_shown(
    client: PortalClient, people: Cast, browser_of: BROWSER, mails: Mails, link_of: LinkOf
) -> None:
    ask(client, email="customer@example.com")
    ticket = the_ticket()
    make_answer(ticket, people.agent, "Plumjamword")

    for address in ("customer@example.com", "agent@example.com"):
        for letter in mails(address):
            said = f"{letter.subject} {letter.text} {letter.html}"
            assert not [word for word in ("Quince", "Marmalade", "Vera", "Plumjam") if word in said]
    owner = browser_of(people.customer)
    assert owner.get(f"/tickets/{ticket.number}").status_code == 404
    for path in ("/tickets?show=all", "/account", "/tickets?q=marmaladeword"):
        assert "Quincelight" not in owner.page(path).text.replace("marmaladeword", "")
    assert client.get(f"/tickets/{ticket.number}").status_code == 303

    client.send(link_of("customer@example.com"))
    assert "Plumjamword" in " ".join(letter.text or "" for letter in mails("customer@example.com"))
    assert "Quincelight" in owner.page("/tickets?show=all").text


def test_agents_see_it_at_once_in_a_view_of_its_own(
    client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    ask(client)
    desk = browser_of(people.agent)
    assert "Quincelight" in desk.page("/desk?view=unconfirmed").text
    assert "Quincelight" not in desk.page("/desk?view=unassigned").text
    page = desk.page(f"/desk/tickets/{the_ticket().number}")
    assert [found for found in page.select("#ticket .callout") if "Address not confirmed" in found.text]


@pytest.mark.parametrize(
    ("seconds", "more"),
    [
        (1, {}),
        (60, {"homepage": "https://buy.example"}),
        (60, {"began": "12345.forged"}),
        (60, {"body": "see https://x.example " * 6}),
    ],
    ids=["in no time", "honeypot", "forged time", "full of links"],
)
def test_what_a_machine_may_have_sent_waits_to_be_looked_at(
    client: PortalClient,
    people: Cast,
    browser_of: BROWSER,
    mails: Mails,
    seconds: float,
    more: dict[str, str],
) -> None:
    assert ask(client, seconds, **more) == 303
    assert client.page("/tickets/sent").select_one("main h1")
    assert mails("vera@example.org") == []
    desk, number = browser_of(people.agent), the_ticket().number
    assert "Quincelight" in desk.page("/desk?view=held").text

    desk.send(f"/desk/tickets/{number}/gate", {"act": "through"})

    assert len(mails("vera@example.org")) == 1
    assert the_ticket().gate == "unconfirmed"


def test_what_was_set_aside_is_kept_and_never_mailed(
    client: PortalClient, people: Cast, browser_of: BROWSER, mails: Mails
) -> None:
    ask(client, 1)
    desk = browser_of(people.agent)
    desk.send(f"/desk/tickets/{the_ticket().number}/gate", {"act": "aside"})
    assert mails("vera@example.org") == []
    assert "Quincelight" in desk.page("/desk?view=all").text
    assert "Quincelight" not in desk.page("/desk?view=held").text


def test_a_form_that_was_open_all_day_is_no_machines(client: PortalClient) -> None:
    assert ask(client, 8 * 3600) == 303
    assert the_ticket().gate == "unconfirmed"


@pytest.mark.parametrize(
    "bad", [{"email": "nobody"}, {"email": ""}, {"subject": " "}, {"body": ""}, {"kind": "x"}]
)
def test_a_wrong_field_is_named_and_the_words_stay(client: PortalClient, bad: dict[str, str]) -> None:
    answer = client.send("/tickets/new", {"began": "x", **WORDS, **bad})
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one("#errors a, #errors li")
    kept = "body" if "body" not in bad else "subject"
    assert WORDS[kept] in answer.text


def test_a_flood_is_refused_with_the_words_kept(app: Flask, client: PortalClient) -> None:
    statuses = [ask(client) for _ in range(app.config["LIMIT_VISITOR_ADDRESS"] + 1)]
    assert statuses == [303] * app.config["LIMIT_VISITOR_ADDRESS"] + [429]
    assert db.session.query(Once).count() == app.config["LIMIT_VISITOR_ADDRESS"]


def test_a_link_to_confirm_ends_and_a_changed_one_opens_nothing(
    client: PortalClient, link_of: LinkOf
) -> None:
    ask(client)
    link = link_of("vera@example.org")
    assert client.get(link[:-2] + "xx").status_code == 404
    with clock.at(clock.now() + timedelta(days=15)):
        assert client.get(link).status_code == 404
        assert client.send(link).status_code == 404
    assert the_ticket().gate == "unconfirmed"
    assert [client.send(link).status_code for _ in range(2)] == [303, 303]  # pressed twice: the same page


def test_an_account_made_later_has_the_whole_history(
    client: PortalClient, link_of: LinkOf, mails: Mails
) -> None:
    ask(client)
    client.send(link_of("vera@example.org"))
    form = {"name": "Vera", "email": "vera@example.org", "password": "a long sentence of mine", "zone": ""}
    client.send("/sign-up", form)
    text = " ".join(letter.text or "" for letter in mails("vera@example.org"))
    client.send("/confirm/" + text.partition(":8000/confirm/")[2].split()[0])

    assert "Quincelight" in client.page("/tickets").text
    assert db.session.query(Person).filter_by(email="vera@example.org").count() == 1


def test_somebody_who_only_wrote_cannot_sign_in(client: PortalClient, people: Cast) -> None:
    ask(client)
    for password in ("", PASSWORD):
        form = {"email": "vera@example.org", "password": password}
        assert client.send("/sign-in", form).status_code == 422


def test_a_form_that_arrives_twice_makes_one_request(client: PortalClient) -> None:
    page = client.page("/tickets/new")
    hidden = {str(f["name"]): str(f.get("value", "")) for f in page.select("#ask input[type=hidden]")}
    before = db.session.query(Ticket).count()
    for _ in range(2):
        assert client.send("/tickets/new", {**hidden, **WORDS}).headers["Location"] == "/tickets/sent"
    assert db.session.query(Ticket).count() == before + 1


def test_who_closes_the_door_closes_it_for_the_link_that_confirmed_too(
    client: PortalClient, link_of: LinkOf
) -> None:
    ask(client)
    link = link_of("vera@example.org")
    path = client.send(link).headers["Location"]
    client.page(path)
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert client.send(f"{path}/stop-links").status_code == 303
        assert client.send(link).status_code == 404
        assert client.get(path).status_code == 303
