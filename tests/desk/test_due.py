"""What is due soon and what is late: in views of their own, in order of time, and told in every row."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.desk.queries import counts
from portal.kit import clock

from ..client import PortalClient
from ..conftest import Cast
from ..make import make_answer, make_ticket

BROWSER = Callable[..., PortalClient]
NOON = datetime(
    2026, 6, 16, 12, tzinfo=UTC
)  # a Tuesday; open from 9 to 18, so eight hours reach to tomorrow 11:00


@pytest.fixture
def tickets(people: Cast) -> None:
    for subject, hours, priority in (
        ("late", 24, "high"),
        ("today", 2, "high"),
        ("tomorrow", 1, "normal"),
        ("later", 2, "low"),
    ):
        with clock.at(NOON - timedelta(hours=hours)):
            make_ticket(people.customer, subject, priority=priority)
    with clock.at(NOON - timedelta(days=7)):
        make_ticket(people.customer, "solved", state="solved")
        make_answer(make_ticket(people.customer, "waits"), people.agent)
        make_ticket(people.stranger, "money", team="Billing")


def rows(client: PortalClient, path: str) -> list[tuple[str, str]]:
    """Subjects with what stands under "Due", from top to bottom."""
    found = client.page(path).select("#list tbody tr")
    return [(r.select_one("th").text.strip(), r.select_one(".due").text) for r in found]  # type: ignore[union-attr]


def test_views_show_what_is_due_first_on_top(tickets: None, people: Cast, browser_of: BROWSER) -> None:
    agent = browser_of(people.agent)
    with clock.at(NOON):
        assert rows(agent, "/desk?view=due") == [
            ("late", "20 hrs late"),
            ("today", "14:00"),
            ("tomorrow", "tomorrow 10:00"),
        ]
        assert rows(agent, "/desk?view=overdue") == [("late", "20 hrs late")]
        everything = dict(rows(agent, "/desk?view=open"))
        assert (everything["later"], everything["waits"]) == ("tomorrow 17:00", "")
        found = counts(people.agent, "")[0]
        assert (found["due"], found["overdue"]) == (3, 1)
        assert (counts(people.manager, "")[0]["due"], counts(people.manager, "")[0]["overdue"]) == (4, 2)
        late = agent.page("/desk?view=overdue").select_one("#rail a[href$=overdue] .num")
        assert late
        assert "bad" in late["class"]
    with clock.at(NOON - timedelta(days=1)):
        assert counts(people.agent2, "")[0]["overdue"] == 1


def test_the_next_one_is_the_next_to_be_due(tickets: None, people: Cast, browser_of: BROWSER) -> None:
    agent = browser_of(people.agent)
    with clock.at(NOON):
        links = [str(a["href"]) for a in agent.page("/desk?view=due").select("#list th a")]
        following = [path.replace("?view", "/next?view") for path in links]
        assert agent.get(following[0]).location == links[1]
        assert agent.get(following[1]).location == links[2]
        assert agent.get(following[2]).location == links[0]
        beside = agent.page(links[0]).select("#queue .q > span:last-child")
        assert [part.text for part in beside] == ["20 hrs late", "14:00", "tomorrow 10:00"]
        agent.send(links[1].replace("?view=due", "/change"), {"state": "solved"})
        assert agent.get(following[1]).location == links[0]


def test_what_is_due_pages_forth_and_back(people: Cast, browser_of: BROWSER) -> None:
    for n in range(45):
        with clock.at(NOON - timedelta(minutes=n)):
            make_ticket(people.customer, f"t{n}", priority="urgent")
    agent = browser_of(people.agent)
    with clock.at(NOON):
        first = agent.page("/desk?view=due")
        older = str(first.select_one("a[rel=next]")["href"])  # type: ignore[index]
        assert [subject for subject, _ in rows(agent, older)] == ["t4", "t3", "t2", "t1", "t0"]
        back = str(agent.page(older).select_one("a[rel=prev]")["href"])  # type: ignore[index]
        assert [subject for subject, _ in rows(agent, back)] == [f"t{n}" for n in range(44, 4, -1)]
