"""Selects about people for pages."""

from collections.abc import Sequence

from sqlalchemy import func, select

from ..extensions import db
from .models import Grant, Role


def roles_with_holders() -> Sequence[tuple[Role, int]]:
    """Every role and how many people hold it."""
    rows = db.session.execute(
        select(Role, func.count(Grant.person_id.distinct()))
        .outerjoin(Grant, Grant.role_id == Role.id)
        .group_by(Role.id)
        .order_by(Role.id)
    )
    return [(role, count) for role, count in rows]
