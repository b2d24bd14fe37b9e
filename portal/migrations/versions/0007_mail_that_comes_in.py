"""Mail that comes in, how far the mailbox was read, threads of mails that go out, and who may sort mail."""

import sqlalchemy as sa
from alembic import op

import portal.kit.types

revision = "0007"
down_revision = "0006"

TO_SORT = sa.text("state IN ('new', 'waiting')")
SORTERS = ("agent", "manager", "administrator")
ROLE = sa.table("role", sa.column("key", sa.String), sa.column("permissions", portal.kit.types.Json))


def _set_permission(*, held: bool) -> None:
    """Give the permission to the roles that a new instance gives it to, or take it from all."""
    rows = op.get_bind().execute(sa.select(ROLE.c.key, ROLE.c.permissions)).all()
    for key, permissions in rows:
        others = [one for one in permissions if one != "mail.sort"]
        wanted = sorted([*others, "mail.sort"]) if held and key in SORTERS else others
        op.get_bind().execute(sa.update(ROLE).where(ROLE.c.key == key).values(permissions=wanted))


def upgrade() -> None:
    op.create_table(
        "incoming_mail",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("at", portal.kit.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("raw_key", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=True),
        sa.Column("answers", sa.String(length=255), nullable=True),
        sa.Column("quick", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("files", portal.kit.types.Json, nullable=False),
        sa.Column("person_id", portal.kit.types.BigId, nullable=True),
        sa.Column("ticket_id", portal.kit.types.BigId, nullable=True),
        sa.Column("event_id", portal.kit.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_incoming_mail_person_id_person")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_incoming_mail_ticket_id_ticket")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["ticket_event.id"], name=op.f("fk_incoming_mail_event_id_ticket_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_mail_digest")),
    )
    with op.batch_alter_table("incoming_mail") as table:
        table.create_index(
            "ix_incoming_mail_to_sort", ["at", "id"], sqlite_where=TO_SORT, postgresql_where=TO_SORT
        )
        table.create_index("ix_incoming_mail_state", ["state", "at", "id"])
        table.create_index("ix_incoming_mail_ticket", ["ticket_id", "person_id", "at"])
        table.create_index(op.f("ix_incoming_mail_message_id"), ["message_id"])
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("failed_at", portal.kit.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=400), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox")),
    )
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("thread", sa.String(length=40), nullable=True))
        table.create_index(op.f("ix_letter_thread_id"), ["thread", "id"])
    _set_permission(held=True)


def downgrade() -> None:
    _set_permission(held=False)
    with op.batch_alter_table("letter") as table:
        table.drop_index(op.f("ix_letter_thread_id"))
        table.drop_column("thread")
    op.drop_table("mailbox")
    op.drop_table("incoming_mail")
