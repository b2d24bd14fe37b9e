"""Visitors, callers, followers, links in mails, ratings: everybody who reads and writes a request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
SHARED = sa.text("shared")
GATED = sa.text("gate <> ''")


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.alter_column("email", existing_type=sa.String(254), nullable=True)
        person.add_column(sa.Column("confirmed_at", MOMENT))
    op.execute("UPDATE person SET confirmed_at = created_at")
    op.add_column("membership", sa.Column("is_manager", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("team", sa.Column("kinds", JSON, nullable=False, server_default="[]"))
    op.add_column("ticket_event", sa.Column("edited_at", MOMENT))
    with op.batch_alter_table("ticket") as ticket:
        ticket.add_column(sa.Column("kind", sa.String(10), nullable=False, server_default="question"))
        ticket.add_column(sa.Column("gate", sa.String(12), nullable=False, server_default=""))
        ticket.add_column(sa.Column("closed_at", MOMENT))
        ticket.add_column(sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
        ticket.add_column(sa.Column("follows_id", ID))
        ticket.add_column(sa.Column("code_digest", sa.String(64), nullable=False, server_default=""))
        ticket.add_column(sa.Column("read_to", ID, nullable=False, server_default="0"))
        ticket.create_foreign_key(op.f("fk_ticket_follows_id"), "ticket", ["follows_id"], ["id"])
    op.create_index("ix_ticket_organisation", "ticket", ["organisation_id", "spoken_at", "id"])
    op.create_index("ix_ticket_shared", "ticket", ["organisation_id"], sqlite_where=SHARED, postgresql_where=SHARED)
    op.create_index("ix_ticket_gate", "ticket", ["gate"], sqlite_where=GATED, postgresql_where=GATED)
    op.execute("UPDATE ticket SET closed_at = touched_at WHERE state = 'closed'")
    op.create_table(
        "follower",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("added_by_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_follower_ticket_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_follower_person_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_follower_added_by_id")),
        sa.UniqueConstraint("ticket_id", "person_id", name=op.f("uq_follower_ticket_id_person_id")),
    )
    op.create_index(op.f("ix_follower_person_id_ticket_id"), "follower", ["person_id", "ticket_id"])
    op.create_table(
        "link_stop",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("before", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name=op.f("pk_link_stop")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_link_stop_ticket_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_stop_person_id")),
    )
    op.create_table(
        "rating",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_rating_ticket_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rating_person_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_rating_agent_id")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_rating_ticket_id")),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_rating_score")),
    )
    op.create_index(op.f("ix_rating_at"), "rating", ["at"])


def downgrade() -> None:
    for table in ("rating", "link_stop", "follower"):
        op.drop_table(table)
    op.drop_index("ix_ticket_gate", "ticket")
    op.drop_index("ix_ticket_shared", "ticket")
    op.drop_index("ix_ticket_organisation", "ticket")
    with op.batch_alter_table("ticket") as ticket:
        ticket.drop_constraint(op.f("fk_ticket_follows_id"), type_="foreignkey")
        for column in ("kind", "gate", "closed_at", "shared", "follows_id", "code_digest", "read_to"):
            ticket.drop_column(column)
    op.drop_column("ticket_event", "edited_at")
    op.drop_column("team", "kinds")
    op.drop_column("membership", "is_manager")
    op.execute("UPDATE person SET email = 'caller-' || id || '@invalid' WHERE email IS NULL")
    with op.batch_alter_table("person") as person:
        person.drop_column("confirmed_at")
        person.alter_column("email", existing_type=sa.String(254), nullable=False)
