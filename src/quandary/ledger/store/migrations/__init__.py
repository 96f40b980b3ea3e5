"""Changes of the tables, oldest first; each is run once, in one transaction."""
