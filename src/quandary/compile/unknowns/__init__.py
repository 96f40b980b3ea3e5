"""Numbers that nobody has put: how each is read by its place, and how those that share a whole are drawn together."""
