"""The record of who did what: append-only, also for administrators."""
