"""What a request may name: files of the folder that is served, cases that ship, and nothing that is the machine's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quandary.base.confinement import outside
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.shipped import shipped_names
from quandary.use.requests import NamedPlace, RequestField, fields_of, request_schema
from quandary.use.tasks import RegisteredTask
from quandary.web.settings import ServerSettings

WITHHELD = (NamedPlace.LEDGER, NamedPlace.MACHINE)
"""What only whoever serves may say."""

STANDARD_INPUT = "-"


def offered_fields(task: RegisteredTask) -> tuple[RequestField, ...]:
    """Return the fields of a task's request that a request may fill."""
    return tuple(one for one in fields_of(task.request) if one.about.names not in WITHHELD)


def offered_schema(task: RegisteredTask) -> dict[str, Any]:
    """Return the JSON Schema of what a request may say."""
    schema = request_schema(task.request)
    names = {one.name for one in offered_fields(task)}
    properties = {name: one for name, one in schema["properties"].items() if name in names}
    return {**schema, "properties": properties}


def confined(task: RegisteredTask, given: Mapping[str, object], settings: ServerSettings) -> dict[str, object]:
    """Return a request with its paths as they are from the folder on, and the server's ledger.

    Raises ``CaseError``: Q819 for a field that only whoever serves may fill, Q821 for a path that leads out of the
    folder, Q822 for what would write where the server is read-only.
    """
    problems: list[Problem] = []
    made = dict(given)
    for one in fields_of(task.request):
        kind, value = one.about.names, given.get(one.name)
        if kind in WITHHELD:
            if one.name in given:
                hint = f"known: {', '.join(field.name for field in offered_fields(task))}"
                problems.append(Problem("Q819", f'a request has no "{one.name}" here', hint=hint))
            if kind is NamedPlace.LEDGER and settings.ledger is not None:
                made[one.name] = settings.ledger
        elif kind is not None and isinstance(value, str):
            made[one.name] = (
                value if _ships(kind, value, settings.folder) else _inside(value, settings.folder, problems)
            )
    if settings.read_only and _writes(task, given):
        problems.append(
            Problem("Q822", "the folder is served read-only, and this would write", hint="ask who serves it")
        )
    if problems:
        raise CaseError(problems)
    return made


def inside(named: str, folder: Path) -> Path | None:
    """Return a path from the folder on; ``None`` where it leads out of it, or no file can be called so."""
    try:
        root = os.path.realpath(folder)
        real = os.path.realpath(os.path.join(root, named))  # noqa: PTH118 - an absolute path stays what it is
        os.fsencode(real)
    except (OSError, ValueError):
        return None
    if "\0" in named or named.startswith("~") or not (real == root or real.startswith(root.rstrip(os.sep) + os.sep)):
        return None
    return Path(os.path.relpath(real, root))


def case_path(named: str, folder: Path) -> str:
    """Return a case that a page names, as it is from the folder on. Refuses (Q821) what lies outside of it."""
    if named in shipped_names() and not (folder / named).exists():
        return named
    found = inside(named, folder)
    if found is None:
        raise Refusal(outside(named))
    return str(found)


def _ships(kind: NamedPlace, value: str, folder: Path) -> bool:
    return kind is NamedPlace.CASE and value in shipped_names() and not (folder / value).exists()


def _inside(value: str, folder: Path, problems: list[Problem]) -> str:
    path = None if value == STANDARD_INPUT else inside(value, folder)
    if path is None:
        problems.append(outside(value))
        return value
    return str(path)


def _writes(task: RegisteredTask, given: Mapping[str, object]) -> bool:
    """Return whether a task would write anything, asked so."""
    if task.writes == "*" or (task.writes and given.get(task.writes)):
        return True
    return any(
        one.about.names is NamedPlace.WRITTEN and given.get(one.name) is not None for one in fields_of(task.request)
    )
