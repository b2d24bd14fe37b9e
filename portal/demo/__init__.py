"""The demo: people, requests and articles of a small shop, to try everything with."""
