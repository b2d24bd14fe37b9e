"""A letter in the reader's language and zone, as text and HTML, from a pair of templates."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale

from ..kit.company import the_company
from ..kit.i18n import in_zone
from ..people.models import Person
from .threads import Thread
from .wording import worded


@dataclass(frozen=True)
class About:
    """Which event of a ticket a mail tells its reader of."""

    thread: Thread
    event_id: int
    template: str

    @property
    def message_id(self) -> str:
        return self.thread.message_id(self.event_id, self.template)


@dataclass(frozen=True)
class Draft:
    """What is to be sent, to one address, with headers beyond the usual ones; `automatic` unless somebody of ours speaks.

    `thread` is what it belongs to where that is no request, as "topic 12": then its subject may be words of others.
    """

    to: str
    subject: str
    text: str
    html: str
    person_id: int | None = None
    automatic: bool = True
    about: About | None = None
    thread: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def absolute(path: str) -> str:
    """The public address of a path of this site; from the settings, never from a request's Host."""
    return str(current_app.config["BASE_URL"]) + path


def one_line(words: str) -> str:
    """Words fit for a header: no line breaks or other control characters, nor how mails write such ones (RFC 2047, 2)."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).replace("=?", "= ?").split())


def as_name(words: str, otherwise: str = "") -> str:
    """A name for a mail to an address that nobody has confirmed; one that holds an address or a telephone number is left out.

    Who signs up or invites chooses the name, and could have us carry a message with an address to anybody.
    """
    tells = re.search(r"//|@|www|\w\.\w|\d{3}", words, re.IGNORECASE)
    return otherwise if tells else words


def compose(template: str, to: Person, **context: Any) -> Draft:
    """Render `mail/<template>.txt` and `.html` for a person with an address; the first line of the text is the subject."""
    with in_zone(to.zone):
        draft = compose_to(template, to.email or "", to.language, person=to, **context)
    return replace(draft, person_id=to.id)


def compose_to(template: str, email: str, language: str, **context: Any) -> Draft:
    """The same for an address without an account."""
    by_mail = bool(the_company().reply_address)
    values = {"absolute": absolute, "worded": worded, "person": None, "by_mail": by_mail, **context}
    with force_locale(the_company().or_offered(language)):
        subject, _, text = render_template(f"mail/{template}.txt", **values).lstrip().partition("\n")
        html = render_template(f"mail/{template}.html", **values)
    return Draft(email, one_line(subject), text.strip() + "\n", html)
