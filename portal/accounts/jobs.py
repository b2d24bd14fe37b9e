"""The account's mails, and sweeping what is over."""

from datetime import datetime
from typing import Any

from ..extensions import db
from ..mail.actions import send
from ..mail.compose import as_name, compose, compose_to
from ..notifications.actions import News, notify
from ..notifications.letters import compose_of
from ..notifications.queries import wants_mail
from ..notifications.wording import ACCOUNT
from ..people.models import Person
from .actions import make_link
from .notices import RESET
from .privacy import sweep

PATHS = {"confirm": "/confirm/", "reset": "/reset/"}


def send_link(payload: dict[str, Any]) -> None:
    """A mail with a link; its token exists only in the mail."""
    values, purpose, email = payload["values"], payload["purpose"], payload["email"]
    token = make_link(purpose, email, values, payload["person"], payload["until"])
    person = db.session.get(Person, payload["person"]) if payload["person"] else None
    path = PATHS[purpose] + token
    if person:
        called = person.shown if person.confirmed_at else as_name(person.shown)
        draft = compose(purpose, person, path=path, called=called)
    else:
        draft = compose_to(purpose, email, values["language"], path=path, called=as_name(values["called"]))
    send(draft, payload["job"])
    if person:
        notify(person, RESET, News(str(payload["job"]), "/account/security"))


def _to_person(template: str, payload: dict[str, Any], **values: Any) -> None:
    person = db.session.get(Person, payload["person"])
    if person and person.active:
        send(compose(template, person, called=person.shown, **values), payload["job"])


def _warning(payload: dict[str, Any]) -> None:
    """A mail about the safety of an account; nobody can choose to be without."""
    _to_person(payload["template"], payload, at=datetime.fromisoformat(payload["at"]), **payload["values"])


def _welcome(payload: dict[str, Any]) -> None:
    person = db.session.get(Person, payload["person"])
    if person and person.active and wants_mail(person.id, ACCOUNT):
        send(compose_of(ACCOUNT, "welcome", person, called=person.shown), payload["job"])


HANDLERS = {
    "accounts.link": send_link,
    "accounts.known": lambda payload: _to_person("known", payload),
    "accounts.nobody": lambda _payload: None,
    "accounts.password_changed": lambda payload: _to_person("password_changed", payload),
    "accounts.warning": _warning,
    "accounts.welcome": _welcome,
    "accounts.sweep": lambda _payload: sweep(),
}
PERIODIC = {"accounts.sweep": 3600}
