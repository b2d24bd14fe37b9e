"""Tables of sign-ins, links in mails, and counted attempts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.types import BigId, Json, UtcDateTime
from ..people.models import Person


class SignIn(Model):
    """One signed-in browser; deleting the row signs it out at once. Flask-Login's "user" is this row."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "ends"),)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(45), default="")

    person: Mapped[Person] = relationship()

    token = ""  # known only to the browser; set while a sign-in is being made or loaded

    def get_id(self) -> str:
        return self.token


class Device(Model):
    """A kind of browser that a person signed in with lately; one that is not here is told to its owner."""

    __tablename__ = "device"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(60), primary_key=True)
    seen: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, index=True)


class MailLink(Model):
    """A link in a mail that acts once: confirms a sign-up, signs in, sets a new password, says yes to an address.

    A code that somebody reads out on the telephone is kept the same way, with the purpose "spoken".
    """

    __tablename__ = "mail_link"
    __table_args__ = (Index(None, "ends"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)


class AddressChange(Model):
    """Somebody is to have another address: asked for by themselves, or by the agent `by` who was read a code.

    `proof` is what they showed for it, "password", "link" (signed in by one just now), "spoken" (a code of their account
    page) or "code" (one of a request, as callers have). A change by an agent stays for a while after it is `done`, so
    that the old address can still object.
    """

    __tablename__ = "address_change"
    __table_args__ = (Index(None, "ends"), Index(None, "old"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proof: Mapped[str] = mapped_column(String(10))
    old: Mapped[str] = mapped_column(String(254))
    new: Mapped[str] = mapped_column(String(254))
    asked: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    old_said: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_said: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=person_id)


class Attempt(Model):
    """How often something was tried in a stretch of time; the key is a hash, so that no address is kept."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "starts"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    starts: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(default=0)
