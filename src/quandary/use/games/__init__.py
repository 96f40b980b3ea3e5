"""Games solved: one game of any file, one world of a case, other equilibria, and files for other tools."""
