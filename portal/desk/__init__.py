"""The agents' pages over tickets: views with counts, a ticket, answers and notes."""
