"""Full text of tickets, and a record that nobody can change"""

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = (
    "CREATE VIRTUAL TABLE ticket_text USING fts5(public, internal, tokenize = 'unicode61 remove_diacritics 2')",
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END",
    "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END",
)
SQLITE_BACK = (
    "DROP TRIGGER audit_entry_no_delete",
    "DROP TRIGGER audit_entry_no_update",
    "DROP TABLE ticket_text",
)
POSTGRESQL = (
    "CREATE TABLE ticket_text (ticket_id BIGINT PRIMARY KEY REFERENCES ticket (id),"
    " public TSVECTOR NOT NULL, everything TSVECTOR NOT NULL)",
    "CREATE INDEX ticket_text_public ON ticket_text USING gin (public)",
    "CREATE INDEX ticket_text_everything ON ticket_text USING gin (everything)",
    "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the record is append-only'; END $$",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "DROP FUNCTION audit_entry_refuse()",
    "DROP TABLE ticket_text",
)


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.execute(statement)


def upgrade() -> None:
    _run(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)


def downgrade() -> None:
    _run(SQLITE_BACK if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_BACK)
