"""Answers for people: wording, terminal, JSON."""
