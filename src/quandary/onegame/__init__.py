"""One game looked at closely: all its equilibria, what can be said of each, and the files games come in."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
