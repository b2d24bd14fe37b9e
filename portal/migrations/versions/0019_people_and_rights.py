"""Invitations of colleagues, own roles, and who may look after people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0019"
down_revision = "0018"

GIVEN = {"administrator": {"people.manage", "roles.manage"}}
role = sa.table(
    "role",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    op.create_table('invitation',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('called', sa.String(length=80), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('offers', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('by_id', portal.kit.types.BigId, nullable=True),
    sa.Column('person_id', portal.kit.types.BigId, nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=9), nullable=False),
    sa.Column('sent', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_invitation_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_invitation_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('digest', name=op.f('uq_invitation_digest'))
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index('ix_invitation_waiting', 'invitation', ['email'], unique=True, sqlite_where=waiting, postgresql_where=waiting)
    op.create_index(op.f('ix_invitation_state_sent_id'), 'invitation', ['state', 'sent', 'id'])
    op.create_index(op.f('ix_invitation_by_id'), 'invitation', ['by_id'])
    op.create_index(op.f('ix_invitation_person_id'), 'invitation', ['person_id'])
    op.create_index(op.f('ix_audit_entry_about_id'), 'audit_entry', ['about', 'id'])
    op.add_column("role", sa.Column("name", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("role", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    _change_roles(lambda key, held: held | GIVEN.get(key, set()))


def downgrade() -> None:
    _change_roles(lambda _key, held: held - set().union(*GIVEN.values()))
    for name in ("name", "version"):  # not by a copy of the table, to which others point
        op.execute(f"ALTER TABLE role DROP COLUMN {name}")
    op.drop_index(op.f('ix_audit_entry_about_id'), 'audit_entry')
    op.drop_table("invitation")


def _change_roles(wanted) -> None:
    """The roles of an instance that is in use; a new one gets them with its first roles."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(role)).all():
        held = sorted(wanted(row.key, set(row.permissions)))
        if held != row.permissions:
            bind.execute(sa.update(role).where(role.c.id == row.id).values(permissions=held))
