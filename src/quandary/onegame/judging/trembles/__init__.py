"""Consistent beliefs: trembles, their orders and their weights."""
