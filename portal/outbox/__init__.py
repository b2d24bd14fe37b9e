"""Work that must happen after a commit: a row written with the change, done by the worker at least once."""
