"""What the worker does for the community: all of a space's topics are indexed anew, some at a time."""

from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..outbox.actions import enqueue
from .models import Topic
from .rooms import REINDEX

BATCH = 200  # topics at once


def reindex(payload: dict[str, Any]) -> None:
    """Index some topics of a space, then go on after them: {"space": id, "after": id of the last one done}."""
    rows = select(Topic.id).where(Topic.space_id == payload["space"], Topic.id > payload["after"])
    ids = list(db.session.scalars(rows.order_by(Topic.id).limit(BATCH)))
    if ids:
        enqueue("search.index", {"topics": ids}, lane="search")
        enqueue(REINDEX, {"space": payload["space"], "after": ids[-1]})


HANDLERS = {REINDEX: reindex}
