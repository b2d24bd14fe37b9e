"""What readers search and say of articles, which articles are alike, and which one a request was asked from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0014"
down_revision = "0013"

READ = sa.text("article <> ''")
PERMISSION = "articles.readership"
READERS = ("editor", "manager", "administrator")
role = sa.table(
    "role",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    op.create_table(
        "searched",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("opened", sa.String(length=120), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searched")),
        sa.UniqueConstraint("token", name=op.f("uq_searched_token")),
    )
    op.create_index(op.f("ix_searched_at"), "searched", ["at"])
    op.create_table(
        "article_vote",
        sa.Column("id", portal.kit.types.BigId, nullable=False),
        sa.Column("article", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_vote")),
        sa.UniqueConstraint("article", "voter", name=op.f("uq_article_vote_article_voter")),
    )
    op.create_index(op.f("ix_article_vote_at"), "article_vote", ["at"])
    op.create_table(
        "popular_article",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("article", sa.String(length=120), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "article", name=op.f("pk_popular_article")),
    )
    op.create_table(
        "related_article",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("others", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_related_article")),
    )
    op.add_column("ticket", sa.Column("article", sa.String(length=120), nullable=False, server_default=""))
    op.create_index(
        "ix_ticket_article", "ticket", ["created_at", "article"], sqlite_where=READ, postgresql_where=READ
    )
    _change_roles(lambda key, held: held | {PERMISSION} if key in READERS else held)


def downgrade() -> None:
    _change_roles(lambda _key, held: held - {PERMISSION})
    op.drop_index("ix_ticket_article", table_name="ticket")
    op.execute("ALTER TABLE ticket DROP COLUMN article")  # not by a copy of the table, to which others point
    for name in ("related_article", "popular_article", "article_vote", "searched"):
        op.drop_table(name)


def _change_roles(wanted) -> None:
    """The roles of an instance that is in use; a new one gets them with its first roles."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(role)).all():
        held = sorted(wanted(row.key, set(row.permissions)))
        if held != row.permissions:
            bind.execute(sa.update(role).where(role.c.id == row.id).values(permissions=held))
