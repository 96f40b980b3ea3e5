"""Quandary makes a written analysis of a political crisis executable.

    >>> import quandary
    >>> case = quandary.load("kazakhstan-2022")
    >>> solved = case.solve(worlds=320, seed=1)
    >>> answer = solved.ask("P(invasion)")
    >>> 0 < answer.mean < 1
    True

Everything here is imported when first used, so that ``import quandary`` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quandary.version import __version__

if TYPE_CHECKING:
    from quandary.ask.answer import Answer
    from quandary.base.problems import CaseError, Problem, Refusal
    from quandary.use.face import LoadedCase, Solved, load

__all__ = ["Answer", "CaseError", "LoadedCase", "Problem", "Refusal", "Solved", "__version__", "load"]

_HOMES = {
    "Answer": "quandary.ask.answer",
    "CaseError": "quandary.base.problems",
    "LoadedCase": "quandary.use.face",
    "Problem": "quandary.base.problems",
    "Refusal": "quandary.base.problems",
    "Solved": "quandary.use.face",
    "load": "quandary.use.face",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    """Return a public name, imported now (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'quandary' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
