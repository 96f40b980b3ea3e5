"""Extensive games: the tree, passes over it, and a diagram unrolled into one."""
