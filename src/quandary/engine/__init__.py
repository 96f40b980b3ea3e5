"""Arithmetic on tables in all worlds at once."""
