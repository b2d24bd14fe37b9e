"""Full-text search: one Whoosh index per language in the instance folder, written by the worker alone."""
