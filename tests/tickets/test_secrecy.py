"""An internal note never reaches a customer, by any road."""

from collections.abc import Callable
from io import BytesIO

from portal.extensions import db
from portal.live.models import LiveRow
from portal.mail.models import Letter
from portal.tickets.following import follow
from portal.tickets.guests import link_path
from portal.tickets.models import Attachment, Ticket, TicketEvent

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_ticket

ASKED, SECRET = "Zimtschnecke", "Apfelkuchen"  # searches ask for the one and must not show the other


def test_an_internal_note_takes_no_road_to_a_customer(
    people: Cast, browser_of: Callable[..., PortalClient], work: Callable[[], int], client: PortalClient
) -> None:
    ticket = make_ticket(people.customer)
    make_answer(ticket, people.agent)
    follow(ticket, people.stranger, people.agent)
    link = link_path(ticket, people.customer)
    db.session.commit()
    work()
    spoken, letters = ticket.spoken_at, db.session.query(Letter).count()
    heard = db.session.query(LiveRow).count()
    desk_path = f"/desk/tickets/{ticket.number}"
    form = {"kind": "note", "body": f"{ASKED} {SECRET}", "files": (BytesIO(SECRET.encode()), "note.txt")}
    agent = browser_of(people.agent)
    assert agent.send(f"{desk_path}/answer", form, content_type="multipart/form-data").status_code == 303
    draft = {
        "place": f"desk-{ticket.number}-note",
        "once": "n" * 20,
        "window": "w" * 20,
        "words.body": f"{SECRET}, again",
    }
    assert agent.send("/drafts/keep", draft).status_code == 200
    work()
    assert SECRET in agent.page(desk_path).text

    file = db.session.query(Attachment).one()
    note_id = db.session.query(TicketEvent.id).where(TicketEvent.kind == "note").scalar()
    roads = [
        *(
            f"/tickets/{ticket.number}{more}"
            for more in ("", "?earlier=all", "/print", "/followers", "/rating")
        ),
        f"/tickets/{ticket.number}/messages/{note_id}",
        "/tickets?show=others",
        f"/tickets/new?subject={ASKED}",
        "/tickets/follow",
        "/account/notices",
        "/account/notices/latest",
        "/account/notices/unread",
        "/tickets",
        "/tickets?show=all",
        f"/tickets?q={ASKED}",
        "/tickets?q=zimt",
        "/account",
        f"/help/search?q={ASKED}",
        f"/help/suggest?q={ASKED}",
        "/help",
        "/outbox",
        desk_path,
        f"/desk?q={ASKED}",
        f"/desk/queue/{ticket.number}",
        "/desk/rail",
        "/desk/mail",
        "/desk/mail?show=done",
        f"/desk/canned/find?ticket={ticket.number}&q={ASKED}",
        f"{desk_path}/next",
        f"/drafts?place={draft['place']}&once={draft['once']}",
        f"/files/{file.key}/{file.name}",
        "/sitemap.xml",
        "/feed",
    ]
    guest = PortalClient(client.application)
    assert guest.get(link).status_code == 303
    assert guest.get(f"/tickets/{ticket.number}").status_code == 200
    assert browser_of(people.stranger).get(f"/tickets/{ticket.number}").status_code == 200
    readers = (people.customer, people.colleague, people.stranger, people.agent2)
    for browser in (*map(browser_of, readers), guest):
        for road in roads:
            for headers in ({}, {"HX-Request": "true"}):
                answer = browser.get(road, headers=headers, buffered=True)
                assert SECRET not in answer.text, road
                assert SECRET not in str(answer.headers)
        assert browser.get(f"/files/{file.key}/{file.name}").status_code == 404
        assert browser.get("/live", query_string={"topic": f"desk-ticket-{ticket.id}"}).status_code == 404
    assert ticket.number not in [
        int(a.text)
        for a in browser_of(people.agent2).page("/desk?view=all").select("td.num")
        if a.text.isdigit()
    ]

    assert db.session.query(Letter).count() == letters
    assert not [row for row in db.session.query(Letter) if SECRET in f"{row.subject}{row.text}{row.html}"]
    rows = db.session.query(LiveRow).order_by(LiveRow.id).offset(heard)
    topics = {
        row.topic for row in rows if not row.topic.startswith("index ")
    }  # what machines tell each other
    assert topics == {f"desk-ticket-{ticket.id}", f"team-{ticket.team_id}", f"drafts-{people.agent.id}"}
    db.session.refresh(ticket)
    assert ticket.spoken_at == spoken
    assert SECRET not in ticket.last_words
    assert ticket.last_by_id == people.agent.id


def test_an_answer_after_a_note_does_not_quote_it(
    people: Cast, browser_of: Callable[..., PortalClient], work: Callable[[], int]
) -> None:
    ticket = make_ticket(people.customer)
    agent = browser_of(people.agent)
    agent.send(f"/desk/tickets/{ticket.number}/answer", {"kind": "note", "body": SECRET})
    seen = db.session.query(TicketEvent.id).order_by(TicketEvent.id.desc()).limit(1).scalar()
    form = {"kind": "answer", "body": "Hello", "then": "solved", "seen": seen}
    agent.send(f"/desk/tickets/{ticket.number}/answer", form)
    work()
    to_customer = db.session.query(Letter).filter_by(recipient="customer@example.com").all()
    assert len(to_customer) == 2
    assert not [letter for letter in to_customer if SECRET in f"{letter.text}{letter.html}"]


def test_a_customer_cannot_write_or_turn_words_into_a_note(
    people: Cast, browser_of: Callable[..., PortalClient]
) -> None:
    ticket = make_ticket(people.customer)
    form = {"body": "Mine", "kind": "note", "public": "", "internal": "1"}
    browser_of(people.customer).send(f"/tickets/{ticket.number}/answer", form)
    assert db.session.query(TicketEvent).where(TicketEvent.kind == "note").count() == 0
    assert db.session.query(Ticket).one().last_words == "Mine"
