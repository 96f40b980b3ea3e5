"""Bayesian networks and influence diagrams of GeNIe and SMILE (``.xdsl``), read as a diagram.

Read: ``cpt`` (chance), ``deterministic``, ``decision`` and ``utility`` nodes. In a table the last parent's
state runs fastest, and inside it the node's own states. An influence diagram there has one decision-maker who
forgets nothing: it gets the player ``decision maker``, and every decision observes what was seen and done
before. Other nodes (noisy-MAX, equations, multi-attribute utility) are refused by name.
"""

from __future__ import annotations

from math import prod
from typing import NoReturn
from xml.etree import ElementTree as Xml
from xml.parsers import expat

import numpy as np

from quandary.formats.network import network_of
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.recall import with_memory
from quandary.game.table import Array, Table
from quandary.places import Place
from quandary.problems import CaseError, Problem

CHARACTERS_AT_MOST = 50_000_000
CELLS_AT_MOST = 5_000_000
SUM_TOLERANCE = 1e-3
PLAYER = "decision maker"


def read_xdsl(text: str, file: str = "network.xdsl") -> Diagram:
    """Return the diagram of an ``.xdsl`` text. Raises ``CaseError`` with place and reason."""
    return _Reader(text, file).read()


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.states: dict[str, tuple[str, ...]] = {}

    def read(self) -> Diagram:
        nodes = self._nodes()
        for node in nodes:
            name = self._name(node)
            if name in self.states:
                self._refuse("Q609", f'two nodes are called "{name[:40]}".', name)
            self.states[name] = tuple(s.get("id", "") for s in node.findall("state"))
        variables: list[Chance | Decision] = []
        tables: dict[str, Table] = {}
        utilities = []
        for node in nodes:
            name, parents = self._name(node), self._parents(node)
            shape = tuple(len(self.states[p]) for p in parents)
            if node.tag == "decision":
                variables.append(Decision(name, self.states[name], PLAYER, parents))
            elif node.tag == "utility":
                values = self._numbers(node, "utilities", prod(shape)).reshape(*shape, 1)
                utilities.append(Utility(name, PLAYER, Table(parents, values)))
            else:
                variables.append(Chance(name, self.states[name], parents))
                tables[name] = Table((*parents, name), self._probabilities(node, name, shape)[..., None])
        return with_memory(network_of(variables, tables, self.file, utilities))

    def _nodes(self) -> list[Xml.Element]:
        if len(self.text) > CHARACTERS_AT_MOST:
            self._refuse("Q602", f"the file is longer than {CHARACTERS_AT_MOST} characters.")
        if "<!DOCTYPE" in self.text or "<!ENTITY" in self.text:
            self._refuse("Q603", "a document type or entity stands here; such files are not read.", "<!")
        try:
            root = Xml.fromstring(self.text.encode("utf-8", "replace"), Xml.XMLParser(encoding="utf-8"))
        except Xml.ParseError as error:
            line, column = error.position
            message = f"this is no XML: {expat.ErrorString(error.code)}."
            raise CaseError([Problem("Q603", message, Place(self.file, line, column + 1))]) from None
        nodes = root.find("nodes")
        if root.tag != "smile" or nodes is None:
            self._refuse("Q608", "an .xdsl file holds <smile> with <nodes> in it.")
        found = list(nodes)
        for node in found:
            if node.tag not in {"cpt", "deterministic", "decision", "utility"}:
                self._refuse("Q608", f"nodes of the kind <{str(node.tag)[:40]}> are not read.", f"<{node.tag}")
        return found

    def _name(self, node: Xml.Element) -> str:
        name = node.get("id")
        if not name:
            self._refuse("Q608", f"a <{node.tag}> has no id.", f"<{node.tag}")
        return name

    def _parents(self, node: Xml.Element) -> tuple[str, ...]:
        parents = tuple((node.findtext("parents") or "").split())
        for parent in parents:
            if not self.states.get(parent):
                self._refuse("Q609", f'the parent "{parent[:40]}" is no variable with states.', parent)
        return parents

    def _probabilities(self, node: Xml.Element, name: str, shape: tuple[int, ...]) -> Array:
        own = len(self.states[name])
        if not own:
            self._refuse("Q609", f'"{name[:40]}" has no states.', name)
        if node.tag == "deterministic":
            results = (node.findtext("resultingstates") or "").split()
            if len(results) != prod(shape) or not set(results) <= set(self.states[name]):
                self._refuse("Q607", f'"{name[:40]}" needs one of its states for each of {prod(shape)} cases.', name)
            which = [self.states[name].index(state) for state in results]
            return np.asarray(np.eye(own)[which].reshape(*shape, own))
        values = self._numbers(node, "probabilities", prod(shape) * own).reshape(*shape, own)
        sums = values.sum(axis=-1, keepdims=True)
        if (values < 0).any() or np.abs(sums - 1).max() > SUM_TOLERANCE:
            self._refuse("Q607", f'the probabilities of "{name[:40]}" do not sum to one.', name)
        return np.asarray(values / sums)

    def _numbers(self, node: Xml.Element, tag: str, count: int) -> Array:
        name = self._name(node)
        if count > CELLS_AT_MOST:
            self._refuse("Q602", f'the table of "{name[:40]}" is too large.', name)
        try:
            values = np.array([float(v) for v in (node.findtext(tag) or "").split()])
        except ValueError:
            self._refuse("Q603", f'the {tag} of "{name[:40]}" hold something that is no number.', name)
        if len(values) != count or not np.isfinite(values).all():
            self._refuse("Q607", f'"{name[:40]}" needs {count} finite {tag}, and has {len(values)}.', name)
        return values

    def _refuse(self, code: str, message: str, near: str = "") -> NoReturn:
        at = max(0, self.text.find(f'"{near}"' if f'"{near}"' in self.text else near))
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        raise CaseError([Problem(code, message, Place(self.file, line, column))])
