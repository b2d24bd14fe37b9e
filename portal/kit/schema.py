"""The version of the tables, told without Alembic: that is heavy, and no page needs more of it."""

from pathlib import Path

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def newest_version() -> str:
    """The version that this code wants, by the numbers before the names of the migrations."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("*.py"))
