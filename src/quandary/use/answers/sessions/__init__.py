"""A case held open: moves as data, answers at once and then exactly, the file's diff, saving."""
