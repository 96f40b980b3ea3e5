"""Causal games as JSON."""
