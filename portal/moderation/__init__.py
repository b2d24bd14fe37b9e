"""Keeping the community a good place: reports, what is held and hidden, suspensions, and the record of all of it."""
