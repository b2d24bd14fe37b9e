"""A person's data as a whole: handed out, and erased; each feature does its part in a `privacy.py` of its own."""
