"""Conditions, rules and memory of a case, over the states of its variables."""
