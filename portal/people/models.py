"""Tables of persons, organisations, teams and roles."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from ..kit import clock
from ..kit.i18n import lazy
from ..kit.types import NEVER_AGAIN, BigId, Json, UtcDateTime
from .permissions import FIRST_ROLES, ROLE_NAMES, ROLE_PURPOSES, Permission

Held = frozenset[tuple[str, int | None]]  # permissions, each with the team that it is limited to
Homes = frozenset[tuple[int, bool]]  # organisations, each with whether the person manages it
CUSTOMER = "customer"  # the key of the role that everybody with an account holds


def reach(held: Held, permission: Permission) -> tuple[bool, frozenset[int]]:
    """Where a permission is held: (everywhere, ids of the teams it is limited to)."""
    teams = {team for name, team in held if name == permission}
    return None in teams, frozenset(team for team in teams if team is not None)


FORMER = {"customer": lazy("Former customer"), "colleague": lazy("Former colleague")}


def former(kind: str) -> str:
    """What stands for the name of somebody who was erased, in the reader's language; "" for who was not."""
    return str(FORMER[kind]) if kind else ""


class Organisation(Model):
    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Team(Model):
    """People who look after requests together; every ticket has one."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)  # of requests that come to this team first


class Role(Model):
    """A named set of permissions; those of ours go by their key, those that people made by the name that they gave.

    `version` grows with each change, so that of two people who change a role the second one hears of the first.
    """

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    permissions: Mapped[list[str]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def shown(self) -> str:
        """What the role is called in the reader's language; the names of own roles are as they were given."""
        return self.name or str(ROLE_NAMES.get(self.key, self.key))

    @property
    def purpose(self) -> str:
        """What it is for, in a line; "" of own roles, whose makers know."""
        return "" if self.name else str(ROLE_PURPOSES.get(self.key, ""))

    @property
    def is_own(self) -> bool:
        """Whether people here made it: ours stay as they are, and can be copied."""
        return self.key not in FIRST_ROLES


class Grant(Model):
    """A person holds a role, everywhere or for one team."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role_id", "team_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    role: Mapped[Role] = relationship()
    team: Mapped[Team | None] = relationship()
    person: Mapped["Person"] = relationship(foreign_keys=person_id, viewonly=True)


class Membership(Model):
    """A person belongs to an organisation; its managers see and answer all of its requests."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    is_manager: Mapped[bool] = mapped_column(default=False)

    organisation: Mapped[Organisation] = relationship()


class Person(Model):
    """Anybody we know: with a password an account; without one somebody who wrote, was invited to a request, or rang.

    `confirmed_at` says since when the address is known to be theirs; a caller may have no address at all. Of somebody
    who was erased only the number is left, and in `erased` what they were: one of FORMER. Links of mails that open one
    request each open nothing when they were made before `links_after`: the address was another one then.
    """

    __tablename__ = "person"
    __table_args__ = (Index(None, "active"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    called: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str] = mapped_column(String(5), default="en")
    zone: Mapped[str] = mapped_column(String(50), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    erased: Mapped[str] = mapped_column(String(10), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    links_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    grants: Mapped[list[Grant]] = relationship(foreign_keys=Grant.person_id)
    memberships: Mapped[list[Membership]] = relationship()

    # As load_sign_in() read them along with the person, for one request.
    known_held = cast("Held | None", None)
    known_homes = cast("Homes | None", None)

    @property
    def shown(self) -> str:
        """How others read this person: the form of name they chose, else the full name, else the address."""
        return former(self.erased) or self.called or self.name or (self.email or "").partition("@")[0] or "?"

    @property
    def initials(self) -> str:
        """Two letters for the round mark beside the name; signs and directions marks are passed over."""
        if self.erased:
            return "–"
        letters = [c for c in self.shown if unicodedata.category(c)[0] in "LN"]
        return "".join(letters[:2]).upper() or "?"

    @property
    def held(self) -> Held:
        """All permissions, with the team of each."""
        if self.known_held is not None:
            return self.known_held
        return frozenset((name, grant.team_id) for grant in self.grants for name in grant.role.permissions)

    @property
    def homes(self) -> Homes:
        """The organisations that the person belongs to."""
        if self.known_homes is not None:
            return self.known_homes
        return frozenset((one.organisation_id, one.is_manager) for one in self.memberships)

    def reach(self, permission: Permission) -> tuple[bool, frozenset[int]]:
        """Where the person holds a permission: (everywhere, ids of the teams it is limited to)."""
        return reach(self.held, permission)

    def may(self, permission: Permission | str, team_id: int | None = None) -> bool:
        """Whether the person holds a permission: for `team_id`, or anywhere when none is named."""
        everywhere, teams = self.reach(Permission(permission))
        return everywhere or (bool(teams) if team_id is None else team_id in teams)

    def holds(self, permissions: Iterable[str], team_id: int | None) -> bool:
        """Whether the person holds all of these for a team, or everywhere when none is named."""
        here = {name for name, team in self.held if team is None or team == team_id}
        return here.issuperset(permissions)

    @property
    def is_staff(self) -> bool:
        return self.may(Permission.READ)

    @property
    def is_colleague(self) -> bool:
        """Whether the person holds a role beyond that of customers."""
        return any(grant.role.key != CUSTOMER for grant in self.grants)
