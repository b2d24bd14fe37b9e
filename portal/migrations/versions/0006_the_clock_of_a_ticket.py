"""The clock of a ticket: which answer is owed, since when, by when, what was paused, and what the customer owes.

Tickets that are open at this moment get a promise from now on: nobody was told an earlier one, so none is broken.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

import portal.kit.types
from portal.kit.calendar import the_calendar

revision = "0006"
down_revision = "0005"

DUE = sa.text("due_at IS NOT NULL")
COLUMNS = ("needed", "paused_seconds", "paused_at", "due_at", "owed_since", "owed_answer")
# A message of somebody else than the requester is an answer.
ANSWERED = """EXISTS (SELECT 1 FROM ticket_event e WHERE e.ticket_id = ticket.id AND e.kind = 'message'
    AND e.actor_id <> ticket.requester_id)"""
RUNNING = """UPDATE ticket SET owed_answer = :answer, owed_since = :now, due_at = :due
    WHERE state IN ('new', 'open') AND priority = :priority AND owed_answer IS NULL"""
PAUSED = f"""UPDATE ticket SET owed_answer = 'first', owed_since = :now, paused_at = :now
    WHERE state = 'waiting' AND NOT {ANSWERED}"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("ticket", sa.Column("owed_answer", sa.String(length=5), nullable=True))
    op.add_column("ticket", sa.Column("owed_since", moment, nullable=True))
    op.add_column("ticket", sa.Column("due_at", moment, nullable=True))
    op.add_column("ticket", sa.Column("paused_at", moment, nullable=True))
    op.add_column("ticket", sa.Column("paused_seconds", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("needed", sa.String(length=200), nullable=False, server_default=""))
    op.create_index("ix_ticket_due", "ticket", ["due_at", "id"], sqlite_where=DUE, postgresql_where=DUE)
    _promise_from_now_on()


def _promise_from_now_on() -> None:
    now = datetime.now(UTC)
    for priority, allowed in current_app.config["ANSWER_HOURS"].meaning.items():
        for sql, answer in ((f"{RUNNING} AND NOT {ANSWERED}", "first"), (RUNNING, "next")):
            due = the_calendar().add(now, timedelta(hours=getattr(allowed, answer)))
            _run(sql, now=now, due=due, answer=answer, priority=priority)
    _run(PAUSED, now=now)


def _run(sql: str, **values: Any) -> None:
    """Run a statement whose moments are stored as the portal stores them: in UTC."""
    moments = [name for name, value in values.items() if isinstance(value, datetime)]
    typed = [sa.bindparam(name, type_=portal.kit.types.UtcDateTime) for name in moments]
    op.get_bind().execute(sa.text(sql).bindparams(*typed), values)


def downgrade() -> None:
    op.drop_index("ix_ticket_due", table_name="ticket")
    for name in COLUMNS:  # not by a copy of the table, to which others point
        op.execute(f"ALTER TABLE ticket DROP COLUMN {name}")
