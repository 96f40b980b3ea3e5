"""Linear programs, in floats and in fractions, and the forms of a game that they need."""
