"""Decision points: in which order they are solved, and how values become choices."""
