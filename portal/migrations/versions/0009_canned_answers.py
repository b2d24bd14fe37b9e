"""Canned answers, and the permission of managers and administrators to keep them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0009"
down_revision = "0008"

PERMISSION = "desk.canned"
KEEPERS = ("manager", "administrator")
role = sa.table(
    "role",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    op.create_table(
        "canned_answer",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("keyword", sa.String(length=30), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("team_id", portal.kit.types.BigId, nullable=True),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_canned_answer_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answer")),
    )
    op.create_index(op.f("ix_canned_answer_team_id"), "canned_answer", ["team_id"])
    _change_roles(lambda key, held: held | {PERMISSION} if key in KEEPERS else held)


def downgrade() -> None:
    _change_roles(lambda _key, held: held - {PERMISSION})
    op.drop_table("canned_answer")


def _change_roles(wanted) -> None:
    """The roles of an instance that is in use; a new one gets them with its first roles."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(role)).all():
        held = sorted(wanted(row.key, set(row.permissions)))
        if held != row.permissions:
            bind.execute(sa.update(role).where(role.c.id == row.id).values(permissions=held))
