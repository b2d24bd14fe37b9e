"""The company's pages in versions that nobody can change, their drafts, who accepted which, and how the company is reached."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0018"
down_revision = "0017"

# Who may write them in an instance that is in use; a new one gets it with its first roles.
WRITERS = ("manager", "administrator")
PERMISSION = "company.pages"
role = sa.table(
    "role",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)
FIXED = ("legal_version", "legal_text")


def upgrade() -> None:
    op.create_table(
        "legal_version",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", portal.kit.types.BigId, nullable=True),
        sa.Column("anew", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_legal_version_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_version")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_legal_version_kind_number")),
    )
    op.create_table(
        "legal_text",
        sa.Column("version_id", portal.kit.types.BigId, nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["legal_version.id"], name=op.f("fk_legal_text_version_id")),
        sa.PrimaryKeyConstraint("version_id", "language", name=op.f("pk_legal_text")),
    )
    op.create_table(
        "legal_draft",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", portal.kit.types.BigId, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_legal_draft_by_id")),
        sa.PrimaryKeyConstraint("kind", "language", name=op.f("pk_legal_draft")),
    )
    op.create_table(
        "legal_acceptance",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("version_id", portal.kit.types.BigId, nullable=False),
        sa.Column("person_id", portal.kit.types.BigId, nullable=True),
        sa.Column("ticket_id", portal.kit.types.BigId, nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_legal_acceptance_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_legal_acceptance_ticket_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["legal_version.id"], name=op.f("fk_legal_acceptance_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_acceptance")),
    )
    op.create_index(
        op.f("ix_legal_acceptance_person_id_version_id"), "legal_acceptance", ["person_id", "version_id"]
    )
    op.create_index(op.f("ix_legal_acceptance_ticket_id"), "legal_acceptance", ["ticket_id"])
    op.create_table(
        "legal_contact",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_contact")),
    )
    for statement in _fix():
        op.execute(statement)
    _change_roles(lambda key, held: held | ({PERMISSION} if key in WRITERS else set()))


def _fix() -> list[str]:
    """What was published is refused to be changed or dropped, by the database itself."""
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END"
            for table in FIXED
            for act in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION legal_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'what was published stays as it is'; END $$",
        *(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION legal_refuse()"
            for table in FIXED
        ),
    ]


def downgrade() -> None:
    _change_roles(lambda _key, held: held - {PERMISSION})
    for name in ("legal_contact", "legal_acceptance", "legal_draft", "legal_text", "legal_version"):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION legal_refuse()")


def _change_roles(wanted) -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(role)).all():
        held = sorted(wanted(row.key, set(row.permissions)))
        if held != row.permissions:
            bind.execute(sa.update(role).where(role.c.id == row.id).values(permissions=held))
