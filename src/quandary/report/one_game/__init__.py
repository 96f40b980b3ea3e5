"""Solved games in words and as tables, from a record of what was found."""
