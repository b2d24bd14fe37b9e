"""Changes of address, who made a caller's code, and practice requests; managers and administrators may change addresses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0020"
down_revision = "0019"

PERMISSION = "people.address"
HOLDERS = ("manager", "administrator")
role = sa.table(
    "role",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    op.add_column("person", sa.Column("links_after", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("code_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("code_by_id", portal.kit.types.BigId, nullable=True))
    op.create_table(
        "address_change",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("person_id", portal.kit.types.BigId, nullable=False),
        sa.Column("by_id", portal.kit.types.BigId, nullable=True),
        sa.Column("proof", sa.String(length=10), nullable=False),
        sa.Column("old", sa.String(length=254), nullable=False),
        sa.Column("new", sa.String(length=254), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_said", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_said", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_address_change_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_address_change_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("person_id", name=op.f("uq_address_change_person_id")),
    )
    op.create_index(op.f("ix_address_change_ends"), "address_change", ["ends"])
    op.create_index(op.f("ix_address_change_old"), "address_change", ["old"])
    op.create_table(
        "practice",
        sa.Column("person_id", portal.kit.types.BigId, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_away", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("steps", portal.kit.types.Json, nullable=False),
        sa.Column("said", portal.kit.types.Json, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practice_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_practice")),
    )
    _change_roles(lambda key, held: held | {PERMISSION} if key in HOLDERS else held)


def downgrade() -> None:
    _change_roles(lambda _key, held: held - {PERMISSION})
    op.drop_table("practice")
    op.drop_table("address_change")
    for table, column in (("ticket", "code_by_id"), ("ticket", "code_at"), ("person", "links_after")):
        op.drop_column(table, column)


def _change_roles(wanted) -> None:
    """The roles of an instance that is in use; a new one gets them with its first roles."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(role)).all():
        held = sorted(wanted(row.key, set(row.permissions)))
        if held != row.permissions:
            bind.execute(sa.update(role).where(role.c.id == row.id).values(permissions=held))
