"""What to ask the analyst next, the forms in which people answer well, and answers turned into numbers of a case."""
