"""People and rights in the browser: colleagues invited and seen off, teams, roles given, taken and made."""
