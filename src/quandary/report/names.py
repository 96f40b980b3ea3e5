"""Names as people read them: titles of variables, states without underscores, quantities by where they stand."""

from __future__ import annotations

import re

from quandary.case.model import Case


def variable_title(case: Case, name: str) -> str:
    """Return a variable's title, or its name with spaces."""
    for item in case.story:
        if item.id == name:
            return item.title or spaced(name)
    return spaced(name)


def actor_name(case: Case, actor: str) -> str:
    """Return an actor's full name."""
    known = case.actors.get(actor)
    return known.name if known else spaced(actor)


def spaced(name: str) -> str:
    """Return a name with spaces for underscores."""
    return name.replace("_", " ")


def quantity_name(name: str, case: Case) -> str:
    """Return a short name for an uncertain quantity: ``contagion, serious, when unrest = regime_threat``.

    A named assumption keeps its name.
    """
    if name in case.assumptions:
        return name
    found = re.fullmatch(
        r"(?P<room>[a-z]+)\.(?P<path>[^\[\]]*)(?:\[(?P<condition>.*)\])?(?:\.(?P<rest>[^#\]]*))?(?P<leaf>#\d+)?",
        name,
    )
    if found is None:
        return name
    parts = [p for p in found["path"].split(".") if p not in ("odds", "base", "effects", "value")]
    if found["rest"]:
        parts += found["rest"].split(".")
    said = ", ".join(spaced(p) for p in parts)
    condition = found["condition"]
    if condition and condition not in ("otherwise", "1"):
        said += f", when {condition}"
    return said
