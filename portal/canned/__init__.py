"""Ready answers of the desk: texts with places for the customer's name and the request's number."""
