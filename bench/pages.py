"""The main pages: how each is asked for, and what it may cost."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from portal.community.queries import A_PAGE
from portal.tickets.actions import FIRST_NUMBER

from .browser import Ask
from .community import LONGEST, longest
from .fill import OUR_SHARE, Amounts, slug_of
from .text import Writer

Who = Literal["visitor", "customer", "agent"]
MOST_STATEMENTS = 8
MOST_FRAGMENT = 10_000  # bytes over the wire
MOST_FIRST_VISIT = 70_000
MOST_GROWTH = 1.3  # cost at the larger amount, as a multiple of that at the smaller
MOST_START = 2.0  # seconds
MOST_MEMORY = 150  # megabytes of a web process with all streams open

_writer = Writer(4)
_QUESTIONS = [_writer.words(3) for _ in range(500)]
_BODIES = [_writer.message() for _ in range(50)]


@dataclass(frozen=True)
class Page:
    """A page: who asks, how the request of turn n reads in an instance of some amounts, and the aim.

    Attributes:
        times: what it may cost, as a multiple of a bare page of the same size; None where nothing is said.
    """

    name: str
    who: Who
    ask: Callable[[Amounts, int], Ask]
    times: float | None = None

    @property
    def key(self) -> str:
        return self.name.replace(" ", "-").replace(",", "")


def _at(path: str, *, htmx: bool = False) -> Callable[[Amounts, int], Ask]:
    return lambda _amounts, _turn: Ask(path, htmx=htmx)


def _own(amounts: Amounts, _turn: int) -> str:
    """A ticket of our customer that nothing here changes."""
    return str(FIRST_NUMBER + amounts.tickets - OUR_SHARE)


def _desk(amounts: Amounts, _turn: int) -> str:
    """The same, of the team of our agent: the first team has every third ticket."""
    newest = amounts.tickets // 3 * 3
    of_ours = next(key for key in range(newest, 0, -3) if (amounts.tickets - key) % OUR_SHARE == 0)
    return str(FIRST_NUMBER + of_ours)


def _in_the_middle(amounts: Amounts, turn: int) -> Ask:
    """A page of the longest topic, each time another one from its middle on."""
    pages = max(longest(amounts) // A_PAGE, 1)
    return Ask(f"/community/{LONGEST}?at={(pages // 2 + turn % max(pages // 2, 1)) * A_PAGE + 1}")


def _search(_amounts: Amounts, turn: int) -> Ask:
    return Ask("/help/search?q=" + _QUESTIONS[turn % len(_QUESTIONS)].replace(" ", "+"))


def _create(_amounts: Amounts, turn: int) -> Ask:
    fields = {
        "once": secrets.token_urlsafe(18),
        "subject": _QUESTIONS[turn % 500],
        "body": _BODIES[turn % 50],
    }
    return Ask("/tickets/new", fields)


def _answer(amounts: Amounts, turn: int) -> Ask:
    """An agent answers, each time another open ticket of the team (every third one is)."""
    number = FIRST_NUMBER + amounts.tickets // 3 * 3 - 3 * (turn % (amounts.open // 3 - 2))
    fields = {"once": secrets.token_urlsafe(18), "kind": "answer", "then": "open", "seen": "999999999"}
    return Ask(
        f"/desk/tickets/{number}/answer", {**fields, "view": "open", "body": _BODIES[turn % 50]}, htmx=True
    )


PAGES = (
    Page("home", "visitor", _at("/")),
    Page("article, visitor", "visitor", _at(f"/help/{slug_of(7)}"), 3),
    Page("article, signed in", "customer", _at(f"/help/{slug_of(7)}"), 5),
    Page("section", "visitor", _at("/help/section/section-7")),
    Page("search", "visitor", _search),
    Page("sign-in page", "visitor", _at("/sign-in")),
    Page("request form", "customer", _at("/tickets/new"), 5),
    Page("creating a ticket", "customer", _create, 8),
    Page("ticket page", "customer", lambda a, n: Ask(f"/tickets/{_own(a, n)}"), 7),
    Page("own list", "customer", _at("/tickets?show=all"), 8),
    Page("topics, visitor", "visitor", _at("/community"), 10),
    Page("topics with unread", "customer", _at("/community"), 10),
    Page("new topics", "customer", _at("/community?show=new"), 10),
    Page("topic page", "customer", _in_the_middle, 10),
    Page("desk view", "agent", _at("/desk?view=open"), 10),
    Page("desk ticket page", "agent", lambda a, n: Ask(f"/desk/tickets/{_desk(a, n)}?view=open")),
    Page("answering", "agent", _answer),
)

FRAGMENTS = (
    Page(
        "search suggestions",
        "visitor",
        lambda _a, n: Ask(f"/help/suggest?q={_QUESTIONS[n][:12].replace(' ', '+')}", htmx=True),
    ),
    Page("own list", "customer", _at("/tickets?show=all", htmx=True)),
    Page("conversation", "customer", lambda a, n: Ask(f"/tickets/{_own(a, n)}", htmx=True)),
    Page("desk list", "agent", _at("/desk?view=open", htmx=True)),
    Page("desk rail", "agent", _at("/desk/rail?view=open", htmx=True)),
    Page("queue beside", "agent", lambda a, n: Ask(f"/desk/queue/{_desk(a, n)}?view=open", htmx=True)),
    Page("desk conversation", "agent", lambda a, n: Ask(f"/desk/tickets/{_desk(a, n)}?view=open", htmx=True)),
)
