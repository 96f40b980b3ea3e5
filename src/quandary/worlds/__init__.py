"""Worlds worked on: a job, its batches, who works on them, and what comes back in the order of their numbers."""
