"""The grammar that cases and queries share, and one syntax tree."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
