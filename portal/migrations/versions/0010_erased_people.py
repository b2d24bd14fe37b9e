"""People who were erased, and a record that can forget where an act came from"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

FROM_AFAR = sa.text("source <> ''")
SQLITE = (
    "DROP TRIGGER audit_entry_no_update",
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry WHEN NOT ("
    "new.id = old.id AND new.at = old.at AND new.actor_id IS old.actor_id AND new.act = old.act AND new.about = old.about"
    " AND (new.detail = old.detail OR new.detail = '{}') AND (new.source = old.source OR new.source = '')"
    " AND (new.detail <> old.detail OR new.source <> old.source))"
    " BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END",
)
SQLITE_BACK = (
    "DROP TRIGGER audit_entry_no_update",
    "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END",
)
POSTGRESQL = (
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
    "CREATE TRIGGER audit_entry_only_forgets BEFORE UPDATE ON audit_entry FOR EACH ROW WHEN (NOT ("
    "NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id AND NEW.act = OLD.act"
    " AND NEW.about = OLD.about AND (NEW.detail = OLD.detail OR NEW.detail = '{}'::jsonb)"
    " AND (NEW.source = OLD.source OR NEW.source = '')"
    " AND (NEW.detail <> OLD.detail OR NEW.source <> OLD.source))) EXECUTE FUNCTION audit_entry_refuse()",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER audit_entry_only_forgets ON audit_entry",
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
)


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.execute(sa.text(statement.replace(":", r"\:")))


def upgrade() -> None:
    op.add_column("person", sa.Column("erased", sa.String(10), nullable=False, server_default=""))
    op.create_index(
        "ix_audit_entry_source", "audit_entry", ["at"], sqlite_where=FROM_AFAR, postgresql_where=FROM_AFAR
    )
    _run(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)


def downgrade() -> None:
    _run(SQLITE_BACK if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_BACK)
    op.drop_index("ix_audit_entry_source", "audit_entry")
    op.drop_column("person", "erased")
