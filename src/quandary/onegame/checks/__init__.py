"""Regret of one equilibrium, computed apart from every solver."""
