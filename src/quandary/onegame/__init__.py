"""One game looked at closely: all its equilibria, what can be said of each, and the files games come in."""
