"""Whoever works for one team alone learns nothing of another's requests, and changes nothing there, by any road.

Every address that the portal has is asked with every number and word that could lead to such a request; so an address
that is added later is tried as well.
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.crossing.actions import Wanted, propose
from portal.extensions import db
from portal.features import SEARCH_SOURCES
from portal.ideas.actions import link_ticket
from portal.inbox.actions import read_kept, sort, take_in
from portal.inbox.models import IncomingMail
from portal.mail.models import Letter
from portal.mail.threads import Thread
from portal.notifications.actions import News, notify
from portal.people.models import Person
from portal.people.permissions import Permission
from portal.search.index import Search
from portal.tickets.actions import Words, assign, note, open_ticket, reply, set_team
from portal.tickets.fulltext import put
from portal.tickets.models import Attachment, Ticket, TicketEvent
from portal.tickets.notices import KINDS

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_idea, make_space, make_ticket
from .conftest import Holder

Browser = Callable[[Person], PortalClient]
WORDS = (
    "hiddensubject",
    "hiddenquestion",
    "hiddenanswer",
    "hiddennote",
    "hiddenfile",
    "hiddenmail",
    "hiddenproposal",
)
# Pages that go on by themselves, are of another kind, or end what the test needs.
LEFT_OUT = {"live.stream", "accounts.sign_out"}


class Quick(FlaskClient):
    """A browser that does not look at its pages, which would take most of the time."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture
def hidden(app: Flask, people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ticket:
    """A request that was with Billing and is with Support now, tied to all that a request can be tied to."""
    billing = people.agent2.grants[-1].team
    assert billing
    support = people.agent.grants[-1].team
    assert support
    ticket = open_ticket("Hiddensubject", Words("hiddenquestion"), people.customer, team=billing)
    assign(ticket, people.agent2, people.agent2)
    file = ("hiddenfile.txt", FileStorage(BytesIO(b"hiddenfile"), "hiddenfile.txt"))
    answer = reply(ticket, Words("hiddenanswer", [file]), people.agent2, then="waiting")
    note(ticket, Words("hiddennote"), people.agent2)
    said = {"who": "hiddennote", "subject": "hiddensubject", "initials": "HN", "us": False}
    place = ("ticket", ticket.id)
    notify(people.agent2, KINDS["customer_wrote"], News("x", f"/desk/tickets/{ticket.number}", said, place))
    space = make_space("Hall")
    link_ticket(make_idea(space, people.stranger), ticket, people.admin)
    propose(ticket, Wanted(space, "Hiddenproposal", "hiddenproposal", "hiddenproposal"), people.admin)
    root = Thread(ticket.id, people.customer.id).root
    take_in(f"From: stranger@example.com\nSubject: hiddenmail\nIn-Reply-To: {root}\n\nhiddenmail".encode())
    mail = db.session.query(IncomingMail).one()
    sort(mail, read_kept(mail.raw_key, whole=True))
    set_team(ticket, support, people.admin)
    # The same customer asks again, and that one is with Billing.
    open_ticket("Next", Words("Next"), people.customer, team=billing, follows=ticket)
    put(ticket.id)
    assert answer.files
    monkeypatch.setitem(app.extensions, "search", Search(tmp_path / "index", SEARCH_SOURCES))
    app.extensions["search"].rebuild()
    db.session.commit()
    return ticket


def _values(ticket: Ticket) -> tuple[set[str], set[str]]:
    """Numbers, and words, that could lead to it from an address."""
    key = db.session.query(Attachment.key).scalar()
    return {str(ticket.number)}, {str(ticket.number), key}


def _addresses(rule: Rule, numbers: set[str], words: set[str]) -> Iterator[str]:
    """The addresses of a rule, each of its places filled in turn; several places of one kind get the same value."""
    places = dict(rule._converters)
    wanted = numbers if any(name in ("number", "key") for name in places) or "<int" in rule.rule else words
    for value in sorted(wanted) if places else [""]:
        filled = re.sub(r"<(?:(\w+)[^>]*?:)?\w+>", value, rule.rule)
        asks = "?" + "&".join(
            f"{name}={value or 'hiddensubject'}" for name in ("q", "number", "ticket", "view", "of")
        )
        yield filled + asks
        if not places:
            yield f"{filled}?q=hiddennote&show=all&view=all"


def _rules(app: Flask, method: str) -> list[Rule]:
    rules = app.url_map.iter_rules()
    return [rule for rule in rules if method in (rule.methods or ()) and rule.endpoint not in LEFT_OUT]


def _plain(app: Flask, browser: PortalClient) -> FlaskClient:
    plain = Quick(app, app.response_class, use_cookies=True)
    plain._cookies = browser._cookies
    return plain


# Rights are the same selects on both: trying every address on one of them is enough.
one_database = pytest.mark.parametrize("full_app", ["sqlite"], indirect=True)


@one_database
def test_no_address_tells_of_a_request_of_another_team(
    app: Flask, people: Cast, browser_of: Browser, hidden: Ticket, holds: Holder
) -> None:
    holds(people.agent2, *Permission, team=people.agent2.grants[-1].team)
    browser = _plain(app, browser_of(people.agent2))
    numbers, words = _values(hidden)
    told, asked = [], 0
    for rule in _rules(app, "GET"):
        for address in _addresses(rule, numbers, words):
            response = browser.get(address)
            text = f"{response.headers} {response.data.decode(errors='replace')}".lower()
            response.close()
            plain = text.replace("hiddensubject", "") if "=hiddensubject" in address else text
            plain = plain.replace("hiddennote", "") if "=hiddennote" in address else plain
            plain = plain.replace("hiddenfile.txt", "") if "hiddenfile.txt" in address else plain
            asked += 1
            known = any(word in plain for word in WORDS) or f"#{hidden.number}" in plain.replace(address, "")
            if known or response.status_code >= 500:
                told.append(address)
    assert told == []
    assert asked > 150
    seen = browser_of(people.manager).page(f"/desk/tickets/{hidden.number}").text.lower()
    assert all(word in seen for word in ("hiddensubject", "hiddenanswer", "hiddennote"))


@one_database
def test_no_form_changes_a_request_of_another_team(
    app: Flask, people: Cast, browser_of: Browser, hidden: Ticket
) -> None:
    def state() -> list[Any]:
        db.session.expire_all()
        row = db.session.get_one(Ticket, key)
        events = db.session.query(TicketEvent).filter_by(ticket_id=key).count()
        return [events, *(getattr(row, column.key) for column in Ticket.__table__.columns)]

    signed_in = browser_of(people.agent2)
    key, number = hidden.id, str(hidden.number)
    token, browser, before = signed_in.csrf(), _plain(app, signed_in), state()
    connection: Connection = db._app_engines[app][None]  # type: ignore[assignment]
    for rule in _rules(app, "POST"):
        for address in _addresses(rule, {number}, {number}):
            form = {
                "csrf_token": token,
                "body": "Mine",
                "kind": "note",
                "state": "closed",
                "team": "2",
                "act": "through",
            }
            form |= {
                "number": str(hidden.number),
                "ticket": str(hidden.number),
                "then": "solved",
                "assignee": "",
            }
            form |= {"priority": "urgent", "email": "agent2@example.com", "subject": "Mine", "name": "Mine"}
            db.session.remove()
            undo = connection.begin_nested()
            kept = dict(browser._cookies or {})
            answer = browser.post(address.partition("?")[0], data=form)
            answer.close()
            assert state() == before, address
            assert answer.status_code < 500, address
            browser._cookies = kept
            db.session.remove()
            undo.rollback()


def test_what_was_mailed_and_told_ends_with_the_team(
    people: Cast, browser_of: Browser, hidden: Ticket, work: Callable[[], int]
) -> None:
    reply(hidden, Words("hiddenquestion again"), people.customer)
    db.session.commit()
    work()
    mailed = db.session.query(Letter).filter_by(recipient=people.agent2.email).all()
    assert not [one for one in mailed if "hidden" in f"{one.subject} {one.text}".lower()]
    assert hidden.assignee_id is None
    assert "hidden" not in browser_of(people.agent2).page("/account/notices").text.lower()


def test_the_number_of_an_earlier_request_of_another_team_is_not_shown(
    people: Cast, browser_of: Browser, hidden: Ticket
) -> None:
    after = db.session.query(Ticket).filter_by(follows_id=hidden.id).one()
    assert "Goes on from" not in browser_of(people.agent2).page(f"/desk/tickets/{after.number}").text
    assert "Goes on from" in browser_of(people.manager).page(f"/desk/tickets/{after.number}").text


def test_who_takes_a_call_for_one_team_can_read_the_code_out(people: Cast, browser_of: Browser) -> None:
    desk = browser_of(people.agent2)
    answer = desk.send("/desk/new", {"name": "Rui", "subject": "A call", "body": "Words", "kind": "question"})
    assert desk.get(answer.location).status_code == 200
    asked = db.session.query(Ticket).filter_by(subject="A call").one()
    assert asked.team.name == "Billing"
    make_ticket(people.customer, "Written")
    assert db.session.query(Ticket).filter_by(subject="Written").one().team.name == "Support"
