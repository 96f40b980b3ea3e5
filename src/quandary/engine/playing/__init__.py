"""A diagram as the game that solvers know."""
