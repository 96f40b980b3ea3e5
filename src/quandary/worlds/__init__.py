"""Worlds shared out: who works on them, and how what they did is gathered."""
