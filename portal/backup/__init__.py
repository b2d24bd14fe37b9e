"""One encrypted file of all that an instance is, made while it runs, and an instance made of it again."""
