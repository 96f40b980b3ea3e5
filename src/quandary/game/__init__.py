"""The causal game: diagram, tree, tables, and what its graph says."""

from quandary.base.front import front

__getattr__, __dir__ = front(__name__)
