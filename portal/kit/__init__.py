"""Helpers with no table and no business word."""
