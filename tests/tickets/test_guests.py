"""Reading one request without signing in: by the link of a mail, by number and code."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter
from portal.notifications.models import Notice
from portal.people.models import Person
from portal.tickets.models import Ticket

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_note, make_ticket
from .conftest import LinkOf, Mails
from .test_visitors import ask

pytestmark = pytest.mark.usefixtures("early_in_the_hour")
BROWSER = Callable[[Person], PortalClient]


def enter(client: PortalClient, link: str) -> str:
    answer = client.get(link)
    assert answer.status_code == 303
    return str(answer.headers["Location"]).partition("#")[0]


def test_a_mails_link_opens_its_request_and_nothing_else(
    client: PortalClient, people: Cast, link_of: LinkOf
) -> None:
    ticket, other = make_ticket(people.customer), make_ticket(people.customer, "Another one")
    make_answer(ticket, people.agent)
    make_note(ticket, people.agent, "Elderberryword")
    path = enter(client, link_of("customer@example.com", str(ticket.number)))

    page = client.page(path)

    assert "Open for Customer" in page.text
    assert client.get(path).headers["Cache-Control"] == "no-store"
    assert "Elderberryword" not in page.text
    assert client.send(f"{path}/answer", {"body": "From the train"}).status_code == 303
    assert "From the train" in client.page(path).text
    for closed in (
        f"/tickets/{other.number}",
        "/tickets",
        "/account",
        "/account/security",
        f"/desk/tickets/{ticket.number}",
    ):
        assert client.get(closed).status_code == 303, closed
        assert "/sign-in" in client.get(closed).headers["Location"]
    for act in ("followers", "share", "withdraw"):
        assert client.send(f"{path}/{act}", {"email": "x@example.org"}).status_code == 401, act
    ids = (ticket.id, other.id, people.customer.id)
    topics = [f"ticket-{ids[0]}", f"ticket-{ids[1]}", f"desk-ticket-{ids[0]}", f"person-{ids[2]}"]
    heard = [client.get(f"/live?topic={topic}", buffered=False).status_code for topic in topics]
    assert heard == [200, 404, 404, 404]


def test_a_link_lives_thirty_days(client: PortalClient, people: Cast, link_of: LinkOf) -> None:
    make_answer(make_ticket(people.customer), people.agent)
    link = link_of("customer@example.com")
    with clock.at(clock.now() + timedelta(days=29, hours=23)):
        path = enter(client, link)
        client.page(path)
    with clock.at(clock.now() + timedelta(days=30, seconds=1)):
        assert client.get(link).status_code == 404
        assert client.get(path).status_code == 404


def test_its_person_closes_it_for_everybody_it_was_sent_on_to(
    app: Flask, people: Cast, link_of: LinkOf
) -> None:
    ticket = make_ticket(people.customer)
    number = ticket.number
    make_answer(ticket, people.agent)
    link = link_of("customer@example.com")
    first, second = app.test_client(), app.test_client()
    path = enter(first, link)  # type: ignore[arg-type]
    enter(second, link)  # type: ignore[arg-type]

    assert first.send(f"{path}/stop-links").status_code == 303  # type: ignore[attr-defined]

    assert second.get(path).status_code == 404
    assert second.get(link).status_code == 404
    with clock.at(clock.now() + timedelta(minutes=1)):
        newer = db.session.query(Ticket).filter_by(number=number).one()
        make_answer(newer, db.session.get_one(Person, people.agent.id), "A newer mail has a newer link")
        enter(second, link_of("customer@example.com"))  # type: ignore[arg-type]


@pytest.mark.parametrize("change", ["cut", "other ticket", "empty", "long"])
def test_a_changed_link_opens_nothing(
    client: PortalClient, people: Cast, link_of: LinkOf, change: str
) -> None:
    make_answer(make_ticket(people.customer), people.agent)
    token = link_of("customer@example.com").rpartition("/")[2]
    wrong = {
        "cut": token[:-3],
        "other ticket": "WzEsMSwxXQ." + token.partition(".")[2],
        "empty": "x",
        "long": token * 20,
    }
    assert client.get(f"/tickets/link/{wrong[change]}").status_code == 404


def test_a_person_who_was_deactivated_is_let_in_no_more(
    client: PortalClient, people: Cast, link_of: LinkOf
) -> None:
    make_answer(make_ticket(people.customer), people.agent)
    path = enter(client, link_of("customer@example.com"))
    people.customer.active = False
    db.session.commit()
    assert client.get(path).status_code == 404


def call(desk: PortalClient, **more: str) -> tuple[int, str]:
    """A caller's request, written down at the desk; its number and code."""
    form = {
        "name": "Rui",
        "email": "",
        "kind": "incident",
        "subject": "No light",
        "body": "It is dark.",
        **more,
    }
    answer = desk.send_fresh("/desk/new", form)
    assert answer.status_code == 303
    page = desk.page(answer.headers["Location"])
    number, code = (part.text for part in page.select(".read-out dd"))
    return int(number), code


def test_a_caller_follows_and_answers_with_number_and_code(
    client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    desk = browser_of(people.agent)
    number, code = call(desk)
    form = {"number": f"#{number}", "code": code.lower().replace("-", " ")}

    assert client.send("/tickets/follow", form).headers["Location"] == f"/tickets/{number}"

    page = client.page(f"/tickets/{number}")
    assert "Open by its code" in page.text
    assert "on the phone to Agent" in page.text
    assert client.send(f"/tickets/{number}/answer", {"body": "It shines again"}).status_code == 303
    assert "It shines again" in desk.page(f"/desk/tickets/{number}").text


def test_the_code_is_shown_once_and_stored_nowhere(people: Cast, browser_of: BROWSER) -> None:
    desk = browser_of(people.agent)
    number, code = call(desk)
    ticket = db.session.query(Ticket).filter_by(number=number).one()
    assert code not in str(vars(ticket))
    assert code not in browser_of(people.manager).page(f"/desk/tickets/{number}/code").text


def test_a_request_without_a_code_says_so_and_offers_one(people: Cast, browser_of: BROWSER) -> None:
    desk, path = browser_of(people.agent), f"/desk/tickets/{make_ticket(people.customer).number}/code"
    assert "No code yet" in desk.page(path).text
    assert desk.page(path).select("main button.btn-primary")
    desk.send(path)
    assert desk.page(path).select(".read-out")
    assert "shown once" in desk.page(path).text
    assert "No code yet" not in desk.page(path).text


def test_who_writes_down_what_a_caller_says_needs_no_word_of_it(
    people: Cast, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    call(browser_of(people.agent))
    work()
    told = {one.person_id for one in db.session.query(Notice) if one.kind == "asked"}
    assert people.manager.id in told
    assert people.agent.id not in told
    assert "agent@example.com" not in {letter.recipient for letter in db.session.query(Letter)}


def test_a_new_code_closes_the_old_one_also_where_it_is_open(
    client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    desk = browser_of(people.agent)
    number, code = call(desk)
    client.send("/tickets/follow", {"number": str(number), "code": code})
    desk.send(f"/desk/tickets/{number}/code")
    closed = client.get(f"/tickets/{number}")
    assert closed.status_code == 404
    assert "I have a number and a code" in closed.text
    assert client.send("/tickets/follow", {"number": str(number), "code": code}).status_code == 422


def test_codes_cannot_be_tried_out(
    app: Flask, client: PortalClient, people: Cast, browser_of: BROWSER
) -> None:
    number, code = call(browser_of(people.agent))
    wrong = {"number": str(number), "code": "AAAA-AAAA"}
    for _ in range(app.config["LIMIT_CODE"]):
        assert client.send("/tickets/follow", wrong).status_code == 422
    assert client.send("/tickets/follow", {"number": str(number), "code": code}).status_code == 429
    far = {
        "REMOTE_ADDR": "198.51.100.7"
    }  # another source: the caller's own is not locked out by a stranger's tries
    assert client.send("/tickets/follow", wrong, environ_base=far).status_code == 422
    app.config["LIMIT_CODE_NUMBER"] = app.config["LIMIT_CODE"] + 1  # many sources at one number
    assert client.send("/tickets/follow", wrong, environ_base=far).status_code == 429


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 30, "-1", "²"])
def test_an_odd_number_is_answered_like_a_wrong_one(client: PortalClient, number: str) -> None:
    assert client.send("/tickets/follow", {"number": number, "code": "AAAA-AAAA"}).status_code == 422


def test_a_request_without_a_code_is_not_opened_by_an_empty_one(client: PortalClient, people: Cast) -> None:
    number = make_ticket(people.customer).number
    for code in ("", "-", "!", "0"):
        assert client.send("/tickets/follow", {"number": str(number), "code": code}).status_code == 422


def test_a_caller_with_an_address_is_the_person_who_has_it(people: Cast, browser_of: BROWSER) -> None:
    number, _ = call(browser_of(people.agent), email="Customer@Example.com")
    assert browser_of(people.customer).page(f"/tickets/{number}")


def test_a_guest_closes_a_request_on_this_browser_alone(app: Flask, people: Cast, link_of: LinkOf) -> None:
    make_answer(make_ticket(people.customer), people.agent)
    link = link_of("customer@example.com")
    first, second = PortalClient(app), PortalClient(app)
    path = enter(first, link)
    enter(second, link)
    assert "Stop all links to this request?" in first.page(f"{path}/stop-links").text

    first.send(f"{path}/leave")

    assert "/sign-in" in first.get(path).headers["Location"]
    assert second.get(path).status_code == 200
    enter(first, link)


def test_a_stopped_link_offers_a_new_one_which_goes_to_the_owner_alone(
    app: Flask, people: Cast, link_of: LinkOf, mails: Mails
) -> None:
    ticket = make_ticket(people.customer)
    make_answer(ticket, people.agent)
    link = link_of("customer@example.com")
    owner, holder = PortalClient(app), PortalClient(app)
    owner.send(f"{enter(owner, link)}/stop-links")
    over = holder.get(link)
    form = soup(over).select_one("form[action$='/again']")
    assert form
    with clock.at(clock.now() + timedelta(seconds=5)):
        for _ in range(5):
            assert holder.send(str(form["action"])).status_code == 303
        fresh = [mail for mail in mails("customer@example.com") if "A new link" in mail.subject]
        assert len(fresh) == app.config["LIMIT_MAIL_ADDRESS"]
        assert holder.get(f"/tickets/{ticket.number}").status_code == 303
        enter(holder, link_of("customer@example.com", "A new link"))
    assert holder.send("/tickets/link/nothing/again").status_code == 404


def test_a_confirmed_request_is_not_asked_for_again(client: PortalClient, link_of: LinkOf) -> None:

    ask(client)
    link = link_of("vera@example.org")
    path = client.send(link).headers["Location"]
    assert "You have confirmed this request" in client.page(link).text
    assert client.send(link).headers["Location"] == path
    client.send(f"{path}/stop-links")
    over = client.send(link)
    assert over.status_code == 404
    assert soup(over).select_one(f"form[action='{link}/again']")
    assert client.send(f"{link}/again").status_code == 303
