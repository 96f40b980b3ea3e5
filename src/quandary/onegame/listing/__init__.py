"""Searches that list equilibria, one concept a file."""
