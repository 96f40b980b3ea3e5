"""A draft case from what was read."""
