"""Two browsers, a double click, a replayed form, many writers at the same moment: one result, nothing lost."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.actions import make_link
from portal.extensions import db
from portal.kit import clock
from portal.outbox.models import Job
from portal.people.models import Person
from portal.tickets.actions import set_state
from portal.tickets.models import Ticket, TicketEvent

from ..client import PortalClient
from ..real import at_once, browser, new_ticket, person
from .test_visitors import ask


def count_of(app: Flask, subject: str) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(Ticket.subject == subject)) or 0


def test_a_form_sent_ten_times_in_parallel_makes_one_request(real_app: Flask) -> None:
    clients = [browser(real_app, "customer") for _ in range(10)]
    form = {"subject": "Ten clicks", "body": "x", "once": "p" * 20}
    answers = at_once(10, lambda n: clients[n].send("/tickets/new", form))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert count_of(real_app, "Ten clicks") == 1


def test_an_answer_sent_twice_in_parallel_is_said_once(real_app: Flask) -> None:
    key, number = new_ticket(real_app, "Double answer")
    agents = [browser(real_app, "agent") for _ in range(4)]
    form = {"body": "Once only", "kind": "answer", "then": "open", "seen": "9" * 9, "once": f"{key:020}"}
    answers = at_once(4, lambda n: agents[n].send(f"/desk/tickets/{number}/answer", form))
    assert {answer.status_code for answer in answers} == {303}
    with real_app.app_context():
        said = select(TicketEvent.id).where(TicketEvent.ticket_id == key, TicketEvent.body == "Once only")
        events = db.session.scalars(said).all()
        assert len(events) == 1
        mails = select(Job).where(Job.kind == "tickets.mail", Job.lane == f"ticket-{key}")
        assert len([job for job in db.session.scalars(mails) if job.payload.get("event") == events[0]]) == 1


def test_somebody_elses_form_word_leads_nowhere_foreign(real_app: Flask) -> None:
    form = {"subject": "Whose word", "body": "x", "once": "w" * 20}
    browser(real_app, "customer").send("/tickets/new", form)
    answer = browser(real_app, "stranger").send("/tickets/new", form)
    assert answer.location == "/tickets"


def test_of_two_agents_who_answer_at_once_one_is_shown_the_other(real_app: Flask) -> None:
    key, number = new_ticket(real_app, "Two agents")
    with real_app.app_context():
        seen = db.session.scalar(select(func.max(TicketEvent.id)).where(TicketEvent.ticket_id == key))
    clients = [browser(real_app, name) for name in ("agent", "manager")]
    answers = at_once(
        2,
        lambda n: clients[n].send(
            f"/desk/tickets/{number}/answer",
            {"body": f"Answer {n}", "kind": "answer", "then": "open", "seen": seen},
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    late = next(n for n in (0, 1) if answers[n].status_code == 409)
    assert f"Answer {1 - late}" in answers[late].text
    assert f"Answer {late}" in answers[late].text


def test_twenty_people_who_ask_at_once_get_numbers_in_a_row(real_app: Flask) -> None:
    names = ("customer", "colleague", "stranger", "agent")
    clients = [browser(real_app, names[n % 4]) for n in range(20)]
    form = {"subject": "All at once", "body": "x"}
    answers = at_once(20, lambda n: clients[n].send("/tickets/new", form))
    assert {answer.status_code for answer in answers} == {303}
    numbers = sorted(int((answer.location or "").rsplit("/", 1)[1]) for answer in answers)
    assert numbers == list(range(numbers[0], numbers[0] + 20))


def test_a_customers_words_while_an_agent_solves_are_both_kept(real_app: Flask) -> None:
    key, number = new_ticket(real_app, "Race", state="open")
    customer, agent = browser(real_app, "customer"), browser(real_app, "agent")
    acts = [
        lambda: customer.send(f"/tickets/{number}/answer", {"body": "One thing more"}),
        lambda: agent.send(f"/desk/tickets/{number}/change", {"state": "solved"}),
    ]
    answers = at_once(2, lambda n: acts[n]())
    assert [answer.status_code for answer in answers] == [303, 303]
    with real_app.app_context():
        events = list(
            db.session.scalars(
                select(TicketEvent).where(TicketEvent.ticket_id == key).order_by(TicketEvent.id)
            )
        )
        ticket = db.session.get(Ticket, key)
        assert ticket
        last = [event.kind for event in events if event.kind in ("message", "state")]
        assert "One thing more" in [event.body for event in events]
        moves = [event.data["to"] for event in events if event.kind == "state"]
        assert ticket.state == moves[-1]
        assert last.count("message") == 2


def test_a_request_that_fails_after_it_was_made_leaves_nothing(real_app: Flask) -> None:
    key, _number = new_ticket(real_app, "Rolled back")
    with real_app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Job))
        ticket = db.session.get(Ticket, key)
        assert ticket
        set_state(ticket, "solved", ticket.requester)
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Job)) == before
        assert db.session.scalar(select(Ticket.state).where(Ticket.id == key)) == "new"


def _link(app: Flask, purpose: str, email: str, number: int, by: str = "") -> str:
    """The path of a link as the worker makes it for a mail."""
    until = (clock.now() + timedelta(days=1)).isoformat()
    with app.app_context():
        ticket = db.session.query(Ticket).filter_by(number=number).one()
        values = {"ticket": ticket.id, **({"by": person(by).id} if by else {})}
        token = make_link(purpose, email, values, None, until)
        db.session.commit()
    return f"/tickets/{'join' if by else 'confirm'}/{token}"


def test_a_link_that_is_pressed_ten_times_at_once_confirms_once(real_app: Flask) -> None:
    visitor = PortalClient(real_app)
    ask(visitor, email="pressed@example.org", subject="Pressed ten times")
    with real_app.app_context():
        number = db.session.query(Ticket.number).filter_by(subject="Pressed ten times").scalar()
    link = _link(real_app, "request", "pressed@example.org", number)
    clients = [PortalClient(real_app) for _ in range(10)]
    answers = at_once(10, lambda n: clients[n].send(link))
    assert {answer.status_code for answer in answers} == {303}
    with real_app.app_context():
        said = select(func.count()).select_from(TicketEvent).join(Ticket)
        said = said.where(Ticket.subject == "Pressed ten times", TicketEvent.kind == "confirmed")
        assert db.session.scalar(said) == 1


def test_somebody_new_who_says_yes_ten_times_at_once_is_one_person(real_app: Flask) -> None:
    _key, number = new_ticket(real_app, "Ten times yes")
    link = _link(real_app, "follow", "eager@example.org", number, by="customer")
    clients = [PortalClient(real_app) for _ in range(10)]
    answers = at_once(10, lambda n: clients[n].send(link))
    assert {answer.status_code for answer in answers} == {303}
    with real_app.app_context():
        assert db.session.query(Person).filter_by(email="eager@example.org").count() == 1


def test_callers_of_one_new_address_who_ring_five_agents_at_once_are_one_person(real_app: Flask) -> None:
    desks = [browser(real_app, name) for name in ("agent", "manager", "admin", "agent", "manager")]
    form = {
        "name": "Rui",
        "email": "rui@example.net",
        "kind": "question",
        "subject": "Five at once",
        "body": "x",
    }
    answers = at_once(5, lambda n: desks[n].send("/desk/new", {**form, "once": f"{n:020}"}))
    assert {answer.status_code for answer in answers} == {303}
    with real_app.app_context():
        assert db.session.query(Person).filter_by(email="rui@example.net").count() == 1


def test_wrong_codes_in_parallel_are_counted_one_by_one(real_app: Flask) -> None:
    _key, number = new_ticket(real_app, "Guess my code")
    most = real_app.config["LIMIT_CODE"]
    clients = [PortalClient(real_app) for _ in range(most + 5)]
    for client in clients:
        client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
        client.csrf()
    form = {"number": str(number), "code": "AAAA-AAAA"}
    answers = at_once(len(clients), lambda n: clients[n].send("/tickets/follow", form))
    assert sorted(answer.status_code for answer in answers) == [422] * most + [429] * 5
