"""Views of the desk: what stands in them, and exact counts in one statement."""

from collections.abc import Callable

import pytest

from portal.desk.queries import counts

from ..client import PortalClient, statements
from ..conftest import Cast
from ..make import make_note, make_ticket, take

BROWSER = Callable[..., PortalClient]


def rows(client: PortalClient, path: str) -> set[str]:
    return {a.text.strip() for a in client.page(path).select("#list th[scope=row] a")}


@pytest.fixture
def tickets(people: Cast) -> None:
    for state in ("new", "open", "waiting", "solved", "closed"):
        make_ticket(people.customer, state, state=state)
    take(make_ticket(people.stranger, "mine"), people.agent)
    take(make_ticket(people.stranger, "theirs"), people.manager)
    make_ticket(people.stranger, "billing", team="Billing")


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("due", {"new", "open", "mine", "theirs"}),
        ("overdue", set()),
        ("unassigned", {"new", "open"}),
        ("mine", {"mine"}),
        ("team", {"new", "open", "mine", "theirs"}),
        ("waiting", {"waiting"}),
        ("open", {"new", "open", "waiting", "mine", "theirs"}),
        ("solved", {"solved", "closed"}),
        ("all", {"new", "open", "waiting", "solved", "closed", "mine", "theirs"}),
        ("nonsense", {"new", "open"}),
    ],
)
def test_a_view_shows_what_it_says(
    tickets: None, people: Cast, browser_of: BROWSER, view: str, shown: set[str]
) -> None:
    assert rows(browser_of(people.agent), f"/desk?view={view}") == shown


def test_counts_are_exact_and_take_one_statement(tickets: None, people: Cast) -> None:
    people.agent.reach("tickets.read")  # type: ignore[arg-type]
    with statements() as said:
        found = counts(people.agent, "")[0]
    of_time = {"due": 4, "overdue": 0, "unconfirmed": 0, "held": 0}
    assert found == {**of_time, "unassigned": 2, "mine": 1, "team": 4, "waiting": 1, "open": 5}
    assert len(said) == 1


def test_another_team_sees_its_own_and_a_manager_everything(
    tickets: None, people: Cast, browser_of: BROWSER
) -> None:
    assert rows(browser_of(people.agent2), "/desk?view=all") == {"billing"}
    assert counts(people.manager, "")[0]["open"] == 6
    found = {key: number for key, number in counts(people.agent2, "")[0].items() if number}
    assert found == {"due": 1, "unassigned": 1, "team": 1, "open": 1}


def test_search_at_the_desk_reads_notes_of_own_teams(
    people: Cast, browser_of: BROWSER, work: Callable[[], int]
) -> None:
    make_note(make_ticket(people.customer, "here"), people.agent, "findable")
    make_note(make_ticket(people.customer, "there", team="Billing"), people.agent2, "findable")
    work()
    assert rows(browser_of(people.agent), "/desk?q=findable") == {"here"}
    assert rows(browser_of(people.agent2), "/desk?q=findable") == {"there"}
    assert rows(browser_of(people.agent), "/desk?q=nothing") == set()


def test_customers_and_visitors_have_no_desk(people: Cast, browser_of: BROWSER, client: PortalClient) -> None:
    number = make_ticket(people.customer).number
    for path in ("/desk", "/desk/rail", f"/desk/tickets/{number}", f"/desk/queue/{number}"):
        assert browser_of(people.customer).get(path).status_code == 403
        assert browser_of(people.editor).get(path).status_code == 403
        assert client.get(path).status_code == 303


def test_next_walks_through_the_view_and_ends_at_the_queue(people: Cast, browser_of: BROWSER) -> None:
    first, second = (make_ticket(people.customer, name).number for name in ("first", "second"))
    agent = browser_of(people.agent)
    assert agent.get(f"/desk/tickets/{second}/next?view=all").location == f"/desk/tickets/{first}?view=all"
    assert agent.get(f"/desk/tickets/{first}/next?view=mine").location == "/desk?view=mine"


def test_the_customers_panel_tells_only_of_tickets_that_the_agent_may_read(
    people: Cast, browser_of: BROWSER
) -> None:
    here = make_ticket(people.customer, "here")
    make_ticket(people.customer, "earlier one")
    make_ticket(people.customer, "about money", team="Billing")
    panel = browser_of(people.agent).page(f"/desk/tickets/{here.number}").select_one("aside.who")
    assert panel
    assert "earlier one" in panel.text
    assert "about money" not in panel.text
    assert "Marta & Filhas" in panel.text


def test_the_queue_pages_by_key(people: Cast, browser_of: BROWSER) -> None:
    for n in range(45):
        make_ticket(people.customer, f"t{n}")
    agent = browser_of(people.agent)
    first = agent.page("/desk?view=all")
    older = str(first.select_one("a[rel=next]")["href"])  # type: ignore[index]
    assert rows(agent, older) == {"t0", "t1", "t2", "t3", "t4"}
    back = str(agent.page(older).select_one("a[rel=prev]")["href"])  # type: ignore[index]
    assert len(rows(agent, back)) == 40
