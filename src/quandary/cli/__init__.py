"""The command line, made from the tasks of the one door. Heavy imports wait until a command runs: help is quick."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
