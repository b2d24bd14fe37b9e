"""What the main pages cost: `python -m bench` fills scratch instances, serves them, and measures."""
