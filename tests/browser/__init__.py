"""What only a browser shows: the journeys, keys, live pages, and how every page looks."""
