"""From the nodes of a JSON diagram to variables and tables, gathering every fault on the way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, prod
from typing import Any

import numpy as np

from quandary.formats.json_reading import JsonText
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graph import in_order_of_time
from quandary.game.recall import truly_forgotten
from quandary.game.table import Array, Table
from quandary.problems import CaseError, Problem, nearest

CELLS_AT_MOST = 5_000_000
PROBLEMS_AT_MOST = 100


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


class NodeReader:
    """Nodes read so far, and what was wrong with them."""

    def __init__(self, source: JsonText) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.nodes: list[RawNode] = []
        self.states: dict[str, tuple[str, ...]] = {}

    def take(self, node: object) -> None:
        """Check the fields of one node and keep it."""
        if not isinstance(node, dict) or not isinstance(node.get("name"), str):
            self._complain("each node must be an object with a name.", None)
            return
        name = node["name"]
        kind = node.get("kind")
        if kind not in ("chance", "decision", "utility"):
            self._complain(f'the kind of "{name}" must be chance, decision or utility, not {json.dumps(kind)}.', name)
            return
        player = node.get("player")
        if kind != "chance" and not isinstance(player, str):
            self._complain(f'the {kind} "{name}" needs a player.', name)
            return
        lists = {"states": self._texts(node, "states", name) if kind != "utility" else ()}
        lists["parents"] = self._texts(node, "parents", name)
        rows = self._objects(node, "table", name) if kind != "decision" else ()
        allowed = self._objects(node, "allowed", name) if "allowed" in node else None
        if None in (*lists.values(), rows) or ("allowed" in node and allowed is None):
            return
        raw = RawNode(name, kind, str(player), lists["states"] or (), lists["parents"] or (), rows or (), allowed)
        self.nodes.append(raw)
        if kind != "utility":
            self.states[name] = raw.states

    def diagram(self, precision: Mapping[str, float], forgetful: tuple[str, ...] | None) -> Diagram:
        """Return the diagram of the nodes taken. Raises ``CaseError`` for names, orders and rows that do not fit."""
        ordered = self._in_order()
        tables, allowed, utilities = {}, {}, []
        variables: list[Chance | Decision] = []
        for node in ordered:
            if node.kind == "chance":
                variables.append(Chance(node.name, node.states, node.parents))
                tables[node.name] = Table((*node.parents, node.name), self._probabilities(node)[..., None])
            elif node.kind == "decision":
                variables.append(Decision(node.name, node.states, node.player, node.parents))
                if node.allowed is not None:
                    allowed[node.name] = self._options(node)
            else:
                values = self._filled(node, node.rows, node.parents, lambda row: row.get("value"), ())
                utilities.append(Utility(node.name, node.player, Table(node.parents, values[..., None])))
        if self.problems:
            raise CaseError(self.problems)
        players = dict.fromkeys([n.player for n in ordered if n.kind == "decision"])
        precisions = {p: np.array([precision.get(p, 1.0)]) for p in [*players, *precision]}
        diagram = Diagram(tuple(variables), tables, tuple(utilities), precisions, 1, allowed)
        marked = truly_forgotten(diagram) if forgetful is None else forgetful
        return Diagram(tuple(variables), tables, tuple(utilities), precisions, 1, allowed, tuple(marked))

    def _in_order(self) -> list[RawNode]:
        """Return the nodes, parents first, utilities last, otherwise as written."""
        for node in self.nodes:
            for parent in node.parents:
                if parent not in self.states:
                    hint = nearest(parent, self.states)
                    problem = self.source.problem(
                        "Q609", f'"{node.name}" has the unknown parent "{parent}".', node.name
                    )
                    self.problems.append(Problem(problem.code, problem.message, problem.place, hint))
        names = Counter(n.name for n in self.nodes if n.kind != "utility")
        for name in sorted(n for n, times in names.items() if times > 1):
            self._complain(f'two variables are called "{name}".', name, "Q609")
        if self.problems:
            raise CaseError(self.problems)
        by_name = {n.name: n for n in self.nodes if n.kind != "utility"}
        order = in_order_of_time({name: node.parents for name, node in by_name.items()})
        if len(order) < len(by_name):
            self.source.refuse("Q609", "the arrows run in a circle.", next(n for n in by_name if n not in order))
        return [*(by_name[name] for name in order), *(n for n in self.nodes if n.kind == "utility")]

    def _probabilities(self, node: RawNode) -> Array:
        def numbers(row: dict[str, Any]) -> list[Any] | None:
            given = row.get("p")
            if not isinstance(given, dict):
                return None
            for state in given:
                if state not in node.states:
                    self._complain(f'"{node.name}" has no state "{state}".', node.name, "Q609")
                    return None
            return [given.get(state, 0) for state in node.states]

        return self._filled(node, node.rows, node.parents, numbers, (len(node.states),))

    def _options(self, node: RawNode) -> Table:
        rows = node.allowed or ()
        first = rows[0].get("when") if rows else None
        given = tuple(p for p in node.parents if isinstance(first, dict) and p in first)

        def open_to(row: dict[str, Any]) -> list[float] | None:
            options = row.get("options")
            if not isinstance(options, list) or not all(o in node.states for o in options):
                self._complain(f'the allowed options of "{node.name}" must be a list of its states.', node.name)
                return None
            return [1.0 if state in options else 0.0 for state in node.states]

        values = self._filled(node, rows, given, open_to, (len(node.states),))
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
        if prod(shape) > CELLS_AT_MOST:
            self.source.refuse("Q602", f'the table of "{node.name}" has {prod(shape)} entries.', node.name)
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
                self._complain(f'a row of "{node.name}" lacks its numbers.', node.name)
                return np.zeros(shape)
            if not np.isnan(values[index]).all():
                self._complain(f'two rows of "{node.name}" are for the same case.', node.name)
                return np.zeros(shape)
            values[index] = numbers
        if np.isnan(values).any():
            self._complain(f'the rows of "{node.name}" do not cover every combination of its parents.', node.name)
            return np.zeros(shape)
        return values

    def _index(self, node: RawNode, when: object, given: tuple[str, ...]) -> tuple[int, ...] | None:
        if not isinstance(when, dict) or set(when) != set(given):
            self._complain(
                f'each row of "{node.name}" must say when it holds: {", ".join(given) or "always"}.', node.name
            )
            return None
        for parent, state in when.items():
            if state not in self.states[parent]:
                self._complain(f'"{parent}" has no state {json.dumps(state)} (in a row of "{node.name}").', node.name)
                return None
        return tuple(self.states[p].index(when[p]) for p in given)

    def _texts(self, node: dict[str, Any], key: str, name: str) -> tuple[str, ...] | None:
        given = node.get(key, [] if key == "parents" else None)
        if not isinstance(given, list) or not all(isinstance(t, str) for t in given):
            self._complain(f'"{key}" of "{name}" must be a list of texts.', name)
            return None
        return tuple(given)

    def _objects(self, node: dict[str, Any], key: str, name: str) -> tuple[dict[str, Any], ...] | None:
        given = node.get(key)
        if not isinstance(given, list) or not all(isinstance(r, dict) for r in given):
            self._complain(f'"{key}" of "{name}" must be a list of rows.', name)
            return None
        return tuple(given)

    def _complain(self, message: str, name: str | None, code: str = "Q608") -> None:
        self.problems.append(self.source.problem(code, message, name))
        if len(self.problems) >= PROBLEMS_AT_MOST:
            raise CaseError(self.problems)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return isfinite(float(value))
    except OverflowError:
        return False
