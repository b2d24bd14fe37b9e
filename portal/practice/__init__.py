"""A made-up request for an agent's first day: nobody but the agent ever sees it, and nothing of it leaves the desk."""
