"""Verdicts on what hangs on unknown numbers: what follows whatever they are, what is open, what contradicts."""
