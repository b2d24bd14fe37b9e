"""Articles: who reads them, when, in nested sections, their old addresses, stale translations, faults of files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0011"
down_revision = "0010"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
def _fresh() -> list[sa.Column]:
    return [
        sa.Column("path", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("products", JSON, nullable=False, server_default="[]"),
        sa.Column("audience", sa.String(length=12), nullable=False, server_default="public"),
        sa.Column("organisations", JSON, nullable=False, server_default="[]"),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("old_addresses", JSON, nullable=False, server_default="[]"),
        sa.Column("wording", sa.String(length=12), nullable=False, server_default=""),
        sa.Column("source", sa.String(length=12), nullable=False, server_default=""),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def upgrade() -> None:
    with op.batch_alter_table("article") as batch:
        batch.alter_column("section", type_=sa.String(length=255), existing_type=sa.String(length=80))
        batch.alter_column("slug", type_=sa.String(length=120), existing_type=sa.String(length=80))
        for column in _fresh():
            batch.add_column(column)
    with op.batch_alter_table("article") as batch:  # what is new needs no value of the database's own
        for column in _fresh():
            if column.server_default is not None:
                batch.alter_column(column.name, server_default=None, existing_type=column.type)
    with op.batch_alter_table("section") as batch:
        batch.alter_column("slug", type_=sa.String(length=255), existing_type=sa.String(length=80))
        batch.add_column(sa.Column("parent", sa.String(length=255), nullable=False, server_default=""))
        batch.create_index(op.f("ix_section_locale_parent"), ["locale", "parent"])
    with op.batch_alter_table("section") as batch:
        batch.alter_column("parent", server_default=None, existing_type=sa.String(length=255))
    with op.batch_alter_table("solved_by_article") as batch:
        batch.alter_column("article", type_=sa.String(length=120), existing_type=sa.String(length=80))
    op.add_column("kb_revision", sa.Column("turns", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "article_organisation",
        sa.Column("article_id", portal.kit.types.BigId, nullable=False),
        sa.Column("organisation_id", portal.kit.types.BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_organisation_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_article_organisation_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "organisation_id", name=op.f("pk_article_organisation")),
    )
    op.create_index(
        op.f("ix_article_organisation_organisation_id"), "article_organisation", ["organisation_id"]
    )
    op.create_table(
        "kb_redirect",
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("target", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_kb_redirect")),
    )
    op.create_table(
        "kb_fault",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_fault")),
    )
    op.create_index(op.f("ix_kb_fault_path"), "kb_fault", ["path"])


def downgrade() -> None:
    for name in ("kb_fault", "kb_redirect", "article_organisation"):
        op.drop_table(name)
    # What did not fit before comes back with the next sync; what the files restrict must not be open meanwhile.
    op.execute("DELETE FROM article")
    op.execute("DELETE FROM section")
    with op.batch_alter_table("kb_revision") as batch:
        batch.drop_column("turns")
    with op.batch_alter_table("solved_by_article") as batch:
        batch.alter_column(
            "article",
            type_=sa.String(length=80),
            existing_type=sa.String(length=120),
            postgresql_using="substr(article, 1, 80)",
        )
    with op.batch_alter_table("section") as batch:
        batch.drop_index(op.f("ix_section_locale_parent"))
        batch.drop_column("parent")
        batch.alter_column("slug", type_=sa.String(length=80), existing_type=sa.String(length=255))
    with op.batch_alter_table("article") as batch:
        for column in _fresh():
            batch.drop_column(column.name)
        batch.alter_column("slug", type_=sa.String(length=80), existing_type=sa.String(length=120))
        batch.alter_column("section", type_=sa.String(length=80), existing_type=sa.String(length=255))
