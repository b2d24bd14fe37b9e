"""How the portal does: what the doctor, the administrators' page and watchdogs are told."""
