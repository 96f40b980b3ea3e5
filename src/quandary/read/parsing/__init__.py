"""Sentences parsed: marks, frames, subjects."""
