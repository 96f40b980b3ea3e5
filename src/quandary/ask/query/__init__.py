"""Queries: their heads, what each measures, and arithmetic over them."""
