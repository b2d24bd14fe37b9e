"""Requests: a customer asks, the team answers, both read one story."""
