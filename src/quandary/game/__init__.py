"""The causal game: diagram, tree, tables, and what its graph says."""
