"""Backups that were made, what the worker saw of the world outside, and work held after a restore."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "backup",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
    )
    op.create_index(op.f("ix_backup_good_began"), "backup", ["good", "began"])
    op.create_table(
        "health_note",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_health_note")),
    )
    op.add_column("job", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE held AND dead IS NOT NULL")
    op.execute("ALTER TABLE job DROP COLUMN held")
    op.drop_table("health_note")
    op.drop_table("backup")
