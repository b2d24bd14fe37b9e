"""What the states of an idea are called, how they look, and the quarters that one is planned for."""

from ..kit import clock
from ..kit.i18n import _, lazy
from ..tickets.wording import Look

STATES = {
    "review": Look(lazy("Under review"), "info", "search"),
    "planned": Look(lazy("Planned"), "wait", "clock"),
    "started": Look(lazy("Started"), "info", "progress"),
    "released": Look(lazy("Released"), "good", "rocket"),
    "declined": Look(lazy("Declined"), "rest", "circle-minus"),
}
OPEN = ("review", "planned", "started")  # those that can still be voted for
EXPLAINED = ("released", "declined")  # never without a reason
SORTS = {"votes": lazy("Most votes"), "newest": lazy("Newest"), "wanted": lazy("Most wanted")}
AHEAD = 8  # quarters that an idea can be planned for


def quarters() -> list[str]:
    """The quarters that come, this one first, as "2027-1"."""
    now = clock.now()
    first = now.year * 4 + (now.month - 1) // 3
    return [f"{number // 4}-{number % 4 + 1}" for number in range(first, first + AHEAD)]


def quarter_words(quarter: str) -> str:
    """A quarter as people read it; "" for none."""
    year, _sign, number = quarter.partition("-")
    return _("Q%(number)s %(year)s", number=number, year=year) if number else ""


def told(state: str) -> str:
    """What a notice or a mail says of an idea that came to a state, with a place for its `subject`."""
    return {
        "review": _("“%(subject)s” is under review again"),
        "planned": _("“%(subject)s” is planned now"),
        "started": _("Work on “%(subject)s” has started"),
        "released": _("You said, we did: “%(subject)s” is released"),
        "declined": _("“%(subject)s” was declined"),
    }[state]
