"""The account's mails, and sweeping what is over."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from ..extensions import db
from ..mail.actions import send
from ..mail.compose import Draft, as_name, compose, compose_to
from ..notifications.actions import News, notify
from ..notifications.letters import compose_of
from ..notifications.queries import wants_mail
from ..notifications.wording import ACCOUNT
from ..people.access import find_person
from ..people.models import Person
from .actions import make_link
from .models import AddressChange
from .notices import RESET
from .privacy import sweep

PATHS = {"confirm": "/confirm/", "reset": "/reset/", "sign_in_link": "/sign-in/link/"}
PLACES = {
    "address_new": "/address/new/",
    "address_old": "/address/old/",
    "address_object": "/address/object/",
}


def send_link(payload: dict[str, Any]) -> None:
    """A mail with a link; its token exists only in the mail."""
    values, purpose, email = payload["values"], payload["purpose"], payload["email"]
    if purpose == "sign_in_link" and _is_staff(payload["person"]):
        _to_person("sign_in_staff", payload)
        return
    token = make_link(purpose, email, values, payload["person"], payload["until"])
    person = db.session.get(Person, payload["person"]) if payload["person"] else None
    path = PATHS[purpose] + token
    if person:
        called = person.shown if person.confirmed_at else as_name(person.shown)
        draft = compose(purpose, person, path=path, called=called)
    else:
        draft = compose_to(purpose, email, values["language"], path=path, called=as_name(values["called"]))
    send(draft, payload["job"])
    if person and purpose == "reset":
        notify(person, RESET, News(str(payload["job"]), "/account/security"))


def _is_staff(key: int) -> bool:
    person = db.session.get(Person, key)
    return bool(person and person.is_staff)


def send_address_link(payload: dict[str, Any]) -> None:
    """A mail with a link to one of the two addresses of a change, in its person's language."""
    change = db.session.get(AddressChange, payload["change"])
    if change is None or not change.person.active:
        return
    purpose, person = payload["purpose"], change.person
    to = change.new if purpose == "address_new" else change.old
    token = make_link(purpose, to, {"change": change.id}, person.id, payload["until"])
    # Whoever reads at the new address has not said yet who they are.
    called = as_name(person.shown) if purpose == "address_new" else person.shown
    until = datetime.fromisoformat(payload["until"])
    values = {"path": PLACES[purpose] + token, "called": called, "change": change, "until": until}
    send(_to_address(purpose, person, to, **values), payload["job"])


def _to_address(template: str, person: Person, to: str, **values: Any) -> Draft:
    """A letter to a person at an address that is not theirs yet, or no more."""
    return replace(compose(template, person, **values), to=to)


def _address_told(payload: dict[str, Any]) -> None:
    """The old address hears that it is not the account's any more."""
    person = db.session.get(Person, payload["person"])
    if person and person.active:
        at = datetime.fromisoformat(payload["at"])
        values = {"called": person.shown, "old": payload["old"], "new": payload["new"], "at": at}
        send(_to_address(payload["template"], person, payload["old"], **values), payload["job"])


def _address_taken(payload: dict[str, Any]) -> None:
    """Who has an address that somebody else wants to have hears of it; nothing changes."""
    person = find_person(payload["email"])
    if person:
        send(compose("address_taken", person, called=as_name(person.shown)), payload["job"])


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
    "accounts.address_link": send_address_link,
    "accounts.address_told": _address_told,
    "accounts.address_taken": _address_taken,
    "accounts.sweep": lambda _payload: sweep(),
}
PERIODIC = {"accounts.sweep": 3600}
