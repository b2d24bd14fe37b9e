"""Feedback from any page: a mood, words and a picture, which become a request."""
