"""What would have been: two worlds on the same noise."""
