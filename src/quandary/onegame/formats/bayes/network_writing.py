"""Diagrams written as Bayesian networks (``.bif``) and influence diagrams of GeNIe (``.xdsl``), to read back the same.

What such a file cannot say is refused by name (Q610): decisions and utilities in a ``.bif``; several players, barred
options and forgetting in an ``.xdsl``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NoReturn
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.game.diagram import Chance, Decision, Diagram
from quandary.game.table import Table

_PLAIN = re.compile(r"[^\W\d][\w-]*")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
TOTAL = "total"


def write_bif(diagram: Diagram, world: int = 0, *, title: str = "") -> str:
    """Return one world of a diagram without decisions as a ``.bif`` text. Raises ``Refusal`` (Q610) for any other."""
    owned = [*(f'the decision "{d.name}"' for d in diagram.decisions), *(f'"{u.name}"' for u in diagram.utilities)]
    if owned:
        message = f"a .bif file holds chance only, and not {owned[0]}{_more(owned)}"
        _refuse(message, "write it as .xdsl (one player), .json or .efg")
    lines = [f"network {_bif_name(title or diagram.title or 'network')} {{ }}"]
    for variable in diagram.chances:
        states = ", ".join(_bif_name(state) for state in variable.states)
        lines.append(f"variable {_bif_name(variable.name)} {{")
        lines.append(f"  type discrete [ {len(variable.states)} ] {{ {states} }};\n}}")
    for variable in diagram.chances:
        values = _rows(diagram, variable, world)
        given = " | " + ", ".join(map(_bif_name, variable.parents)) if variable.parents else ""
        lines.append(f"probability ( {_bif_name(variable.name)}{given} ) {{")
        if not variable.parents:
            lines.append(f"  table {_numbers(values, ', ')};")
        for index in np.ndindex(*values.shape[:-1]) if variable.parents else ():
            names = (diagram.variable(p).states[i] for p, i in zip(variable.parents, index, strict=True))
            lines.append(f"  ({', '.join(map(_bif_name, names))}) {_numbers(values[index], ', ')};")
        lines.append("}")
    return "\n".join(lines) + "\n"


def write_xdsl(diagram: Diagram, world: int = 0, *, title: str = "") -> str:
    """Return one world of a diagram of at most one player as an ``.xdsl`` text.

    Several utilities are added up by a ``mau`` node. Raises ``Refusal`` (Q610) for what the format cannot say.
    """
    _check_sayable(diagram)
    nodes = [line for variable in diagram.variables for line in _node(diagram, variable, world)]
    names = [u.name for u in diagram.utilities]
    for utility in diagram.utilities:
        values = _at(utility.table, world)
        nodes.append(f'  <utility id="{utility.name}">')
        nodes += _parents(utility.table.axes)
        nodes.append(f"   <utilities>{_numbers(values, ' ')}</utilities>\n  </utility>")
    if len(names) > 1:
        taken = {*names, *(v.name for v in diagram.variables)}
        total = next(name for name in (TOTAL + "_" * i for i in range(len(taken) + 1)) if name not in taken)
        nodes.append(f'  <mau id="{total}">')
        nodes += _parents(names)
        nodes.append(f"   <weights>{' '.join('1' for _ in names)}</weights>\n  </mau>")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<smile version="1.0" id="network" numsamples="1000">'
    called = quoteattr(title or diagram.title or "network")
    tail = f' <extensions>\n  <genie version="1.0" app="Quandary" name={called}></genie>\n </extensions>\n</smile>'
    return "\n".join([head, " <nodes>", *nodes, " </nodes>", tail]) + "\n"


def _node(diagram: Diagram, variable: Chance | Decision, world: int) -> Iterator[str]:
    kind = "cpt" if isinstance(variable, Chance) else "decision"
    yield f'  <{kind} id="{variable.name}">'
    yield from (f"   <state id={quoteattr(state)} />" for state in variable.states)
    yield from _parents(variable.parents)
    if isinstance(variable, Chance):
        yield f"   <probabilities>{_numbers(_rows(diagram, variable, world), ' ')}</probabilities>"
    yield f"  </{kind}>"


def _parents(names: Iterable[str]) -> list[str]:
    listed = " ".join(names)
    return [f"   <parents>{escape(listed)}</parents>"] if listed else []


def _check_sayable(diagram: Diagram) -> None:
    if len(diagram.players) > 1:
        shown = ", ".join(diagram.players[:4])
        _refuse(f"an .xdsl file has one decision-maker, and this diagram has {shown}", "write it as .json or .efg")
    if diagram.allowed:
        named = next(iter(diagram.allowed))
        _refuse(f'an .xdsl file cannot bar options, as those of "{named}"', "write it as .json or .efg")
    if diagram.agent_form_only:
        named = diagram.agent_form_only[0]
        _refuse(f'in an .xdsl file nobody forgets, as the player does at "{named}"', "write it as .json")
    seen: set[str] = set()
    for name in [*(v.name for v in diagram.variables), *(u.name for u in diagram.utilities)]:
        if not _IDENTIFIER.fullmatch(name):
            hint = "rename it: letters a to z, digits and underscores"
            _refuse(f'"{name}" cannot be the name of a node in an .xdsl file', hint)
        if name in seen:
            _refuse(f'"{name}" names two nodes, which an .xdsl file cannot have', "rename one of them")
        seen.add(name)


def _rows(diagram: Diagram, variable: Chance, world: int) -> Array:
    """Return a variable's probabilities over (*parents, itself) in one world; what cannot come about is all zero."""
    table = diagram.tables[variable.name]
    values = _at(table, world)
    if variable.name in diagram.blank:
        values = np.where(diagram.blank[variable.name].over(variable.parents)[..., :1] > 0, 0.0, values)
    return np.asarray(values)


def _at(table: Table, world: int) -> Array:
    return np.asarray(table.values[..., 0 if table.worlds == 1 else world])


def _numbers(values: Array, between: str) -> str:
    return between.join(repr(value) for value in values.ravel().tolist())


def _bif_name(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    if '"' in name or "\n" in name or not name.strip():
        hint = "rename it, without quotation marks and line ends"
        _refuse(f'"{name}" cannot be written as a name in a .bif file', hint)
    return f'"{name}"'


def _more(owned: list[str]) -> str:
    return f" and {len(owned) - 1} more" if len(owned) > 1 else ""


def _refuse(message: str, hint: str) -> NoReturn:
    raise Refusal(Problem("Q610", f"{message}.", hint=hint))
