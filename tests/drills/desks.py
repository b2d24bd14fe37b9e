"""Trials of people at one ticket at the same moment, over two web processes: nothing is lost and nobody is overwritten."""

import sys
from collections import Counter
from contextlib import ExitStack, closing
from itertools import pairwise

from sqlalchemy import select

from portal.extensions import db
from portal.tickets.models import Ticket, TicketEvent

from ..real import at_once
from .browser import Answer, Browser
from .place import AGENTS, CUSTOMERS
from .trials import Trial


def one_ticket(it: Trial, rounds: int) -> None:
    """Rounds of two agents who answer, close and take the ticket that its customer writes more to."""
    met: Counter[str] = Counter()
    with it.served() as server, ExitStack() as stack:
        customer, *agents = (stack.enter_context(closing(Browser(server.address))) for _ in range(3))
        for browser, email in zip((customer, *agents), (CUSTOMERS[0], *AGENTS), strict=True):
            browser.sign_in(email)
        for turn in range(rounds):
            form = customer.get("/tickets/new").hidden()
            asked = customer.post(
                "/tickets/new", form | {"subject": f"Round {turn}", "body": "Who is first?"}
            )
            number = int(asked.location.partition("?")[0].rpartition("/")[2])
            _answer_at_once(number, agents, met)
            _close_while_asked(it, number, customer, agents[0], met)
            _take_at_once(it, number, agents)
    sys.stdout.write(f"\n{rounds} rounds at one ticket each; {dict(met)}\n")


def _answer_at_once(number: int, agents: list[Browser], met: Counter[str]) -> None:
    """Of two with the same page one answers, and the other sees that, keeps the text and sends it again."""
    path = f"/desk/tickets/{number}"
    forms = [agent.get(path).hidden() | {"kind": "answer", "then": "waiting"} for agent in agents]
    forms = [form | {"body": f"Words of agent {n} to {number}"} for n, form in enumerate(forms)]
    answers = at_once(2, lambda n: agents[n].post(f"{path}/answer", forms[n]))
    assert sorted(one.status for one in answers) == [303, 409]
    late = next(n for n in (0, 1) if answers[n].status == 409)
    assert all(form["body"] in answers[late].text for form in forms)
    again = forms[late] | {"seen": answers[late].hidden()["seen"]}
    assert agents[late].post(f"{path}/answer", again).status == 303
    met[f"agent {1 - late} first"] += 1


def _close_while_asked(it: Trial, number: int, customer: Browser, agent: Browser, met: Counter[str]) -> None:
    """A request is open if its customer wrote after it was solved, and what was written is there either way."""
    more = customer.get(f"/tickets/{number}").hidden() | {"body": f"More of {number}"}
    close = agent.get(f"/desk/tickets/{number}").hidden() | {"state": "solved"}

    def act(n: int) -> Answer:
        if n:
            return customer.post(f"/tickets/{number}/answer", more)
        return agent.post(f"/desk/tickets/{number}/change", close)

    assert [one.status for one in at_once(2, act)] == [303, 303]
    with it.place.look():
        ticket = _ticket(number)
        events = _events(ticket)
        said = next(event.id for event in events if event.body == f"More of {number}")
        solved = next(event.id for event in events if event.kind == "state" and event.data["to"] == "solved")
        assert ticket.state == ("open" if said > solved else "solved")
        bodies = Counter(event.body for event in events if event.kind == "message")
        assert set(bodies.values()) == {1}
        assert len(bodies) == 4
    met["words after it was solved" if said > solved else "words before it was solved"] += 1


def _take_at_once(it: Trial, number: int, agents: list[Browser]) -> None:
    """It is somebody's in the end, and its history tells of each who had it."""
    forms = [agent.get(f"/desk/tickets/{number}").hidden() for agent in agents]
    taken = at_once(2, lambda n: agents[n].post(f"/desk/tickets/{number}/take", forms[n]))
    assert [one.status for one in taken] == [303, 303]
    with it.place.look():
        ticket = _ticket(number)
        told = [event.actor_id for event in _events(ticket) if event.kind == "assignee"]
        assert set(told) == {it.place.id_of(email) for email in AGENTS}
        assert all(one != other for one, other in pairwise(told))
        assert ticket.assignee_id == told[-1]


def _ticket(number: int) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.number == number)).one()


def _events(ticket: Ticket) -> list[TicketEvent]:
    rows = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
    return list(db.session.scalars(rows))
