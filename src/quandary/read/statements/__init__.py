"""Statements: found, cut out, judged."""
