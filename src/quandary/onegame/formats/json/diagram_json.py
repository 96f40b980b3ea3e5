"""Causal games as JSON: ``maid-json/1`` is read, ``quandary-diagram/1`` is read and written.

Both hold ``nodes``, a list of::

    {"name": ..., "kind": "chance" | "decision" | "utility", "player": ..., "states": [...], "parents": [...],
    "table": [...]}

``player`` stands at decisions and utilities, ``states`` not at utilities, ``table`` not at decisions. A table
has one row per combination of the parents' states: ``{"when": {parent: state}, "p": {state: probability}}``
at chance nodes (a state that is left out has probability zero), ``{"when": ..., "value": number}`` at
utilities. Nodes may come in any order without a cycle. A decision's parents are all that is known there.

``quandary-diagram/1`` adds ``title``, ``precision`` ({player: number}, logit precision; 1 where not given),
``agent_form_only`` (a list of decisions) and, at a decision, ``allowed``: rows ``{"when": ..., "options":
[...]}``, where ``when`` names some of the parents, and ``usual``: rows ``{"when": ..., "shares": {option: number}}``,
how the choice divides where all options are worth the same (evenly where not given). One world a file.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import numpy as np

from quandary.base.characters import escaped_json
from quandary.base.problems import CaseError, Problem, nearest
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.table import Table
from quandary.game.validation import faults
from quandary.onegame.formats.json.json_reading import JsonText
from quandary.onegame.formats.json.json_tables import NodeReader, unknown_key
from quandary.onegame.formats.network import check_blank

NODES_AT_MOST = 2000
FORMATS = ("maid-json/1", "quandary-diagram/1")


def read_diagram(text: str, file: str = "diagram.json") -> Diagram:
    """Return the diagram in a JSON text, in one world. Raises ``CaseError`` with every fault found.

    Decisions at which the player lacks something it knew or did earlier, and that could matter there, are marked
    ``agent_form_only`` unless the file says which they are.
    """
    source = JsonText(text, file)
    top = _top(source)
    if not isinstance(top.get("nodes"), list):
        kind = top.get("kind")
        message = f'a diagram needs a list of "nodes"; this file holds none (kind: {json.dumps(kind)[:40]}).'
        source.refuse("Q608", message, "give nodes with tables: docs/game-files.md shows how")
    if len(top["nodes"]) > NODES_AT_MOST:
        source.refuse("Q602", f"the diagram has more than {NODES_AT_MOST} nodes.", "cut it down", "nodes")
    fault = unknown_key(top, "a file")
    if fault is not None:
        source.refuse(*fault, next(key for key in top if unknown_key({key: None}, "a file")))
    if not top["nodes"]:
        source.refuse("Q608", "the diagram has no nodes.", "give nodes with tables", "nodes")
    reader = NodeReader(source)
    for node in top["nodes"]:
        reader.take(node)
    if reader.problems:
        raise CaseError(reader.problems)
    precisions, forgetful = _precisions(source, top), _names(source, top, "agent_form_only")
    players = dict.fromkeys(n.player for n in reader.nodes if n.kind != "chance")
    decisions = dict.fromkeys(n.name for n in reader.nodes if n.kind == "decision")
    for key, given, known in (("precision", precisions, players), ("agent_form_only", forgetful or (), decisions)):
        unknown = next((name for name in given if name not in known), None)
        if unknown is not None:
            what = "player of a node" if key == "precision" else "decision"
            hint = nearest(unknown, known) or "delete it, or mend the name"
            source.refuse("Q609", f'"{unknown[:40]}" in "{key}" is no {what}.', hint, unknown)
    diagram = reader.diagram(precisions, forgetful)
    diagram = replace(diagram, title=_title(source, top))
    found = list(faults(diagram))
    if found:
        named = [*(v.name for v in diagram.variables), *(u.name for u in diagram.utilities)]
        abouts = [next((n for n in named if f'"{n}"' in p.message), None) for p in found]
        places = [source.place_of(about) for about in abouts]
        raise CaseError(
            Problem(p.code, p.message, place, p.hint or "mend the node there")
            for p, place in zip(found, places, strict=True)
        )
    for name in diagram.blank:
        check_blank(diagram, name, source.place_of(name))
    return diagram


def write_diagram(diagram: Diagram, world: int = 0, *, title: str = "") -> str:
    """Return one world of a diagram as ``quandary-diagram/1``; reading it gives the same diagram back.

    ``title`` is written instead of the diagram's own, unless it is empty.
    """
    nodes = [_written_variable(diagram, v, world) for v in diagram.variables]
    nodes += [_written_utility(diagram, u, world) for u in diagram.utilities]
    precision = {p: _at(values, world) for p, values in diagram.precision.items()}
    whole = {
        "format": "quandary-diagram/1",
        "title": title or diagram.title,
        "precision": {p: "exact" if np.isinf(v) else v for p, v in precision.items()},
        "agent_form_only": list(diagram.agent_form_only),
    }
    head = json.dumps(whole, ensure_ascii=False, indent=1)[:-2]
    return escaped_json(head + ',\n "nodes": [\n' + ",\n".join(nodes) + "\n ]\n}\n")


def _top(source: JsonText) -> dict[str, Any]:
    if not isinstance(source.value, dict) or source.value.get("format") not in FORMATS:
        message = f'the file must be an object with "format": {" or ".join(FORMATS)}.'
        source.refuse("Q608", message, f'begin it with {{"format": "{FORMATS[1]}", ...}}', "format")
    return source.value


def _title(source: JsonText, top: dict[str, Any]) -> str:
    given = top.get("title", "")
    if not isinstance(given, str):
        source.refuse("Q608", '"title" must be a text in quotes.', 'write "title": "..."', "title")
    return given


def _precisions(source: JsonText, top: dict[str, Any]) -> dict[str, float]:
    given = top.get("precision", {})
    if not isinstance(given, dict):
        message = '"precision" must be an object of numbers by player.'
        source.refuse("Q608", message, 'write "precision": {"me": 2}', "precision")
    found = {}
    for player, written in given.items():
        value = float("inf") if written == "exact" else written
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            message = f'the precision of "{player}" must be a number, zero or more, or "exact".'
            source.refuse("Q608", message, "mend the number", player)
        found[player] = float(value)
    return found


def _names(source: JsonText, top: dict[str, Any], key: str) -> tuple[str, ...] | None:
    given = top.get(key)
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(n, str) for n in given):
        source.refuse("Q608", f'"{key}" must be a list of names.', f'write "{key}": ["..."]', key)
    return tuple(given)


def _at(values: np.ndarray[Any, np.dtype[np.float64]], world: int) -> float:
    return float(values[0 if values.shape[-1] == 1 else world])


def _written_variable(diagram: Diagram, variable: Chance | Decision, world: int) -> str:
    record: dict[str, Any] = {"name": variable.name, "kind": "chance", "states": list(variable.states)}
    record["parents"] = list(variable.parents)
    if isinstance(variable, Chance):
        table = diagram.tables[variable.name]
        if variable.name in diagram.blank:
            table = replace(
                table, values=np.where(diagram.blank[variable.name].values[..., None, :] > 0, 0, table.values)
            )
        rows: list[dict[str, Any]] = [
            {"when": when, "p": dict(zip(variable.states, values, strict=True))}
            for when, values in _rows(diagram, table, variable.parents, world)
        ]
        return _record(record, "table", rows)
    record |= {"kind": "decision", "player": variable.player}
    if variable.name in diagram.usual:
        table = diagram.usual[variable.name]
        record["usual"] = [
            {"when": when, "shares": dict(zip(variable.states, values, strict=True))}
            for when, values in _rows(diagram, table, table.axes[:-1], world)
        ]
    if variable.name not in diagram.allowed:
        return _record(record, "", [])
    table = diagram.allowed[variable.name]
    rows = [
        {"when": when, "options": [s for s, open_to in zip(variable.states, values, strict=True) if open_to]}
        for when, values in _rows(diagram, table, table.axes[:-1], world)
    ]
    return _record(record, "allowed", rows)


def _written_utility(diagram: Diagram, utility: Utility, world: int) -> str:
    record: dict[str, Any] = {"name": utility.name, "kind": "utility", "player": utility.player}
    rows = [
        {"when": when, "value": values} for when, values in _rows(diagram, utility.table, utility.table.axes, world)
    ]
    record["parents"] = list(utility.table.axes)
    return _record(record, "table", rows)


def _rows(diagram: Diagram, table: Table, given: tuple[str, ...], world: int) -> list[tuple[dict[str, str], Any]]:
    values = table.values[..., 0 if table.worlds == 1 else world]
    states = [diagram.variable(name).states for name in given]
    rows = []
    for index in itertools.product(*(range(len(s)) for s in states)):
        when = {name: s[i] for name, s, i in zip(given, states, index, strict=True)}
        rows.append((when, values[index].tolist()))
    return rows


def _record(record: dict[str, Any], key: str, rows: list[dict[str, Any]]) -> str:
    """Return a node as JSON with one line per row of its table."""
    head = "  " + json.dumps(record, ensure_ascii=False)
    if not key:
        return head
    lines = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{head[:-1]}, "{key}": [\n{lines}]}}'
