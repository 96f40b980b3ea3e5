"""Results to words and sheets, and one renderer a medium."""
