"""Quandary makes a written analysis of a political crisis executable.

    >>> import quandary
    >>> case = quandary.load("kazakhstan-2022")
    >>> solved = case.solve(worlds=320, seed=1)
    >>> answer = solved.ask("P(invasion)")
    >>> 0 < answer.mean < 1
    True

Everything here is imported when first used, so that ``import quandary`` is quick.
"""

from quandary.base.front import front
from quandary.version import __version__ as __version__

__getattr__, __dir__ = front(__name__)
