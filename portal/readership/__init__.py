"""Readership: what readers search and open, and whether an article helped them; never who they are."""
