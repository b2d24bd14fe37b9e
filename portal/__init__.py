"""A customer portal: requests, help centre and account in one light Flask and HTMX application."""
