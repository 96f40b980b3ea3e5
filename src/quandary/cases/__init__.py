"""The cases that ship."""
