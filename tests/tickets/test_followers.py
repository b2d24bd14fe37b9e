"""Who else reads a request: followers, an organisation's managers, all of it when it is shared."""

from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.people.models import Membership, Person
from portal.tickets.models import Follower

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_note, make_ticket
from .conftest import LinkOf, Mails

pytestmark = pytest.mark.usefixtures("early_in_the_hour")
WHO = ("customer", "colleague", "stranger")
BROWSER = Callable[[Person], PortalClient]
WORK = Callable[[], int]


def test_a_colleague_follows_at_once(people: Cast, browser_of: BROWSER, mails: Mails) -> None:
    ticket = make_ticket(people.customer)
    owner, colleague = browser_of(people.customer), browser_of(people.colleague)
    assert colleague.get(f"/tickets/{ticket.number}").status_code == 404

    owner.send(f"/tickets/{ticket.number}/followers", {"email": "Colleague@example.com"})

    assert "You added Colleague" in owner.page(f"/tickets/{ticket.number}").text
    assert colleague.send(f"/tickets/{ticket.number}/answer", {"body": "I saw it too"}).status_code == 303
    make_note(ticket, people.agent, "Elderberryword")
    make_answer(ticket, people.agent, "For both of you")
    for address in ("customer@example.com", "colleague@example.com"):
        said = " ".join(letter.text or "" for letter in mails(address))
        assert "For both of you" in said
        assert "Elderberryword" not in said
    assert "I saw it too" in " ".join(letter.text or "" for letter in mails("customer@example.com"))
    assert "Elderberryword" not in colleague.page(f"/tickets/{ticket.number}").text


def test_any_other_address_follows_once_it_says_yes(
    client: PortalClient, people: Cast, browser_of: BROWSER, link_of: LinkOf, mails: Mails
) -> None:
    ticket = make_ticket(people.customer, "Quincelight", "Marmaladeword")
    browser_of(people.customer).send(f"/tickets/{ticket.number}/followers", {"email": "new@example.org"})
    said = " ".join(f"{m.subject} {m.text}" for m in mails("new@example.org"))
    assert "Quince" not in said
    assert "Marmalade" not in said
    link = link_of("new@example.org")
    client.page(link)
    assert db.session.query(Follower).count() == 0

    assert client.send(link).headers["Location"] == f"/tickets/{ticket.number}"

    assert "Marmaladeword" in client.page(f"/tickets/{ticket.number}").text
    desk = browser_of(people.agent).page(f"/desk/tickets/{ticket.number}").text
    assert "new@example.org" in desk
    assert "Customer added new" in desk


def test_who_is_taken_out_reads_it_no_more(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    owner, colleague = browser_of(people.customer), browser_of(people.colleague)
    owner.send(f"/tickets/{ticket.number}/followers", {"email": "colleague@example.com"})
    remove = f"/tickets/{ticket.number}/followers/{people.colleague.id}/remove"
    assert browser_of(people.stranger).send(remove).status_code == 404
    assert owner.send(remove).status_code == 303
    assert colleague.get(f"/tickets/{ticket.number}").status_code == 404


def test_a_follower_leaves_but_settles_nothing_else(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    path = f"/tickets/{ticket.number}"
    browser_of(people.customer).send(f"{path}/followers", {"email": "colleague@example.com"})
    colleague = browser_of(people.colleague)
    for act in ("followers", "share", "withdraw"):
        assert colleague.send(f"{path}/{act}", {"email": "x@example.org"}).status_code == 403, act
    assert colleague.send(f"{path}/followers/{people.colleague.id}/remove").headers["Location"] == "/tickets"


def test_a_manager_of_the_organisation_reads_and_answers_all_of_it(people: Cast, browser_of: BROWSER) -> None:
    ticket, theirs = make_ticket(people.customer), make_ticket(people.stranger)
    mark = db.session.query(Membership).filter_by(person_id=people.colleague.id).one()
    mark.is_manager = True
    db.session.commit()
    manager = browser_of(people.colleague)

    assert "The light is orange" in manager.page("/tickets?show=others").text
    assert manager.send(f"/tickets/{ticket.number}/answer", {"body": "We need it today"}).status_code == 303
    assert manager.get(f"/tickets/{theirs.number}").status_code == 404
    line = browser_of(people.agent).page(f"/desk/tickets/{ticket.number}").select(".msg")[-1]
    assert "us" not in line["class"]


def test_a_shared_request_is_read_by_the_organisation_alone(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    owner.send(f"{path}/share", {"shared": "yes"})
    assert browser_of(people.colleague).page(path)
    assert "The light is orange" in browser_of(people.colleague).page("/tickets?show=others").text
    tabs = {name: "show=others" in str(browser_of(getattr(people, name)).page("/tickets")) for name in WHO}
    assert tabs == {"customer": False, "colleague": True, "stranger": False}
    assert browser_of(people.stranger).get(path).status_code == 404
    owner.send(f"{path}/share", {"shared": "no"})
    assert browser_of(people.colleague).get(path).status_code == 404


def test_the_same_person_added_twice_follows_once(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    owner = browser_of(people.customer)
    for _ in range(2):
        owner.send(f"/tickets/{ticket.number}/followers", {"email": "colleague@example.com"})
    owner.send(f"/tickets/{ticket.number}/followers", {"email": "customer@example.com"})
    assert db.session.query(Follower).count() == 1
    page = owner.page(f"/tickets/{ticket.number}").text
    assert page.count("You added Colleague") == 1


def test_an_address_that_cannot_be_is_named(people: Cast, browser_of: BROWSER) -> None:
    ticket = make_ticket(people.customer)
    answer = browser_of(people.customer).send(f"/tickets/{ticket.number}/followers", {"email": "nobody"})
    assert answer.status_code == 422


def test_a_colleague_who_is_added_hears_of_it(people: Cast, browser_of: BROWSER, work: WORK) -> None:
    ticket = make_ticket(people.customer, "Quincelight")
    browser_of(people.customer).send(
        f"/tickets/{ticket.number}/followers", {"email": "colleague@example.com"}
    )
    work()
    assert "Customer added you to “Quincelight”" in browser_of(people.colleague).page("/account/notices").text
    assert "added you" not in browser_of(people.customer).page("/account/notices").text


def test_who_is_taken_out_does_not_come_back_by_the_same_invitation(
    client: PortalClient, people: Cast, browser_of: BROWSER, link_of: LinkOf
) -> None:
    ticket = make_ticket(people.customer)
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    owner.send(f"{path}/followers", {"email": "new@example.org"})
    link = link_of("new@example.org")
    client.send(link)
    key = db.session.query(Follower.person_id).scalar()
    owner.send(f"{path}/followers/{key}/remove")
    for answer in (client.get(link), client.send(link), client.get(path)):
        assert answer.status_code == 404
    assert db.session.query(Follower).count() == 0


def test_an_invitation_is_shown_and_can_be_taken_back(
    client: PortalClient, people: Cast, browser_of: BROWSER, link_of: LinkOf
) -> None:
    ticket = make_ticket(people.customer)
    owner, path = browser_of(people.customer), f"/tickets/{ticket.number}/followers"
    owner.send(path, {"email": "tipo@example.org"})
    link = link_of("tipo@example.org")
    form = owner.page(path).select_one("form[action*='/invitations/']")
    assert form
    assert browser_of(people.colleague).send(str(form["action"])).status_code == 404
    owner.send(str(form["action"]))
    assert "tipo@example.org" not in owner.page(path).text
    assert client.get(link).status_code == 404


def test_an_invitation_ends_with_the_right_of_who_sent_it(
    client: PortalClient, people: Cast, browser_of: BROWSER, link_of: LinkOf
) -> None:
    ticket = make_ticket(people.customer)
    browser_of(people.customer).send(f"/tickets/{ticket.number}/followers", {"email": "new@example.org"})
    link = link_of("new@example.org")
    people.customer.active = False
    db.session.commit()
    assert client.send(link).status_code == 404
