"""From the nodes of a JSON diagram to variables and tables, gathering every fault on the way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, prod
from typing import Any

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import CaseError, Problem, nearest
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graphs.graph import in_order_of_time
from quandary.game.recall import truly_forgotten
from quandary.game.table import Table
from quandary.onegame.formats.json.json_reading import JsonText
from quandary.onegame.formats.network import CELLS_AT_MOST, variable_fault
from quandary.onegame.formats.vocabulary import Treatment, ignored, read, refused, vocabulary

PROBLEMS_AT_MOST = 100
WHAT = "delete it, or mend the word"

WORDS = vocabulary(
    read("a file", "format", "quandary-diagram/1 or maid-json/1"),
    read("a file", "nodes"),
    read("a file", "title precision agent_form_only", "in quandary-diagram/1"),
    ignored("a file", "id name kind source source_read players notes note comment description answers", "notes"),
    refused("a file", "edges decisions utilities", "belongs to a sketch without numbers; give nodes with tables"),
    read("a node", "name kind parents"),
    ignored("a node", "notes note comment description label", "notes"),
    read("a chance node", "states table"),
    refused("a chance node", "player", "stands at decisions and utilities only; delete it, or change the kind"),
    refused("a chance node", "allowed usual", "stands at decisions only; delete it, or change the kind"),
    read("a decision node", "player states"),
    read("a decision node", "allowed usual", "in quandary-diagram/1"),
    refused("a decision node", "table", "has no meaning at a decision, which is solved; delete it, or write allowed"),
    read("a utility node", "player table"),
    refused("a utility node", "states", "has no meaning at a utility; delete it"),
    read("a row of a chance node", "when p"),
    read("a row of a utility node", "when value"),
    read("a row of allowed", "when options"),
    read("a row of usual", "when shares"),
    groups={f"a {kind} node": "a node" for kind in ("chance", "decision", "utility")},
)


@dataclass(frozen=True)
class RawNode:
    """A node whose fields have the right types."""

    name: str
    kind: str
    player: str
    states: tuple[str, ...]
    parents: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    allowed: tuple[dict[str, Any], ...] | None
    usual: tuple[dict[str, Any], ...] | None


def unknown_key(record: Mapping[str, object], where: str) -> tuple[str, str, str] | None:
    """Return the first key that is not read at a place, as code, sentence and next step; ``None`` if all are."""
    for key in record:
        word = WORDS.find(where, key)
        if word is None:
            known = WORDS.names(where)
            hint = nearest(key, known) or f"{WHAT}; known: {', '.join(known)}"
            return "Q611", f'the key "{key[:40]}" is not understood in {where}.', hint
        if word.treatment is Treatment.REFUSED:
            reason, _, hint = word.note.partition("; ")
            return "Q611", f'the key "{key[:40]}" in {where} {reason}.', hint
    return None


class NodeReader:
    """Nodes read so far, and what was wrong with them."""

    def __init__(self, source: JsonText) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.nodes: list[RawNode] = []
        self.states: dict[str, tuple[str, ...]] = {}
        self.cells = 0

    def take(self, node: object) -> None:
        """Check the fields of one node and keep it."""
        if not isinstance(node, dict) or not isinstance(node.get("name"), str) or not node["name"]:
            self._complain("each node must be an object with a name.", None, 'name it: "name": "rain"')
            return
        name = node["name"]
        kind = node.get("kind")
        if kind not in ("chance", "decision", "utility"):
            message = f'the kind of "{name}" must be chance, decision or utility, not {_shown(kind)}.'
            self._complain(message, name, "events of other tools have no counterpart here")
            return
        if self._keys(node, f"a {kind} node", name):
            return
        player = node.get("player")
        if kind != "chance" and not isinstance(player, str):
            self._complain(f'the {kind} "{name}" needs a player.', name, 'add "player": "..."')
            return
        lists = {"states": self._texts(node, "states", name) if kind != "utility" else ()}
        lists["parents"] = self._texts(node, "parents", name)
        rows = self._objects(node, "table", name, f"a row of a {kind} node") if kind != "decision" else ()
        given = {key: self._objects(node, key, name, f"a row of {key}") for key in ("allowed", "usual") if key in node}
        if None in (*lists.values(), *given.values(), rows):
            return
        fault = variable_fault(name, lists["states"] or (), (), {}) if kind != "utility" else None
        if fault is not None:
            self._complain(fault[1], name, fault[2], fault[0])
            return
        texts = lists["states"] or (), lists["parents"] or ()
        raw = RawNode(name, kind, str(player), *texts, rows or (), given.get("allowed"), given.get("usual"))
        self.nodes.append(raw)
        if kind != "utility":
            self.states[name] = raw.states

    def _keys(self, record: Mapping[str, object], where: str, name: str) -> bool:
        """Complain about a key that is not read, and return whether there is one."""
        found = unknown_key(record, where)
        if found is not None:
            code, message, hint = found
            self._complain(f'{message[:-1]} ("{name[:40]}").', name, hint, code)
        return found is not None

    def diagram(self, precision: Mapping[str, float], forgetful: tuple[str, ...] | None) -> Diagram:
        """Return the diagram of the nodes taken. Raises ``CaseError`` for names, orders and rows that do not fit."""
        ordered = self._in_order()
        tables, blank, allowed, usual, utilities = {}, {}, {}, {}, []
        variables: list[Chance | Decision] = []
        for node in ordered:
            if node.kind == "chance":
                variables.append(Chance(node.name, node.states, node.parents))
                values = self._probabilities(node)
                zero = values.sum(axis=-1, keepdims=True) == 0
                if zero.any():
                    blank[node.name] = Table(node.parents, zero.astype(np.float64))
                    values = np.where(zero, 1.0 / len(node.states), values)
                tables[node.name] = Table((*node.parents, node.name), values[..., None])
            elif node.kind == "decision":
                variables.append(Decision(node.name, node.states, node.player, node.parents))
                if node.allowed is not None:
                    allowed[node.name] = self._options(node)
                if node.usual is not None:
                    usual[node.name] = self._shares(node)
            else:
                values = self._filled(node, node.rows, node.parents, lambda row: row.get("value"), ())
                utilities.append(Utility(node.name, node.player, Table(node.parents, values[..., None])))
        if self.problems:
            raise CaseError(self.problems)
        players = dict.fromkeys([n.player for n in ordered if n.kind == "decision"])
        precisions = {p: np.array([precision.get(p, 1.0)]) for p in [*players, *precision]}
        diagram = Diagram(tuple(variables), tables, tuple(utilities), precisions, 1, allowed, blank=blank, usual=usual)
        marked = truly_forgotten(diagram) if forgetful is None else forgetful
        return replace(diagram, agent_form_only=tuple(marked))

    def _in_order(self) -> list[RawNode]:
        """Return the nodes, parents first, utilities last, otherwise as written."""
        for node in self.nodes:
            fault = variable_fault(node.name, None, node.parents, self.states)
            if fault is not None:
                self._complain(fault[1], node.name, fault[2], fault[0])
        names = Counter(n.name if n.kind != "utility" else (n.player, n.name) for n in self.nodes)
        for name in (n for n, times in names.items() if times > 1):
            shown, what = (name, "variables") if isinstance(name, str) else (name[1], f"utilities of {name[0]}")
            self._complain(f'two {what} are called "{shown}".', shown, "rename one of them", "Q609")
        if self.problems:
            raise CaseError(self.problems)
        by_name = {n.name: n for n in self.nodes if n.kind != "utility"}
        order = in_order_of_time({name: node.parents for name, node in by_name.items()})
        if len(order) < len(by_name):
            circling = next(n for n in by_name if n not in order)
            hint = "take an arrow away: what comes later cannot act on what came before"
            self.source.refuse("Q609", "the arrows run in a circle.", hint, circling)
        return [*(by_name[name] for name in order), *(n for n in self.nodes if n.kind == "utility")]

    def _probabilities(self, node: RawNode) -> Array:
        def numbers(row: dict[str, Any]) -> list[Any] | None:
            given = row.get("p")
            if not isinstance(given, dict):
                return None
            for state in given:
                if state not in node.states:
                    self._complain(f'"{node.name}" has no state "{state}".', node.name, _listed(node.states), "Q609")
                    return None
            return [given.get(state, 0) for state in node.states]

        return self._filled(node, node.rows, node.parents, numbers, (len(node.states),))

    def _options(self, node: RawNode) -> Table:
        rows = node.allowed or ()
        given = _looked_at(node, rows)

        def open_to(row: dict[str, Any]) -> list[float] | None:
            options = row.get("options")
            if not isinstance(options, list) or not all(o in node.states for o in options):
                message = f'the allowed options of "{node.name}" must be a list of its states.'
                self._complain(message, node.name, _listed(node.states))
                return None
            return [1.0 if state in options else 0.0 for state in node.states]

        values = self._filled(node, rows, given, open_to, (len(node.states),))
        return Table((*given, node.name), values[..., None])

    def _shares(self, node: RawNode) -> Table:
        rows = node.usual or ()
        given = _looked_at(node, rows)

        def shares(row: dict[str, Any]) -> list[Any] | None:
            found = row.get("shares")
            if not isinstance(found, dict) or set(found) != set(node.states):
                message = f'what is usual at "{node.name}" must be an object with a number for each of its states.'
                self._complain(message, node.name, _listed(node.states))
                return None
            return [found[state] for state in node.states]

        values = self._filled(node, rows, given, shares, (len(node.states),))
        return Table((*given, node.name), values[..., None])

    def _filled(
        self,
        node: RawNode,
        rows: Sequence[dict[str, Any]],
        given: tuple[str, ...],
        read: Callable[[dict[str, Any]], object],
        tail: tuple[int, ...],
    ) -> Array:
        """Return the rows' numbers in an array over ``given``; complain about rows that lack, repeat or do not fit."""
        shape = (*(len(self.states[p]) for p in given), *tail)
        self.cells += prod(shape)
        if self.cells > CELLS_AT_MOST:
            message = f'with the table of "{node.name}" the diagram has {self.cells:,} entries.'
            self.source.refuse(
                "Q602", message, f"{CELLS_AT_MOST:,} are read: give it fewer parents or states", node.name
            )
        values = np.full(shape, np.nan)
        for row in rows:
            index = self._index(node, row.get("when", {}), given)
            if index is None:
                return np.zeros(shape)
            before = len(self.problems)
            numbers = read(row)
            if len(self.problems) > before:
                return np.zeros(shape)
            flat = numbers if isinstance(numbers, list) else [numbers]
            if not all(_is_number(v) for v in flat):
                self._complain(f'a row of "{node.name}" lacks its numbers.', node.name, "give finite numbers, unquoted")
                return np.zeros(shape)
            if not np.isnan(values[index]).all():
                self._complain(f'two rows of "{node.name}" are for the same case.', node.name, "delete one of them")
                return np.zeros(shape)
            values[index] = numbers
        if np.isnan(values).any():
            message = f'the rows of "{node.name}" do not cover every combination of its parents.'
            self._complain(message, node.name, f"{prod(shape[: len(given)])} rows are needed")
            return np.zeros(shape)
        return values

    def _index(self, node: RawNode, when: object, given: tuple[str, ...]) -> tuple[int, ...] | None:
        if not isinstance(when, dict) or set(when) != set(given):
            message = f'each row of "{node.name}" must say when it holds: {", ".join(given) or "always"}.'
            self._complain(message, node.name, 'write "when": {parent: state} with every parent')
            return None
        for parent, state in when.items():
            if state not in self.states[parent]:
                message = f'"{parent}" has no state {_shown(state)} (in a row of "{node.name}").'
                self._complain(message, node.name, _listed(self.states[parent]))
                return None
        return tuple(self.states[p].index(when[p]) for p in given)

    def _texts(self, node: dict[str, Any], key: str, name: str) -> tuple[str, ...] | None:
        given = node.get(key, [] if key == "parents" else None)
        if not isinstance(given, list) or not all(isinstance(t, str) for t in given):
            self._complain(f'"{key}" of "{name}" must be a list of texts.', name, f'write "{key}": ["...", "..."]')
            return None
        return tuple(given)

    def _objects(self, node: dict[str, Any], key: str, name: str, where: str) -> tuple[dict[str, Any], ...] | None:
        given = node.get(key)
        if not isinstance(given, list) or not all(isinstance(r, dict) for r in given):
            self._complain(f'"{key}" of "{name}" must be a list of rows.', name, f'write "{key}": [{{"when": ...}}]')
            return None
        return None if any(self._keys(row, where, name) for row in given) else tuple(given)

    def _complain(self, message: str, name: str | None, hint: str, code: str = "Q608") -> None:
        self.problems.append(self.source.problem(code, message, hint, name))
        if len(self.problems) >= PROBLEMS_AT_MOST:
            raise CaseError(self.problems)


def _looked_at(node: RawNode, rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return the parents that the first of the rows names; all others must name the same."""
    first = rows[0].get("when") if rows else None
    return tuple(p for p in node.parents if isinstance(first, dict) and p in first)


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:40]


def _listed(states: Sequence[str]) -> str:
    return f"its states are {', '.join(states)[:100]}"


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return isfinite(float(value))
    except OverflowError:
        return False
