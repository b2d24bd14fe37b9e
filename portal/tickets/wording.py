"""What states, priorities and events are called, and how they look; one table for all pages and mails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ..kit.i18n import _, lazy
from ..people.models import former


@dataclass(frozen=True)
class Look:
    """A word with its tone and icon; always all three."""

    word: Any
    tone: str
    icon: str


@dataclass(frozen=True)
class State:
    """A state as the customer and as the agent read it; what it means for both is the first line's to say.

    Attributes:
        customer, agent: the word for it, with its look.
        now, now_at_desk: the sentence that it is so now, as each of them reads it.
        by: the sentence that somebody, %(who)s, set it so.
    """

    customer: Look
    agent: Look
    now: Any
    now_at_desk: Any
    by: Any


STATES = {
    "new": State(
        Look(lazy("New"), "info", "circle-dot"),
        Look(lazy("New"), "info", "circle-dot"),
        lazy("It is new again"),
        lazy("It is new again"),
        lazy("%(who)s set it to new"),
    ),
    "open": State(
        Look(lazy("With us"), "info", "progress"),
        Look(lazy("Open"), "info", "progress"),
        lazy("It is with us now"),
        lazy("It is open now"),
        lazy("%(who)s set it to open"),
    ),
    "waiting": State(
        Look(lazy("Waiting for you"), "wait", "message-question"),
        Look(lazy("Waiting for customer"), "wait", "message-question"),
        lazy("It is waiting for you now"),
        lazy("It is waiting for the customer now"),
        lazy("%(who)s set it to wait for the customer"),
    ),
    "solved": State(
        Look(lazy("Solved"), "good", "circle-check"),
        Look(lazy("Solved"), "good", "circle-check"),
        lazy("It is solved now"),
        lazy("It is solved now"),
        lazy("%(who)s set it to solved"),
    ),
    "closed": State(
        Look(lazy("Closed"), "rest", "circle-minus"),
        Look(lazy("Closed"), "rest", "circle-minus"),
        lazy("It is closed now"),
        lazy("It is closed now"),
        lazy("%(who)s closed it"),
    ),
}
WITH_US = ("new", "open")
OPEN_STATES = (*WITH_US, "waiting")

KINDS = {
    "question": Look(lazy("Question"), "info", "help-circle"),
    "incident": Look(lazy("Something is broken"), "bad", "alert-triangle"),
    "service": Look(lazy("A wish to us"), "rest", "edit"),
    "feedback": Look(lazy("Feedback"), "rest", "mood-smile"),
}
ASKED_KINDS = {
    key: look for key, look in KINDS.items() if key != "feedback"
}  # what a request can be begun as


def kinds_like(kind: str) -> dict[str, Look]:
    """The kinds that a request of a kind can be said to be: feedback, with its face and page, stays what it is."""
    return ASKED_KINDS if kind in ASKED_KINDS else {kind: KINDS[kind]}


FACES = {
    1: Look(lazy("Very bad"), "bad", "mood-cry"),
    2: Look(lazy("Bad"), "bad", "mood-sad"),
    3: Look(lazy("All right"), "wait", "mood-empty"),
    4: Look(lazy("Good"), "good", "mood-smile"),
    5: Look(lazy("Very good"), "good", "mood-happy"),
}
GATES = {
    "unconfirmed": Look(lazy("Address not confirmed"), "wait", "mail"),
    "held": Look(lazy("Held back"), "bad", "alert-circle"),
}

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
    if data["to"] == "closed" and not data.get("team"):
        return _("You withdrew the request") if own else _("%(who)s withdrew the request", who=who)
    if own and data["to"] in ("solved", "open"):
        return _("You said that it is solved") if data["to"] == "solved" else _("You opened it again")
    if desk and who:
        return str(state.by) % {"who": who}
    return str(state.now_at_desk if desk else state.now)


def _unsaid(_data: dict[str, Any], who: str, own: bool) -> str:
    return _("You took a message back") if own else _("%(who)s took a message back", who=who)


def name_in(data: dict[str, Any], key: str = "name") -> str:
    """The name that an event or a notice holds of somebody; who was erased since then is called after what they were."""
    return str(data[key]) or former(data.get("erased", ""))


def _wordless(_data: dict[str, Any], who: str, own: bool) -> str:
    return (
        _("You wrote here; the words were erased")
        if own
        else _("%(who)s wrote here; the words were erased", who=who)
    )


def _erased(_data: dict[str, Any], _who: str, _own: bool) -> str:
    return _("The person who asked was erased, and all words of this request with them")


def _follows(data: dict[str, Any], who: str, own: bool) -> str:
    name = name_in(data)
    if data["id"] == data["by"]:
        return _("%(name)s follows it now", name=name)
    if own:
        return _("You added %(name)s", name=name)
    return _("%(who)s added %(name)s", who=who, name=name)


def _leaves(data: dict[str, Any], _who: str, _own: bool) -> str:
    return _("%(name)s follows it no more", name=name_in(data))


def _shared(data: dict[str, Any], who: str, own: bool) -> str:
    if data["shared"]:
        return (
            _("You shared it with your organisation")
            if own
            else _("%(who)s shared it with the organisation", who=who)
        )
    return _("You no longer share it") if own else _("%(who)s no longer shares it", who=who)


def _rated(data: dict[str, Any], who: str, own: bool) -> str:
    face = FACES[data["score"]].word
    return _("You said: %(face)s", face=face) if own else _("%(who)s said: %(face)s", who=who, face=face)


def _confirmed(_data: dict[str, Any], who: str, _own: bool) -> str:
    return _("%(who)s confirmed the address", who=who)


def _let_through(_data: dict[str, Any], who: str, _own: bool) -> str:
    return _("%(who)s looked at it: no machine sent it", who=who)


def _team(data: dict[str, Any], _who: str, _own: bool) -> str:
    return _("Handed to the team %(team)s", team=data["name"])


def _sorted(data: dict[str, Any], who: str, _own: bool) -> str:
    return _("%(who)s set the kind: %(kind)s", who=who, kind=KINDS[data["to"]].word)


def _elsewhere(sentence: str, data: dict[str, Any], who: str) -> str:
    """A sentence with a link to a topic; whoever may not read that one finds nothing there."""
    return Markup(sentence) % {"who": who, "url": data["address"]}  # noqa: S704 -- the sentence comes from our catalogues


def _from_topic(data: dict[str, Any], who: str, _own: bool) -> str:
    said = _('%(who)s made a request of <a href="%(url)s">a topic in the community</a>')
    return _elsewhere(said, data, who)


def _to_topic(data: dict[str, Any], who: str, own: bool) -> str:
    said = (
        _('You agreed: it is <a href="%(url)s">a topic in the community</a> now')
        if own
        else _('%(who)s agreed: it is <a href="%(url)s">a topic in the community</a> now')
    )
    return _elsewhere(said, data, who)


def _proposal(data: dict[str, Any], who: str, own: bool) -> str:
    """What is asked of the customer about their words, and what they say."""
    if data["is"] == "asked":
        return _("%(who)s asks whether others may read question and answer, without names", who=who)
    if data["is"] == "dropped":
        return _("%(who)s no longer asks whether others may read it", who=who)
    return (
        _("You said that others may not read it")
        if own
        else _("%(who)s does not want others to read it", who=who)
    )


def _asks_for_idea(data: dict[str, Any], who: str, _own: bool) -> str:
    return _("%(who)s linked it to the idea %(number)d", who=who, number=data["idea"])


def _asks_no_more(data: dict[str, Any], who: str, _own: bool) -> str:
    return _("%(who)s took the link to the idea %(number)d away", who=who, number=data["idea"])


# Events that always read the same way: icon, and words from the event's data, who did it, and whether the reader did.
PLAIN: dict[str, tuple[str, Callable[[dict[str, Any], str, bool], str]]] = {
    "unsaid": ("arrow-back-up", _unsaid),
    "wordless": ("circle-minus", _wordless),
    "erased": ("circle-minus", _erased),
    "follower": ("user-plus", _follows),
    "left": ("user", _leaves),
    "shared": ("users", _shared),
    "rated": ("mood-smile", _rated),
    "felt": ("mood-smile", _rated),
    "confirmed": ("check", _confirmed),
    "let-through": ("check", _let_through),
    "kind": ("help-circle", _sorted),
    "team": ("users", _team),
    "from-topic": ("messages", _from_topic),
    "to-topic": ("messages", _to_topic),
    "proposal": ("message-question", _proposal),
    "idea": ("bulb", _asks_for_idea),
    "no-idea": ("bulb", _asks_no_more),
}


def _assignee_look(data: dict[str, Any], who: str) -> EventLook:
    if data["id"] is None:
        return EventLook("user", "", _("%(who)s gave it back to the team", who=who))
    if data["id"] == data["by"]:
        return EventLook("user-check", "", _("%(name)s looks after it now", name=name_in(data)))
    return EventLook("user-check", "", _("%(who)s handed it to %(name)s", who=who, name=name_in(data)))


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
        said = [_state_words(data, who, own=own, desk=desk), data.get("needed")]
        return EventLook(look.icon, look.tone, " · ".join(filter(None, said)))
    if kind == "assignee":
        return _assignee_look(data, who)
    if kind in PLAIN:
        icon, words = PLAIN[kind]
        face = FACES[data["score"]] if kind in ("rated", "felt") else None
        return EventLook(face.icon if face else icon, face.tone if face else "", words(data, who, own))
    look = PRIORITIES[data["to"]]
    return EventLook(
        look.icon, look.tone, _("%(who)s set the priority: %(priority)s", who=who, priority=look.word)
    )
