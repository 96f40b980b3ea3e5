"""Case to game: a file loaded, checked and planned; amounts, chances, odds and stakes in many worlds."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
