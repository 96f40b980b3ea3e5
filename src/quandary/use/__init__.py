"""The one door: every task as one file, from a typed request to a typed result; commands are made from its registry."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
