"""What is to be mended in the files of articles is of several kinds: also broken links, and translations that are old."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("kb_fault", sa.Column("kind", sa.String(length=30), nullable=False, server_default="file"))


def downgrade() -> None:
    op.execute("DELETE FROM kb_fault WHERE kind <> 'file'")
    op.execute("ALTER TABLE kb_fault DROP COLUMN kind")
