"""Pictures of articles, and the hosts of their videos."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("small_width", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_picture")),
    )
    op.create_table(
        "picture_use",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("article_id", portal.kit.types.BigId, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_picture_use_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["key"], ["picture.key"], name=op.f("fk_picture_use_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_use")),
        sa.UniqueConstraint("article_id", "place", name=op.f("uq_picture_use_article_id_place")),
    )
    op.create_index(op.f("ix_picture_use_key"), "picture_use", ["key"])
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("article", sa.Column("players", json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("article", "players")
    op.drop_table("picture_use")
    op.drop_table("picture")
