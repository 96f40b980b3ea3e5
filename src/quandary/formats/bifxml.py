"""Bayesian networks and influence diagrams as XML interchange format (``.bifxml``), which pyAgrum and others write.

Format: F. G. Cozman, "The Interchange Format for Bayesian Networks" (XMLBIF 0.3): ``<BIF><NETWORK>`` with a
``<VARIABLE TYPE="nature|decision|utility">`` (``<NAME>``, ``<OUTCOME>``) and a ``<DEFINITION>`` (``<FOR>``,
``<GIVEN>``, ``<TABLE>``) for each. In a table the variable's own states run fastest, then those of the last
``<GIVEN>``. A decision without a definition sees nothing (pyAgrum writes none then). An influence diagram has one
decision-maker who forgets nothing, as in ``xdsl.py``.
"""

from __future__ import annotations

from math import prod
from xml.etree import ElementTree as Xml

import numpy as np

from quandary.formats.network import PLAYER, network_of
from quandary.formats.xml_reading import XmlText
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.recall import with_memory
from quandary.game.table import Array, Table

KINDS = ("nature", "decision", "utility")


def read_bifxml(text: str, file: str = "network.bifxml") -> Diagram:
    """Return the diagram of an XMLBIF text. Raises ``CaseError`` with place and reason."""
    source = XmlText(text, file)
    root = source.root(with_type=True)
    network = root.find("NETWORK")
    if root.tag != "BIF" or network is None:
        source.refuse("Q608", "an XML interchange file holds <BIF> with a <NETWORK> in it.")
    kinds, states = _declared(source, network)
    defined = _defined(source, network, states)
    variables: list[Chance | Decision] = []
    tables: dict[str, Table] = {}
    utilities = []
    for name, kind in kinds.items():
        if name not in defined and kind != "decision":
            source.refuse("Q609", f'the variable "{name[:40]}" has no definition.', name)
        parents, written = defined.get(name, ((), None))
        shape = tuple(len(states[p]) for p in parents)
        if kind == "decision":
            variables.append(Decision(name, states[name], PLAYER, parents))
        elif kind == "utility":
            values = source.numbers(written, prod(shape), "utilities", name).reshape(*shape, 1)
            utilities.append(Utility(name, PLAYER, Table(parents, values)))
        else:
            whole = (*shape, len(states[name]))
            numbers: Array = source.numbers(written, prod(whole), "probabilities", name).reshape(whole)
            variables.append(Chance(name, states[name], parents))
            tables[name] = Table((*parents, name), np.asarray(source.chances(numbers, name)[..., None]))
    return with_memory(network_of(variables, tables, file, utilities))


def _declared(source: XmlText, network: Xml.Element) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return every variable's kind, and the states of those that have any."""
    kinds: dict[str, str] = {}
    states: dict[str, tuple[str, ...]] = {}
    for variable in network.findall("VARIABLE"):
        name = (variable.findtext("NAME") or "").strip()
        kind = variable.get("TYPE", "nature").strip().lower()
        if not name:
            source.refuse("Q608", "a <VARIABLE> has no <NAME>.", "<VARIABLE")
        if name in kinds:
            source.refuse("Q609", f'two variables are called "{name[:40]}".', name)
        if kind not in KINDS:
            source.refuse("Q608", f'variables of the type "{kind[:40]}" are not read.', name)
        kinds[name] = kind
        if kind != "utility":
            states[name] = tuple((o.text or "").strip() for o in variable.findall("OUTCOME"))
            if not states[name]:
                source.refuse("Q609", f'"{name[:40]}" has no states.', name)
    return kinds, states


def _defined(
    source: XmlText, network: Xml.Element, states: dict[str, tuple[str, ...]]
) -> dict[str, tuple[tuple[str, ...], str | None]]:
    """Return every defined variable's parents and its numbers as written."""
    found: dict[str, tuple[tuple[str, ...], str | None]] = {}
    for definition in network.findall("DEFINITION"):
        name = (definition.findtext("FOR") or "").strip()
        if name in found:
            source.refuse("Q609", f'"{name[:40]}" has two definitions.', name)
        parents = tuple((g.text or "").strip() for g in definition.findall("GIVEN"))
        for parent in parents:
            if parent not in states:
                source.refuse("Q609", f'the parent "{parent[:40]}" is no variable with states.', parent)
        found[name] = parents, definition.findtext("TABLE")
    return found
