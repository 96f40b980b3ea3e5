"""One solution concept in many worlds at once."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
