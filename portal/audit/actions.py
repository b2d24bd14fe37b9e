"""Writing the record."""

from typing import Any

from flask import has_request_context, request

from ..extensions import db
from ..people.models import Person
from .models import AuditEntry


def record(act: str, by: Person | None, about: str = "", **detail: Any) -> None:
    """Note an act in the session at hand; `about` names the object, as "person 7". Never secrets in `detail`."""
    source = (request.remote_addr or "") if has_request_context() else "command"
    db.session.add(
        AuditEntry(act=act, actor_id=by.id if by else None, about=about, detail=detail, source=source)
    )
