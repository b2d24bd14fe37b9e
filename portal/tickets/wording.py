"""What states, priorities and events are called, and how they look; one table for all pages and mails."""

from dataclasses import dataclass
from typing import Any

from ..kit.i18n import _, lazy


@dataclass(frozen=True)
class Look:
    """A word with its tone and icon; always all three."""

    word: Any
    tone: str
    icon: str


@dataclass(frozen=True)
class State:
    """A state as the customer and as the agent read it; what it means for both is the first line's to say."""

    customer: Look
    agent: Look


STATES = {
    "new": State(
        Look(lazy("New"), "info", "circle-dot"),
        Look(lazy("New"), "info", "circle-dot"),
    ),
    "open": State(
        Look(lazy("With us"), "info", "progress"),
        Look(lazy("Open"), "info", "progress"),
    ),
    "waiting": State(
        Look(lazy("Waiting for you"), "wait", "message-question"),
        Look(lazy("Waiting for customer"), "wait", "message-question"),
    ),
    "solved": State(
        Look(lazy("Solved"), "good", "circle-check"),
        Look(lazy("Solved"), "good", "circle-check"),
    ),
    "closed": State(
        Look(lazy("Closed"), "rest", "circle-minus"),
        Look(lazy("Closed"), "rest", "circle-minus"),
    ),
}
WITH_US = ("new", "open")
OPEN_STATES = (*WITH_US, "waiting")

PRIORITIES = {
    "low": Look(lazy("Low"), "rest", "chevron-down"),
    "normal": Look(lazy("Normal"), "rest", "circle-minus"),
    "high": Look(lazy("High"), "wait", "arrow-up"),
    "urgent": Look(lazy("Urgent"), "bad", "alert-triangle"),
}


@dataclass(frozen=True)
class EventLook:
    """A line between messages: icon, tone, and words that are safe to show as they are."""

    icon: str
    tone: str
    words: str


def _state_words(data: dict[str, Any], who: str, *, own: bool, desk: bool) -> str:
    state = STATES[data["to"]]
    if data["to"] == "closed" and not who:
        return _("Closed, a week after it was solved")
    if own:
        return {"solved": _("You said that it is solved"), "open": _("You opened it again")}.get(
            data["to"], _("Now: %(state)s", state=state.customer.word)
        )
    if desk and who:
        return _("%(who)s set: %(state)s", who=who, state=state.agent.word)
    return _("Now: %(state)s", state=(state.agent if desk else state.customer).word)


def event_look(kind: str, data: dict[str, Any], who: str, *, own: bool, desk: bool) -> EventLook:
    """How a line reads.

    Args:
        kind, data: of the event.
        who: name of the person who did it; empty when the portal did.
        own: whether the reader did it.
        desk: whether an agent reads.
    """
    if kind == "state":
        look = STATES[data["to"]].agent if desk else STATES[data["to"]].customer
        words = [_state_words(data, who, own=own, desk=desk), data.get("needed")]
        return EventLook(look.icon, look.tone, " · ".join(filter(None, words)))
    if kind == "assignee":
        if not data["name"]:
            return EventLook("user", "", _("%(who)s gave it back to the team", who=who))
        if data["id"] == data["by"]:
            return EventLook("user-check", "", _("%(name)s looks after it now", name=data["name"]))
        return EventLook("user-check", "", _("%(who)s handed it to %(name)s", who=who, name=data["name"]))
    if kind == "team":
        return EventLook("users", "", _("Handed to the team %(team)s", team=data["name"]))
    look = PRIORITIES[data["to"]]
    return EventLook(
        look.icon, look.tone, _("%(who)s set the priority: %(priority)s", who=who, priority=look.word)
    )
