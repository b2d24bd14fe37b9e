"""From one to another: a topic becomes a request, a request's question a topic, an answer an article."""
