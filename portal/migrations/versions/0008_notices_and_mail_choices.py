"""Notices, what people want by mail, and the browsers that they are known by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0008"
down_revision = "0007"

UNREAD = sa.text("read IS NULL")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("person_id", portal.kit.types.BigId, nullable=False),
        sa.Column("class", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notice_person_id_key")),
    )
    op.create_index("ix_notice_person", "notice", ["person_id", "made", "id"])
    op.create_index("ix_notice_made", "notice", ["made"])
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["person_id", "made", "id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
    op.create_table(
        "mail_choice",
        sa.Column("person_id", portal.kit.types.BigId, nullable=False),
        sa.Column("class", sa.String(length=10), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", "class", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "device",
        sa.Column("person_id", portal.kit.types.BigId, nullable=False),
        sa.Column("words", sa.String(length=60), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_device_person_id")),
        sa.PrimaryKeyConstraint("person_id", "words", name=op.f("pk_device")),
    )
    op.create_index(op.f("ix_device_seen"), "device", ["seen"])


def downgrade() -> None:
    op.drop_table("device")
    op.drop_table("mail_choice")
    op.drop_table("notice")
