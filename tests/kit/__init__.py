"""Tests of portal/kit."""
