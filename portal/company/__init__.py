"""What an owner changes daily, in the browser, and what is still missing until an instance is ready for customers."""
