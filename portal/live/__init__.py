"""Live updates: a change leaves its topics in a table, and every open window that may hear them fetches anew."""
