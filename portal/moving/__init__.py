"""An instance moves from SQLite to PostgreSQL: every row copied and compared, in one transaction, or nothing."""
