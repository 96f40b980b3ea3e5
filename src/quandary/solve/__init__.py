"""One solution concept in many worlds at once."""
