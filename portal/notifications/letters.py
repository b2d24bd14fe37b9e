"""Mails that a person may do without: each carries a signed link that stops its class and nothing else."""

from dataclasses import replace
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from ..mail.compose import Draft, absolute, compose
from ..people.models import Person
from .wording import CHOSEN


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")


def make_token(person_id: int, group: str) -> str:
    """The word of a link that stops one class of mails to one person; it lasts as long as the mail may lie about."""
    return str(_signer().dumps([person_id, group]))


def read_token(token: str) -> tuple[int, str] | None:
    """(person's id, class) of a link that we signed; None for any other word."""
    try:
        person_id, group = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return (person_id, group) if group in CHOSEN else None


def compose_of(group: str, template: str, person: Person, **context: Any) -> Draft:
    """A letter of a class, with the link and the headers that stop it (RFC 2369; RFC 8058 for the single click)."""
    stop = absolute(f"/unsubscribe/{make_token(person.id, group)}")
    draft = compose(template, person, stop=stop, **context)
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return replace(draft, headers=headers)
