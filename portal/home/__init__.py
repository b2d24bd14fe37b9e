"""The account's first page: a greeting, what needs the person, what is under way."""
