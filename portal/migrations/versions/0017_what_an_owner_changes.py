"""What an owner changes in the browser, and mails that try whether mail arrives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import portal.kit.types

revision = "0017"
down_revision = "0016"

# Who gets it in an instance that is in use; a new one gets it with its first roles.
GIVEN = {"administrator": {"company.settings"}}
role = sa.table(
    "role",
    sa.column("id", sa.BigInteger),
    sa.column("key", sa.String),
    sa.column("permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
)


def upgrade() -> None:
    op.create_table('company_value',
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('part', name=op.f('pk_company_value'))
    )
    op.create_table('test_mail',
    sa.Column('id', portal.kit.types.BigId, nullable=False),
    sa.Column('person_id', portal.kit.types.BigId, nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('sender', sa.String(length=254), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('job_id', portal.kit.types.BigId, nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('is_final', sa.Boolean(), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('arrived_by', sa.String(length=7), nullable=False),
    sa.Column('checks', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_test_mail_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_test_mail')),
    sa.UniqueConstraint('job_id', name=op.f('uq_test_mail_job_id')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_test_mail_token_digest'))
    )
    op.create_index(op.f('ix_test_mail_person_id'), 'test_mail', ['person_id'])
    _change_roles(lambda key, held: held | GIVEN.get(key, set()))


def downgrade() -> None:
    _change_roles(lambda _key, held: held - set().union(*GIVEN.values()))
    op.drop_table("test_mail")
    op.drop_table("company_value")


def _change_roles(wanted) -> None:
    """The roles of an instance that is in use; a new one gets them with its first roles."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(role)).all():
        held = sorted(wanted(row.key, set(row.permissions)))
        if held != row.permissions:
            bind.execute(sa.update(role).where(role.c.id == row.id).values(permissions=held))
