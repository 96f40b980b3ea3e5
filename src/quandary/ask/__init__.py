"""What can be asked of a case in many worlds, and what comes back."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
