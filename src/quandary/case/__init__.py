"""The case file: its text with places, the records, their checks, and how a case is written."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
