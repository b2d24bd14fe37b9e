"""Drafts: what a person is writing is kept, on every device, until it is sent or thrown away."""
