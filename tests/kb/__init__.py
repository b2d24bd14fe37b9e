"""Tests of portal/kb."""
