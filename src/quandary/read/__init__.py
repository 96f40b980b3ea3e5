"""Article to draft case."""
