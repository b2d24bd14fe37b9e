"""My requests: filters, search, paging, and what they cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.extensions import db
from portal.kit import clock
from portal.kit.company import the_company
from portal.tickets.models import Ticket

from ..client import PortalClient, statements
from ..conftest import Cast
from ..make import make_answer, make_note, make_ticket

BROWSER = Callable[..., PortalClient]


def subjects(client: PortalClient, path: str) -> list[str]:
    return [a.text.strip() for a in client.page(path).select(".reqs h2 a")]


def numbers_of(client: PortalClient) -> list[str]:
    return [part.text for part in client.page("/tickets").select("nav.views .num")]


def test_filters_show_what_they_say_and_count_exactly(people: Cast, browser_of: BROWSER) -> None:
    for state in ("new", "open", "waiting", "solved", "closed"):
        make_ticket(people.customer, state, state=state)
    make_ticket(people.stranger, "foreign", state="waiting")
    customer = browser_of(people.customer)
    assert set(subjects(customer, "/tickets")) == {"new", "open", "waiting"}
    assert subjects(customer, "/tickets?show=waiting") == ["waiting"]
    assert set(subjects(customer, "/tickets?show=solved")) == {"solved", "closed"}
    assert len(subjects(customer, "/tickets?show=all")) == 5
    assert set(subjects(customer, "/tickets?show='x")) == {"new", "open", "waiting"}
    assert numbers_of(customer) == ["3", "1"]


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ("orange", True),
        ("ORANGE light", True),
        ("oran", True),
        ("avaria", True),
        ("avaría", True),
        ("coracao", True),
        ("coração", True),
        ("оранж", True),
        ("answered", True),
        ("orange banana", False),
        ("range", False),
        ("secretnote", False),
        ("foreign", False),
    ],
)
def test_search_reads_subject_and_words_of_own_requests(
    people: Cast, browser_of: BROWSER, work: Callable[[], int], asked: str, finds: bool
) -> None:
    ticket = make_ticket(people.customer, "Orange light", "Avaría no coração, оранжевый свет")
    make_answer(ticket, people.agent, "We answered you.")
    make_note(ticket, people.agent, "secretnote")
    make_ticket(people.stranger, "foreign orange")
    work()
    found = subjects(browser_of(people.customer), f"/tickets?q={asked}")
    assert found == (["Orange light"] if finds else [])


@pytest.mark.parametrize(
    "asked",
    [
        '"',
        "'",
        "\"orange'",
        "(((",
        "orange*",
        "NOT orange",
        "orange AND",
        "internal: secretnote",
        "{internal} : secretnote",
        "a:* | b & !c <-> d",
        "_",
        "%",
        "\\",
        "--",
        "\0",
        "𐍈 ½ ² ㎨",
        "\u0301",
        "㍿" * 300,
        "ﷺ" * 300,
        "x" * 5000,
        "a " * 300,
    ],
)
def test_signs_in_a_search_are_harmless(
    people: Cast, browser_of: BROWSER, work: Callable[[], int], asked: str
) -> None:
    make_note(make_ticket(people.customer), people.agent, "secretnote")
    work()
    for person, path in ((people.customer, "/tickets"), (people.agent, "/desk")):
        answer = browser_of(person).get(path, query_string={"q": asked})
        assert answer.status_code == 200
        if person is people.customer:
            assert "orange" not in answer.text or "secretnote" not in asked


def test_a_long_conversation_is_indexed(people: Cast, work: Callable[[], int], browser_of: BROWSER) -> None:
    words = " ".join(f"слово{n}" for n in range(18_000))
    ticket = make_ticket(people.customer, "Much", words)
    make_note(ticket, people.agent, words.replace("слово", "буквы"))
    make_answer(ticket, people.customer, words.replace("слово", "знаки"))
    make_note(ticket, people.agent, words.replace("слово", "числа"))
    work()
    assert subjects(browser_of(people.customer), "/tickets?q=much") == ["Much"]


def test_pages_go_forth_and_back_also_within_one_moment(people: Cast, browser_of: BROWSER) -> None:
    with clock.at(clock.now()):
        made = [make_ticket(people.customer, f"t{n}").subject for n in range(60)]
    customer, path, seen, back = browser_of(people.customer), "/tickets?show=all", [], None
    while path:
        page = customer.page(path)
        seen.append([a.text.strip() for a in page.select(".reqs h2 a")])
        back = page.select_one("a[rel=prev]")
        link = page.select_one("a[rel=next]")
        path = str(link["href"]) if link else ""
    assert [len(part) for part in seen] == [25, 25, 10]
    assert [subject for part in seen for subject in part] == made[::-1]
    second = customer.page(str(back["href"]))  # type: ignore[index]
    assert [a.text.strip() for a in second.select(".reqs h2 a")] == seen[1]
    first = customer.page(str(second.select_one("a[rel=prev]")["href"]))  # type: ignore[index]
    assert [a.text.strip() for a in first.select(".reqs h2 a")] == seen[0]
    assert first.select_one("a[rel=prev]") is None


def test_what_came_meanwhile_shifts_no_page(people: Cast, browser_of: BROWSER) -> None:
    for n in range(30):
        with clock.at(clock.now() - timedelta(hours=n + 1)):
            make_ticket(people.customer, f"t{n}")
    customer = browser_of(people.customer)
    older = str(customer.page("/tickets").select_one("a[rel=next]")["href"])  # type: ignore[index]
    make_ticket(people.customer, "fresh")
    assert subjects(customer, older) == ["t25", "t26", "t27", "t28", "t29"]


def cost(client: PortalClient, path: str) -> int:
    """How many statements a page takes, in a context of its own as every real request has."""
    with client.application.app_context():
        the_company()  # every other second a process looks whether the owner changed something
        with statements() as asked:
            client.page(path)
    return len(asked)


def test_no_page_takes_more_than_eight_statements_whatever_there_is(
    people: Cast, browser_of: BROWSER
) -> None:
    ticket = make_ticket(people.customer)
    make_answer(ticket, people.agent)
    number = ticket.number
    customer, agent, admin = (browser_of(p) for p in (people.customer, people.agent, people.admin))
    pages = [
        (customer, "/tickets"),
        (customer, "/tickets/new"),
        (customer, f"/tickets/{number}"),
        (customer, "/account"),
        (customer, "/account/notices"),
        (agent, "/desk"),
        (agent, "/desk?view=all&q=light"),
        (agent, f"/desk/tickets/{number}"),
        (agent, "/desk/rail"),
        (agent, f"/desk/queue/{number}"),
        (admin, "/desk"),
        (admin, "/desk/canned"),
    ]
    before = [cost(client, path) for client, path in pages]
    ticket = db.session.query(Ticket).one()
    for n in range(50):
        make_ticket(people.customer, f"t{n}")
        make_answer(ticket, people.agent if n % 2 else people.customer, then="open")
    after = [cost(client, path) for client, path in pages]
    told = [(path, b, a) for (_, path), b, a in zip(pages, before, after, strict=True)]
    assert [row for row in told if row[2] > 8 or row[1] < row[2]] == []
