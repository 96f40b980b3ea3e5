"""What every room stands on: faults, places, files, limits, stopping."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
