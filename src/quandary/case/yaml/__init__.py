"""YAML read and written with the place of everything in it."""
