"""Tests of portal/search."""
