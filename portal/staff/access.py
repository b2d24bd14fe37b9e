"""Who may look after which people, and give which roles: nobody more than they hold themselves, at the same place."""

from flask import abort
from sqlalchemy import ColumnElement, Select, exists, select, true
from sqlalchemy.orm import selectinload

from ..extensions import db
from ..kit import crypto
from ..people.access import hold_rights
from ..people.models import CUSTOMER, Grant, Membership, Person, Role, Team
from ..people.permissions import Permission
from .models import Invitation

WITH = (
    selectinload(Person.grants).joinedload(Grant.role),
    selectinload(Person.grants).joinedload(Grant.team),
    selectinload(Person.memberships).joinedload(Membership.organisation),
)


def visible_people(by: Person) -> Select[Person]:
    """Everybody; for who looks after some teams alone, those who hold a role for one of them."""
    everywhere, teams = by.reach(Permission.STAFF)
    theirs: ColumnElement[bool] = true()
    if not everywhere:
        theirs = exists().where(Grant.person_id == Person.id, Grant.team_id.in_(teams))
    return select(Person).where(Person.erased == "", theirs)


def get_person(by: Person, key: int, *, change: bool = False) -> Person:
    """One of them or 404; to change something, with rights held until the commit and as they are by then."""
    if change:
        hold_rights(by)
        if not (by.may(Permission.STAFF) or by.may(Permission.RIGHTS)):
            abort(403)
    rows = visible_people(by).where(Person.id == key).options(*WITH)
    return db.session.scalar(rows.execution_options(populate_existing=True)) or abort(404)


def may_look_after(by: Person, person: Person) -> bool:
    """Whether somebody may deactivate or activate a person: not themselves, and nobody who holds what they lack."""
    return by.id != person.id and all(by.holds([name], team) for name, team in person.held)


def may_give(
    by: Person | None, role: Role, team_id: int | None, right: Permission = Permission.RIGHTS
) -> bool:
    """Whether somebody may give a role for a team, or everywhere with None, or take it: they hold all of it there.

    `right` is what lets them act at all; nobody is the command line, which may all.
    """
    if by is None:
        return True
    return role.key != CUSTOMER and by.holds([right, *role.permissions], team_id)


def givable(by: Person, right: Permission = Permission.RIGHTS) -> list[tuple[Role, list[Team | None]]]:
    """Roles that somebody may give, each with where: None is everywhere."""
    roles = db.session.scalars(select(Role).where(Role.key != CUSTOMER).order_by(Role.id)).all()
    teams = db.session.scalars(select(Team).order_by(Team.name)).all()
    found = [
        (role, [at for at in (None, *teams) if may_give(by, role, at.id if at else None, right)])
        for role in roles
    ]
    return [(role, places) for role, places in found if places]


def get_grant(by: Person, person: Person, key: int) -> Grant:
    """A role that a person holds, to be taken; 404 when they do not, 403 when it is not for `by` to take."""
    grant = next((one for one in person.grants if one.id == key), None) or abort(404)
    return grant if may_give(by, grant.role, grant.team_id) else abort(403)


def get_role(key: int, *, change: bool = False) -> Role:
    """A role or 404, held until the commit when it is to be changed."""
    rows = select(Role).where(Role.id == key)
    if change:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(rows) or abort(404)


def may_change_role(by: Person, role: Role) -> bool:
    """Whether somebody may change what a role holds: one that people made, and that holds nothing they lack everywhere."""
    return role.is_own and by.holds([Permission.RIGHTS, *role.permissions], None)


def get_changeable(by: Person, key: int) -> Role:
    """A role to be changed, with rights as they are by then; 403 when it is not theirs to change."""
    hold_rights(by)
    role = get_role(key, change=True)
    return role if may_change_role(by, role) else abort(403)


def get_team(by: Person, key: int, *, change: bool = False) -> Team:
    """A team or 404; 403 for who does not look after people everywhere."""
    if change:
        hold_rights(by)
    if not by.holds([Permission.STAFF], None):
        abort(403)
    return db.session.get(Team, key, with_for_update=change or None) or abort(404)


def visible_invitations(by: Person) -> Select[Invitation]:
    """Those that wait: all, or for who looks after some teams alone their own."""
    rows = select(Invitation).where(Invitation.state == "waiting")
    everywhere = by.holds([Permission.STAFF], None)
    return rows if everywhere else rows.where(Invitation.by_id == by.id)


def get_invitation(by: Person, key: int) -> Invitation:
    """One of them, held until the commit, or 404."""
    hold_rights(by)
    rows = visible_invitations(by).where(Invitation.id == key).with_for_update(of=Invitation)
    return db.session.scalar(rows) or abort(404)


def find_invitation(token: str, *, change: bool = False) -> Invitation | None:
    """What a mail's link names, in whatever state; None for what was never ours, also for blank, cut or changed tokens."""
    if not token:
        return None
    rows = select(Invitation).where(Invitation.digest == crypto.digest(token))
    if change:
        hold_rights()
        rows = rows.with_for_update(of=Invitation).execution_options(populate_existing=True)
    return db.session.scalar(rows)


def offered(invitation: Invitation) -> list[tuple[Role, Team | None]]:
    """The roles of an invitation as far as they exist, and who invited may still give them."""
    by = invitation.by
    if by is not None and not by.active:
        return []
    found = []
    for role_id, team_id in invitation.offers:
        role = db.session.get(Role, role_id)
        team = db.session.get(Team, team_id) if team_id else None
        gone = role is None or (team_id is not None and team is None)
        if role and not gone and may_give(by, role, team_id, Permission.STAFF):
            found.append((role, team))
    return found
