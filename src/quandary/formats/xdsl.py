"""Bayesian networks and influence diagrams of GeNIe and SMILE (``.xdsl``), read as a diagram.

Read: ``cpt`` (chance), ``deterministic``, ``noisymax``, ``decision``, ``utility`` and ``mau`` nodes (utilities weighed
and added up). In a table the last parent's state runs fastest, and inside it the node's own states; pyAgrum, which
marks its files, lets the first parent's state run fastest instead. An influence diagram there has one decision-maker
who forgets nothing: it gets the player ``decision maker``, and every decision observes what was seen and done before.
Other nodes (equations, say) and utilities combined by an expression are refused by name.
"""

from __future__ import annotations

from math import prod
from xml.etree import ElementTree as Xml

import numpy as np

from quandary.formats.network import PLAYER, network_of
from quandary.formats.noisy_max import noisy_max
from quandary.formats.xml_reading import XmlText
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graph import in_order_of_time
from quandary.game.recall import with_memory
from quandary.game.table import Array, Table


def read_xdsl(text: str, file: str = "network.xdsl") -> Diagram:
    """Return the diagram of an ``.xdsl`` text. Raises ``CaseError`` with place and reason."""
    return _Reader(text, file).read()


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.source = XmlText(text, file)
        self.file = file
        self.states: dict[str, tuple[str, ...]] = {}
        self.first_fastest = False

    def read(self) -> Diagram:
        nodes = self._nodes()
        for node in nodes:
            name = self._name(node)
            if name in self.states:
                self.source.refuse("Q609", f'two nodes are called "{name[:40]}".', name)
            self.states[name] = tuple(s.get("id", "") for s in node.findall("state"))
        weights = self._weights(nodes)
        variables: list[Chance | Decision] = []
        tables: dict[str, Table] = {}
        utilities = []
        for node in nodes:
            if node.tag == "mau":
                continue
            name, parents = self._name(node), self._parents(node)
            if node.tag == "decision":
                variables.append(Decision(name, self.states[name], PLAYER, parents))
                continue
            ordered = parents[::-1] if self.first_fastest else parents
            shape = tuple(len(self.states[p]) for p in ordered)
            if node.tag == "utility":
                values = self.source.numbers(node.findtext("utilities"), prod(shape), "utilities", name)
                with np.errstate(over="ignore", invalid="ignore"):
                    worth = weights[name] * values.reshape(*shape, 1)
                if not np.isfinite(worth).all():
                    self.source.refuse("Q607", f'"{name[:40]}" times its weight is not finite.', name)
                utilities.append(Utility(name, PLAYER, Table(ordered, worth)))
            else:
                variables.append(Chance(name, self.states[name], parents))
                table = Table((*ordered, name), self._probabilities(node, name, shape)[..., None])
                axes = (*parents, name)
                tables[name] = Table(axes, table.over(axes).copy())
        return with_memory(network_of(variables, tables, self.file, utilities))

    def _nodes(self) -> list[Xml.Element]:
        root = self.source.root(with_type=False)
        nodes = root.find("nodes")
        if root.tag != "smile" or nodes is None:
            self.source.refuse("Q608", "an .xdsl file holds <smile> with <nodes> in it.")
        written_by = (mark.get("app", "") for mark in root.iterfind("extensions/genie"))
        self.first_fastest = any(app.startswith("aGrUM") for app in written_by)
        found = list(nodes)
        for node in found:
            if node.tag not in {"cpt", "deterministic", "noisymax", "decision", "utility", "mau"}:
                kind = str(node.tag)[:40]
                self.source.refuse("Q608", f"nodes of the kind <{kind}> are not read.", f"<{node.tag}")
        return found

    def _weights(self, nodes: list[Xml.Element]) -> dict[str, float]:
        """Return what each utility counts for in the whole: ``mau`` nodes weigh utilities, and each other."""
        worths = {self._name(node): node for node in nodes if node.tag in {"utility", "mau"}}
        sums = {name: node for name, node in worths.items() if node.tag == "mau"}
        shares = {name: self._shares(name, node, worths) for name, node in sums.items()}
        users = {name: [s for s, own in shares.items() if name in own] for name in worths}
        order = in_order_of_time({name: tuple(shares.get(name, ())) for name in worths})
        for name in worths:
            if name not in order:
                self.source.refuse("Q609", f'"{name[:40]}" is weighed by itself, round about.', name)
        found: dict[str, float] = {}
        for name in reversed(order):
            found[name] = sum(found[user] * shares[user][name] for user in users[name]) if users[name] else 1.0
        return found

    def _shares(self, name: str, node: Xml.Element, worths: dict[str, Xml.Element]) -> dict[str, float]:
        """Return what a ``mau`` node gives to each of its parents."""
        parents = (node.findtext("parents") or "").split()
        for parent in parents:
            if parent not in worths or parents.count(parent) > 1:
                self.source.refuse("Q609", f'"{parent[:40]}", a parent of "{name[:40]}", is no utility.', name)
        if node.find("weights") is None:
            self.source.refuse("Q608", f'utilities combined otherwise than by weights, as in "{name[:40]}".', name)
        values = self.source.numbers(node.findtext("weights"), len(parents), "weights", name)
        return dict(zip(parents, values.tolist(), strict=True))

    def _name(self, node: Xml.Element) -> str:
        name = node.get("id")
        if not name:
            self.source.refuse("Q608", f"a <{node.tag}> has no id.", f"<{node.tag}")
        return name

    def _parents(self, node: Xml.Element) -> tuple[str, ...]:
        parents = tuple((node.findtext("parents") or "").split())
        for parent in parents:
            if not self.states.get(parent):
                self.source.refuse("Q609", f'the parent "{parent[:40]}" is no variable with states.', parent)
        return parents

    def _probabilities(self, node: Xml.Element, name: str, shape: tuple[int, ...]) -> Array:
        own = len(self.states[name])
        if not own:
            self.source.refuse("Q609", f'"{name[:40]}" has no states.', name)
        if node.tag == "deterministic":
            results = (node.findtext("resultingstates") or "").split()
            if len(results) != prod(shape) or not set(results) <= set(self.states[name]):
                message = f'"{name[:40]}" needs one of its states for each of {prod(shape)} cases.'
                self.source.refuse("Q607", message, name)
            which = [self.states[name].index(state) for state in results]
            return np.asarray(np.eye(own)[which].reshape(*shape, own))
        if node.tag == "noisymax":
            return noisy_max(self.source, node, name, shape, own)
        written = node.findtext("probabilities")
        values = self.source.numbers(written, prod(shape) * own, "probabilities", name)
        return self.source.chances(values.reshape(*shape, own), name)
