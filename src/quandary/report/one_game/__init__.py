"""Solved games for people and as JSON."""
