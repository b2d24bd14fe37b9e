"""What stands under the bell: once, in the reader's language, only what the reader may know, until it was read."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.accounts.actions import begin_sign_in
from portal.accounts.notices import PASSWORD as PASSWORD_CHANGED
from portal.extensions import db
from portal.kit import clock
from portal.mail.models import Letter
from portal.notifications.actions import News, notify
from portal.notifications.models import Notice
from portal.notifications.privacy import sweep
from portal.outbox.models import Job
from portal.people.models import Team
from portal.tickets.actions import assign, set_state, set_team

from ..client import PortalClient
from ..conftest import Cast
from ..make import PASSWORD, make_answer, make_note, make_ticket, take

BROWSER = Callable[..., PortalClient]
WORK = Callable[[], int]


def told(browser: PortalClient, path: str = "/account/notices", place: str = "#notices") -> list[str]:
    """The sentences of a list, newest first."""
    found = browser.page(path).select(f"{place} .notice > span:not(.face, .dot, .visually-hidden)")
    for one in found:
        one.select_one(".tiny").decompose()  # type: ignore[union-attr]
    return [" ".join(one.text.split()) for one in found]


def count_on(browser: PortalClient, path: str) -> str:
    """How many are unread, as the bell and the title of a page say."""
    page = browser.page(path)
    shown = str(page.select_one("#bell-count")["data-shown"])  # type: ignore[index]
    title = page.title.text if page.title else ""
    assert title.startswith(f"({shown}) ") == (shown != "0"), title
    return shown


def test_an_answer_is_told_once_though_its_job_runs_twice(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    make_answer(make_ticket(people.customer), people.agent)
    work()
    db.session.query(Job).where(Job.kind == "tickets.mail").update({"done": None})
    event = max(n.key for n in db.session.query(Notice) if n.kind == "answered").partition(":")[2]
    payload = {"event": int(event), "template": "answered"}
    db.session.query(Job).where(Job.kind == "tickets.mail").update({"payload": payload})
    work()
    customer = browser_of(people.customer)
    assert told(customer) == ["Agent answered “The light is orange”"]
    assert count_on(customer, "/help") == "1"
    people.customer.language = "pt_BR"
    db.session.commit()
    assert told(browser_of(people.customer)) == ["Agent respondeu a “The light is orange”"]


def test_each_side_hears_of_the_other_and_nobody_of_himself_or_of_a_note(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    ticket = make_ticket(people.customer, "Orange <b>light</b> at 100 %")
    make_note(ticket, people.manager, "secretnote")
    work()
    assert told(browser_of(people.customer)) == []
    assert told(browser_of(people.agent)) == ["Customer asks: “Orange <b>light</b> at 100 %”"]
    assign(ticket, people.agent, people.manager)
    make_answer(ticket, people.customer, "And loud")
    set_state(ticket, "waiting", people.agent)
    set_state(ticket, "solved", people.agent)
    db.session.commit()
    work()
    assert told(browser_of(people.agent))[:2] == [
        "Customer wrote in “Orange <b>light</b> at 100 %”",
        "Manager handed “Orange <b>light</b> at 100 %” to you",
    ]
    assert told(browser_of(people.customer)) == [
        "Agent thinks that “Orange <b>light</b> at 100 %” is solved",
        "“Orange <b>light</b> at 100 %”: Waiting for you",
    ]
    assert not any("secretnote" in str(n.data) for n in db.session.query(Notice))
    assert len(told(browser_of(people.manager))) == 1, "who looks after it hears the rest"


def test_a_notice_about_a_ticket_that_moved_away_shows_and_counts_nothing(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    ticket = make_ticket(people.customer, "Canarysubject")
    work()
    agent = browser_of(people.agent)
    assert count_on(agent, "/desk") == "1"
    notice = db.session.query(Notice).filter_by(person_id=people.agent.id).one()
    set_team(ticket, db.session.query(Team).filter_by(name="Billing").one(), people.manager)
    db.session.commit()
    assert told(agent) == told(agent, "/account/notices?show=unread") == []
    assert count_on(agent, "/desk") == "0"
    assert "Canarysubject" not in agent.get("/account/notices/latest", headers={"HX-Request": "true"}).text
    assert agent.send(f"/account/notices/{notice.id}/open").status_code == 404


def test_opening_a_notice_reads_it_and_leads_to_its_place(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    first, second = make_ticket(people.customer, "one"), make_ticket(people.customer, "two")
    for ticket in (first, second):
        make_answer(ticket, people.agent)
    work()
    customer = browser_of(people.customer)
    form = customer.page("/account/notices").select_one("#notices li form")
    assert form
    action = str(form["action"])
    answer = customer.send(action)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/tickets/{second.number}#newest"
    assert told(customer, "/account/notices?show=unread") == ["Agent answered “one”"]
    assert browser_of(people.stranger).send(action).status_code == 404


def test_a_page_that_is_looked_at_reads_what_leads_to_it_by_a_post_alone(
    people: Cast, browser_of: BROWSER, work: WORK
) -> None:
    ticket, other = make_ticket(people.customer, "one"), make_ticket(people.customer, "two")
    make_answer(ticket, people.agent)
    make_answer(other, people.agent)
    work()
    customer, path = browser_of(people.customer), f"/tickets/{ticket.number}"
    page = customer.page(path)
    assert count_on(customer, path) == "1", "the page at hand is no news"
    assert count_on(customer, "/account") == "2", "yet it was only read"
    post = page.select_one("#bell-count [hx-post]")
    assert post
    part = customer.send(str(post["hx-post"]), htmx=True)
    assert 'data-count="1"' in part.text
    assert "hx-post" not in part.text
    assert count_on(customer, "/account") == "1"


def test_mark_all_read_leaves_what_came_after_the_page(people: Cast, browser_of: BROWSER, work: WORK) -> None:
    ticket = make_ticket(people.customer)
    make_answer(ticket, people.agent)
    work()
    customer = browser_of(people.customer)
    form = customer.page("/account/notices").select_one("form[action='/account/notices/read']")
    until = form.select_one("[name=until]")["value"]  # type: ignore[union-attr,index]
    make_answer(ticket, people.agent, "Late")
    work()
    part = customer.send("/account/notices/read", {"until": until}, htmx=True)
    assert 'data-count="1"' in part.text
    for odd in ("", "x", "9" * 40, "-1", "²"):
        assert customer.send("/account/notices/read", {"until": odd}).status_code == 303
    assert count_on(customer, "/account") == "1"
    assert customer.send("/account/notices/read", {"until": "9" * 15}).status_code == 303
    assert count_on(customer, "/account") == "0"


def test_many_are_counted_to_99_and_paged(people: Cast, browser_of: BROWSER) -> None:
    for n in range(105):
        notify(people.customer, PASSWORD_CHANGED, News(str(n), "/account/security"))
    db.session.commit()
    customer = browser_of(people.customer)
    assert count_on(customer, "/help") == "99+"
    page = customer.page("/account/notices")
    assert len(page.select("#notices .notice")) == 25
    older = customer.page(str(page.select_one("a[rel=next]")["href"]))  # type: ignore[index]
    assert len(older.select("#notices .notice")) == 25
    assert older.select_one("a[rel=prev]")


def test_after_90_days_a_notice_is_gone(people: Cast, work: WORK) -> None:
    ticket = make_ticket(people.customer)
    with clock.at(clock.now() - timedelta(days=91)):
        make_answer(ticket, people.agent, "long ago")
    make_answer(ticket, people.agent, "now")
    work()
    sweep()
    assert db.session.query(Notice).filter_by(kind="answered").count() == 1


def test_acts_of_security_are_told_under_the_bell_and_by_mail(
    people: Cast, browser_of: BROWSER, work: WORK, client: PortalClient
) -> None:
    for device in ("Chrome/1 Windows", "Chrome/2 Windows", "Firefox/3 Linux"):
        begin_sign_in(people.customer, device, "192.0.2.7", stay=False)
    customer = browser_of(people.customer)  # a fourth one, called "Test"
    words = {"current": PASSWORD, "password": "a long enough sentence"}
    assert customer.send("/account/password", words).status_code == 303
    begin_sign_in(people.customer, "Firefox/3 Linux", "192.0.2.7", stay=False)
    assert customer.send("/account/sign-ins/end-others").status_code == 303
    client.send("/lost-password", {"email": "customer@example.com"})
    work()
    assert told(customer) == [
        "A mail to set a new password went to your address",
        "All your other devices were signed out",
        "Your password was changed",
        "New sign-in: Test. Was that you?",
        "New sign-in: Firefox, Linux. Was that you?",
    ]
    letters = db.session.query(Letter).filter_by(recipient="customer@example.com").order_by(Letter.id)
    assert [letter.subject for letter in letters] == [
        "New sign-in to your account",
        "New sign-in to your account",
        "Your password was changed",
        "A device was signed out",
        "Set a new password",
    ]
    assert "Firefox, Linux, from 192.0.2.7" in (letters[0].text or "")
    assert not any("/unsubscribe/" in (letter.text or "") for letter in letters)


def test_one_device_that_is_signed_out_is_named(people: Cast, browser_of: BROWSER, work: WORK) -> None:
    customer = browser_of(people.customer)
    other = begin_sign_in(people.customer, "Test", "192.0.2.7", stay=False)
    db.session.commit()
    customer.send(f"/account/sign-ins/{other.id}/end")
    work()
    assert told(customer) == ["A device was signed out: Test"]
    assert db.session.query(Letter).one().subject == "A device was signed out"


@pytest.mark.parametrize(("path", "says"), [("", "Nothing yet"), ("?show=unread", "All is read")])
def test_an_empty_list_says_what_belongs_there(
    people: Cast, browser_of: BROWSER, path: str, says: str
) -> None:
    page = browser_of(people.editor).page(f"/account/notices{path}")
    assert page.select_one(".empty h2").text == says  # type: ignore[union-attr]


def test_visitors_and_error_pages_ask_nothing(
    people: Cast, browser_of: BROWSER, client: PortalClient, work: WORK
) -> None:
    make_answer(make_ticket(people.customer), people.agent)
    take(make_ticket(people.customer), people.agent)
    work()
    assert not client.page("/help").select("#bell, #live, script[src*='bell']")
    lost = browser_of(people.customer).get("/nowhere")
    assert lost.status_code == 404
    assert 'id="bell"' in lost.text
    assert 'id="bell-count"' not in lost.text
