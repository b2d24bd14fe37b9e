"""Trials of a running portal: what is killed, refused or stopped under load, and what must be there afterwards."""
