"""What the made-up customer asks, and the steps that an agent tries on it."""

from dataclasses import dataclass
from typing import Any

from ..kit.i18n import _, in_language, lazy


@dataclass(frozen=True)
class Step:
    """One thing to try: its sentence, and the keys that do it."""

    words: Any
    keys: tuple[str, ...]


STEPS = {
    "keys": Step(lazy("Look at the keys, and close their list again"), ("?",)),
    "take": Step(lazy("Take the request"), ("T",)),
    "ready": Step(
        lazy("Answer, and put a ready answer in: the key works at the start of a line"), ("R", "/")
    ),
    "article": Step(lazy("Put an article into the same answer: type a word of it in the list"), ("/",)),
    "answer": Step(lazy("Send the answer"), ("Ctrl", "Enter")),
    "settle": Step(lazy("Say that it waits for the customer, or that it is solved"), ("W", "S")),
}


@dataclass(frozen=True)
class Asked:
    """Who asks in the practice request, and what."""

    who: str
    subject: str
    body: str


def asked_in(language: str) -> Asked:
    """The made-up request in a language; it fits any company, since everybody has an account to sign in to."""
    with in_language(language):
        return Asked(
            _("Lena (made up)"),
            _("I cannot sign in any more"),
            _(
                "Hello, since yesterday the page says that my address and password do not belong together. "
                "I am sure that I type them as always. What can I do? Lena"
            ),
        )
