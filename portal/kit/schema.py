"""The version of the tables, told without Alembic: that is heavy, and no page needs more of it."""

from pathlib import Path

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def versions() -> set[str]:
    """All that this code knows, by the numbers before the names of the migrations."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("*.py")}


def newest_version() -> str:
    """The one that this code wants."""
    return max(versions())
