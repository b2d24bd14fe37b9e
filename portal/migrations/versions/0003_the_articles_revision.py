"""The revision of the articles, which pages that are kept for visitors go by."""

import sqlalchemy as sa
from alembic import op

import portal.kit.types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    table = op.create_table(
        "kb_revision",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_revision")),
    )
    op.bulk_insert(table, [{"id": 1, "value": 1}])


def downgrade() -> None:
    op.drop_table("kb_revision")
