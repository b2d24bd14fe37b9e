"""A letter in the reader's language, as text and HTML, from a pair of templates."""

from dataclasses import dataclass, field, replace
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale

from ..people.models import Person


@dataclass(frozen=True)
class Draft:
    """What is to be sent, to one address, with headers beyond the usual ones."""

    to: str
    subject: str
    text: str
    html: str
    person_id: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def absolute(path: str) -> str:
    """The public address of a path of this site; from the settings, never from a request's Host."""
    return str(current_app.config["BASE_URL"]) + path


def one_line(words: str) -> str:
    """Words fit for a header: no line breaks or other control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def compose(template: str, to: Person, **context: Any) -> Draft:
    """Render `mail/<template>.txt` and `.html` for a person; the first line of the text is the subject."""
    draft = compose_to(template, to.email, to.language, person=to, **context)
    return replace(draft, person_id=to.id)


def compose_to(template: str, email: str, language: str, **context: Any) -> Draft:
    """The same for an address without an account."""
    values = {"absolute": absolute, "person": None, **context}
    with force_locale(language):
        subject, _, text = render_template(f"mail/{template}.txt", **values).lstrip().partition("\n")
        html = render_template(f"mail/{template}.html", **values)
    return Draft(email, one_line(subject), text.strip() + "\n", html)
