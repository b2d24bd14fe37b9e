"""What editors teach search: words that mean the same, and answers that stand first."""

import sqlalchemy as sa
from alembic import op

import portal.kit.types
from portal.config import LANGUAGES
from portal.search.lore import lore_of

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    synonym = op.create_table(
        "synonym",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym")),
    )
    op.create_index(op.f("ix_synonym_locale_id"), "synonym", ["locale", "id"])
    op.create_table(
        "pin",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
    )
    op.create_index(op.f("ix_pin_locale_id"), "pin", ["locale", "id"])
    # The first set; what editors make of it stays, also when that is nothing.
    rows = [{"locale": locale, "words": words} for locale in LANGUAGES for words in lore_of(locale[:2]).synonyms]
    op.bulk_insert(synonym, rows)


def downgrade() -> None:
    op.drop_table("pin")
    op.drop_table("synonym")
