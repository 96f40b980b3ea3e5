"""Worlds worked on: a job, its batches, who works on them, and what comes back in the order of their numbers."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
