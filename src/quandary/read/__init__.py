"""Article to draft case."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
