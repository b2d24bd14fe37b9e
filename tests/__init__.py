"""Tests go through the front door: the client, then rows and outbox."""
