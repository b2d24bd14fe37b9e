"""Who there is: persons, organisations, teams, roles, and what each may do."""
