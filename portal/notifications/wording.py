"""Classes of notices as people read them, and what a feature says of each kind that it makes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ..kit.i18n import lazy

ANSWER, STATE, COMMUNITY, ACCOUNT, SECURITY = "answer", "state", "community", "account", "security"


@dataclass(frozen=True)
class Class:
    """A class of notices: its name, and what falls under it."""

    name: Any
    sentence: Any


# Those that a person may have by mail or not; notices of the class "security" always come by mail.
CHOSEN = {
    ANSWER: Class(lazy("Answers"), lazy("Somebody wrote to you in a request.")),
    STATE: Class(lazy("Changes to requests"), lazy("A request arrived, was handed to you, or was solved.")),
    COMMUNITY: Class(
        lazy("Community"), lazy("What you follow there. Each thing has a choice of its own as well.")
    ),
    ACCOUNT: Class(lazy("Your account"), lazy("How to begin, and what is new in your account.")),
}


@dataclass(frozen=True)
class Kind:
    """One kind of notice that a feature makes.

    Attributes:
        name: what the rows are called.
        group: its class.
        icon: shown where no face is.
        words: the sentence, from the notice's data; safe HTML.
        anchor: the part of the page that it opens at, as "#newest".
    """

    name: str
    group: str
    icon: str
    words: Callable[[dict[str, Any]], Markup]
    anchor: str = ""


def strong(words: str) -> Markup:
    """A name that stands out in a sentence, and runs its own way."""
    return Markup('<strong dir="auto">{}</strong>').format(words)


def filled(sentence: str, **values: str) -> Markup:
    """A translated sentence with its values, which are escaped unless they are Markup."""
    return Markup(sentence) % values  # noqa: S704 -- the sentence comes from our catalogues
