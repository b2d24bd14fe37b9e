"""Drafts, and the questions that an article answered before they were sent."""

import sqlalchemy as sa
from alembic import op

import portal.kit.types

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("person_id", portal.kit.types.BigId, nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kept", portal.kit.types.Json, nullable=False),
        sa.Column("other", portal.kit.types.Json, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("updated", portal.kit.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("person_id", "place", name=op.f("uq_draft_person_id_place")),
    )
    op.create_index(op.f("ix_draft_updated"), "draft", ["updated"])
    op.create_table(
        "solved_by_article",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("article", sa.String(length=80), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("question", sa.String(length=255), nullable=False),
        sa.Column("person_id", portal.kit.types.BigId, nullable=True),
        sa.Column("at", portal.kit.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_solved_by_article_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solved_by_article")),
        sa.UniqueConstraint("word", name=op.f("uq_solved_by_article_word")),
    )
    op.create_index(op.f("ix_solved_by_article_article_at"), "solved_by_article", ["article", "at"])


def downgrade() -> None:
    op.drop_table("solved_by_article")
    op.drop_table("draft")
