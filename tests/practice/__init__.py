"""Tests of practice requests."""
