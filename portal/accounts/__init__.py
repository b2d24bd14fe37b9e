"""Signing up, in and out; the account's home, profile and security."""
