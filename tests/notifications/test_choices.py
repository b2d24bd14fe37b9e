"""What comes by mail: the person's choice, and one link in each mail that changes exactly one of them."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.extensions import db
from portal.mail.models import Letter
from portal.notifications.letters import make_token
from portal.notifications.models import MailChoice
from portal.notifications.queries import mail_choices, wants_mail
from portal.notifications.wording import CHOSEN
from portal.people.models import Person

from ..client import PortalClient, soup
from ..conftest import Cast
from ..make import make_answer, make_ticket

BROWSER = Callable[..., PortalClient]
WORK = Callable[[], int]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def subjects_to(email: str) -> list[str]:
    return [letter.subject for letter in db.session.query(Letter).filter_by(recipient=email)]


def test_only_wanted_classes_come_by_mail_and_all_stand_under_the_bell(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    customer = browser_of(people.customer)
    page = customer.page("/account/notices/choices")
    assert [box.has_attr("checked") for box in page.select("main input[type=checkbox]")] == [True] * 4
    customer.send("/account/notices/choices", {"state": "yes", "account": "yes", "security": "", "x": "yes"})
    own = {"answer": False, "state": True, "account": True, "community": False}
    assert mail_choices(people.customer.id) == own
    assert wants_mail(people.customer.id, "security")
    make_answer(make_ticket(people.customer), people.agent)
    work()
    text = db.session.query(Letter).filter_by(recipient="customer@example.com").one().text or ""
    assert "We have your request" in text
    assert len(customer.page("/account/notices").select("#notices .notice")) == 1
    customer.send("/account/notices/choices", {"answer": "yes"})
    assert mail_choices(people.customer.id) == {name: name == "answer" for name in CHOSEN}
    assert mail_choices(people.stranger.id) == dict.fromkeys(CHOSEN, True)


def link_in(letter: Letter) -> str:
    line = next(line for line in (letter.text or "").splitlines() if "/unsubscribe/" in line)
    path = line.partition("://")[2].partition("/")[2]
    assert f"/{path}" in (letter.html or "")
    return f"/{path}"


def test_the_link_in_a_mail_shows_a_page_whose_button_stops_one_class_and_offers_the_way_back(
    people: Cast, work: WORK, client: PortalClient
) -> None:
    make_answer(make_ticket(people.customer), people.agent)
    work()
    letter = (
        db.session.query(Letter)
        .filter_by(recipient="customer@example.com")
        .order_by(Letter.id.desc())
        .first()
    )
    assert letter
    path = link_in(letter)
    page = client.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "They go to customer@example.com." in page.text
    client.head(path)  # mail programs look at links by themselves
    assert db.session.query(MailChoice).count() == 0
    form = soup(page).select_one("main form")
    assert form
    stopped = client.send(str(form["action"]))
    assert stopped.status_code == 200
    assert "customer@example.com no longer" in stopped.text
    assert mail_choices(people.customer.id) == {name: name != "answer" for name in CHOSEN}
    back = soup(stopped).select_one("main form")
    assert back
    assert back["action"] == f"{path}/again"
    client.send(str(back["action"]))
    assert all(mail_choices(people.customer.id).values())


def test_who_has_no_account_hears_of_no_bell(people: Cast, client: PortalClient) -> None:
    people.stranger.password_hash = None
    db.session.commit()
    for person, known in ((people.customer, True), (people.stranger, False)):
        page = client.page(f"/unsubscribe/{make_token(person.id, 'answer')}").select_one("main")
        assert page
        assert person.email in page.text  # type: ignore[operator]
        assert ("bell" in page.text) is known
        assert bool(page.select("a[href='/account/notices/choices']")) is known


def test_a_mail_program_stops_a_class_by_one_post_without_cookie_or_token_and_can_do_nothing_else(
    people: Cast, app: Flask, browser_of: BROWSER
) -> None:
    path = f"/unsubscribe/{make_token(people.customer.id, 'state')}"
    everything = {
        "wanted": "yes",
        "class": "answer",
        "person": people.stranger.id,
        "group": "account",
        "password": "x",
    }
    signed_in = browser_of(people.admin)
    for browser in (app.test_client(), signed_in):
        answer = browser.post(path, data=ONE_CLICK | everything, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200, "a redirect would not be followed"
    rows = db.session.query(MailChoice).all()
    assert [(row.person_id, row.group, row.wanted) for row in rows] == [(people.customer.id, "state", False)]
    assert app.test_client().post(f"{path}/again", data=ONE_CLICK).status_code == 400
    assert not mail_choices(people.customer.id)["state"]


def test_no_other_word_stops_anything(people: Cast, app: Flask, client: PortalClient) -> None:
    good = make_token(people.customer.id, "answer")
    gone = Person(email="gone@example.com", active=False)
    db.session.add(gone)
    db.session.flush()
    words = [good[:-1], good.swapcase(), good + "x", "x", "1.answer", good.partition(".")[0], f"{good} "]
    words += [
        make_token(people.customer.id, "security"),
        make_token(10**9, "answer"),
        make_token(gone.id, "answer"),
    ]
    for word in words:
        assert client.get(f"/unsubscribe/{word}").status_code == 404, word
        assert client.post(f"/unsubscribe/{word}", data=ONE_CLICK).status_code == 404, word
    assert db.session.query(MailChoice).count() == 0


@pytest.mark.parametrize("wanted", [True, False])
def test_a_newcomer_is_welcomed_unless_they_said_no(
    people: Cast, work: WORK, client: PortalClient, wanted: bool
) -> None:
    data = {"name": "Nia", "email": "nia@example.com", "password": "a sentence of my own"}
    client.send_fresh("/sign-up", data)
    work()
    letter = db.session.query(Letter).filter_by(recipient="nia@example.com").one()
    token = (letter.text or "").partition("/confirm/")[2].split()[0]
    client.send(f"/confirm/{token}")
    person = db.session.query(Person).filter_by(email="nia@example.com").one()
    if not wanted:
        client.send("/account/notices/choices", {"answer": "yes", "state": "yes"})
    work()
    assert ("Welcome to Lindwire" in subjects_to("nia@example.com")) == wanted
    assert "Welcome" in client.page("/account/notices").select_one("#notices .notice").text  # type: ignore[union-attr]
    assert person.active
