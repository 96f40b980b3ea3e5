"""The principal branch of one game, and the point where a search of it stood."""
