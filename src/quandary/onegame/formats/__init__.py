"""Gambit files, Bayesian-network files, JSON of diagrams."""
