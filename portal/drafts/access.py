"""Who may read which draft: its writer, and nobody else, whatever rights they hold."""

import base64
import hashlib
import hmac

from flask import current_app
from sqlalchemy import select

from ..extensions import db
from ..people.models import Person
from .models import Draft


def get_draft(person: Person, place: str) -> Draft | None:
    """The person's own draft at a place."""
    return db.session.scalar(select(Draft).where(Draft.person_id == person.id, Draft.place == place))


def may_hear_drafts(person: Person | None, person_id: int) -> bool:
    """Live topic `drafts-<id>`: a draft of the person changed in some window."""
    return person is not None and person.id == person_id


def device_key(person: Person) -> str:
    """The key (256 bits, base64) that seals what a device keeps of the person's drafts.

    Only the person's own pages hold it: after signing out nobody at the device can read what waits there, and after
    signing in again the same person can.
    """
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return base64.b64encode(hmac.digest(secret, f"drafts of {person.id}".encode(), hashlib.sha256)).decode()
