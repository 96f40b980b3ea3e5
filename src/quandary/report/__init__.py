"""Results to words and sheets, and one renderer a medium."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
