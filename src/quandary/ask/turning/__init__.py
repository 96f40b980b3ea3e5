"""What would turn an answer: numbers, structure, information, another case."""
