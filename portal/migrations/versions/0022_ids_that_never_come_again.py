"""Ids that leave the house in mails and links are never given a second time, on SQLite as well."""

from alembic import op

revision = "0022"
down_revision = "0021"

TABLES = ("person", "job", "ticket", "ticket_event")


def upgrade() -> None:
    _make_anew(never_again=True)


def downgrade() -> None:
    _make_anew(never_again=False)


def _make_anew(*, never_again: bool) -> None:
    """SQLite changes this by a copy alone; PostgreSQL's sequences go on by themselves."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        with op.batch_alter_table(
            table, recreate="always", table_kwargs={"sqlite_autoincrement": never_again}
        ):
            pass
