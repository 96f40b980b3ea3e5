"""Fronts: the names of a package that others use, each imported from its module when first asked for (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def front(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of a package whose front is the ``__init__.pyi`` beside its code.

    The stub is the only list: checkers of types read it as it is; here each ``from MODULE import NAME as NAME`` says
    where a name is at home. Importing the package, or one of its modules, loads none of the others.
    """
    homes: dict[str, str] = {}

    def names() -> list[str]:
        if not homes:
            import ast
            from pkgutil import get_data

            for line in ast.parse(get_data(package, "__init__.pyi") or b"").body:
                if isinstance(line, ast.ImportFrom):
                    homes.update({alias.name: str(line.module) for alias in line.names})
        return sorted(homes)

    def attribute(name: str) -> Any:  # noqa: ANN401 - any public name
        if name == "__all__":
            return names()
        if name.startswith("_") or name not in names():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(homes[name]), name)

    return attribute, names
