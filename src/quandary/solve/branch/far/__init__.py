"""What the branch approaches as rationality grows."""
