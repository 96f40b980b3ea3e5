"""Subgame perfection, subgame by subgame."""
