"""Bayesian networks and influence diagrams as XML interchange format (``.bifxml``, ``.xmlbif``), as pyAgrum writes it.

Format: F. G. Cozman, "The Interchange Format for Bayesian Networks" (XMLBIF 0.3): ``<BIF><NETWORK>`` with a
``<VARIABLE TYPE="nature|decision|utility">`` (``<NAME>``, ``<OUTCOME>``) and a ``<DEFINITION>`` (``<FOR>``,
``<GIVEN>``, ``<TABLE>``) for each. In a table the variable's own states run fastest, then those of the last
``<GIVEN>``. A decision without a definition sees nothing (pyAgrum writes none then). An influence diagram has one
decision-maker who forgets nothing, as in ``xdsl.py``.
"""

from __future__ import annotations

from math import prod

import numpy as np

from quandary.base.places import Place
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.recall import with_memory
from quandary.game.table import Table
from quandary.onegame.formats.bayes.xml_reading import Element, XmlText
from quandary.onegame.formats.network import PLAYER, network_of, parents_fault, variable_fault
from quandary.onegame.formats.vocabulary import ignored, read, vocabulary

KINDS = ("nature", "decision", "utility")

WORDS = vocabulary(
    read("", "BIF", "the outermost element"),
    read("BIF", "NETWORK", "one"),
    ignored("BIF", "@VERSION @version", "of the format"),
    read("NETWORK", "VARIABLE DEFINITION"),
    ignored("NETWORK", "NAME PROPERTY", "notes"),
    read("VARIABLE", "@TYPE", "nature, decision or utility"),
    read("VARIABLE", "NAME OUTCOME"),
    ignored("VARIABLE", "PROPERTY VALUES", "notes"),
    read("DEFINITION", "FOR GIVEN TABLE"),
    ignored("DEFINITION", "PROPERTY", "notes"),
    *(read(holder, "#text") for holder in ("NAME", "OUTCOME", "FOR", "GIVEN", "TABLE")),
)


def read_bifxml(text: str, file: str = "network.bifxml") -> Diagram:
    """Return the diagram of an XMLBIF text. Raises ``CaseError`` with place and reason."""
    source = XmlText(text, file)
    root = source.root(with_type=True)
    network = root.find("NETWORK")
    if root.tag != "BIF" or network is None:
        message = "an XML interchange file holds <BIF> with a <NETWORK> in it."
        source.refuse("Q608", message, root, "save the network anew in XMLBIF 0.3")
    source.one(root, "NETWORK")
    source.check(root, WORDS)
    declared, states = _declared(source, network)
    defined = _defined(source, network, declared, states)
    variables: list[Chance | Decision] = []
    tables: dict[str, Table] = {}
    blank: dict[str, Table] = {}
    places: dict[str, Place] = {}
    utilities = []
    for name, variable in declared.items():
        kind = _kind(variable)
        if name not in defined and kind != "decision":
            message = f'the variable "{name[:40]}" has no definition.'
            source.refuse("Q609", message, variable, "add a <DEFINITION> with <FOR> and <TABLE>")
        parents, at = defined.get(name, ((), variable))
        written = source.one(at, "TABLE")
        places[name] = source.place(variable)
        shape = tuple(len(states[p]) for p in parents)
        if kind == "decision":
            if written is not None:
                message = f'the decision "{name[:40]}" has a table.'
                source.refuse("Q608", message, written, "delete it, or make the variable nature")
            variables.append(Decision(name, states[name], PLAYER, parents))
        elif kind == "utility":
            values = source.numbers(written, prod(shape), "utilities", name, at).reshape(*shape, 1)
            utilities.append(Utility(name, PLAYER, Table(parents, values)))
        else:
            whole = (*shape, len(states[name]))
            numbers = source.numbers(written, prod(whole), "probabilities", name, at).reshape(whole)
            rows = source.chances(numbers, name, written or at)
            variables.append(Chance(name, states[name], parents))
            tables[name] = Table((*parents, name), rows.values[..., None])
            if rows.blank is not None:
                blank[name] = Table(parents, rows.blank[..., None].astype(np.float64))
    return with_memory(network_of(variables, tables, file, utilities, blank=blank, places=places))


def _kind(variable: Element) -> str:
    return variable.attributes.get("TYPE", "nature").strip().lower()


def _declared(source: XmlText, network: Element) -> tuple[dict[str, Element], dict[str, tuple[str, ...]]]:
    """Return every variable by name, and the states of those that have any."""
    declared: dict[str, Element] = {}
    states: dict[str, tuple[str, ...]] = {}
    for variable in network.every("VARIABLE"):
        named = source.one(variable, "NAME")
        name = named.text.strip() if named is not None else ""
        kind = _kind(variable)
        if not name:
            source.refuse("Q608", "a <VARIABLE> has no <NAME>.", variable, "name it: <NAME>rain</NAME>")
        if name in declared:
            source.refuse("Q609", f'two variables are called "{name[:40]}".', variable, "rename one of them")
        if kind not in KINDS:
            message = f'variables of the type "{kind[:40]}" are not read, as "{name[:40]}".'
            source.refuse("Q608", message, variable, f"the types are {', '.join(KINDS)}")
        declared[name] = variable
        if kind != "utility":
            states[name] = tuple(o.text.strip() for o in variable.every("OUTCOME"))
            fault = variable_fault(name, states[name], (), {})
            if fault is not None:
                source.refuse(fault[0], fault[1], variable, fault[2])
    return declared, states


def _defined(
    source: XmlText, network: Element, declared: dict[str, Element], states: dict[str, tuple[str, ...]]
) -> dict[str, tuple[tuple[str, ...], Element]]:
    """Return every defined variable's parents, and its definition."""
    found: dict[str, tuple[tuple[str, ...], Element]] = {}
    for definition in network.every("DEFINITION"):
        about = source.one(definition, "FOR")
        name = about.text.strip() if about is not None else ""
        if name not in declared:
            message = f'a <DEFINITION> is for "{name[:40]}", which is no variable.'
            source.refuse("Q609", message, about or definition, "name the variable: <FOR>rain</FOR>")
        if name in found:
            source.refuse(
                "Q609", f'"{name[:40]}" has two definitions.', definition, "delete the one that does not count"
            )
        given = list(definition.every("GIVEN"))
        parents = tuple(g.text.strip() for g in given)
        for i in range(len(given)):
            fault = parents_fault(name, parents[: i + 1], states)
            if fault is not None:
                source.refuse(fault[0], fault[1], given[i], fault[2])
        found[name] = parents, definition
    return found
