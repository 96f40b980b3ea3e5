"""Numbers with doubt: estimates, seeded draws, summaries, and what moves with what."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
