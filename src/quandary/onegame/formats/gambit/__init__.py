"""Gambit's games: extensive and strategic."""
