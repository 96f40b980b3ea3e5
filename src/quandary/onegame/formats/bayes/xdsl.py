"""Bayesian networks and influence diagrams of GeNIe and SMILE (``.xdsl``), read as a diagram.

Read: ``cpt`` (chance), ``deterministic``, ``noisymax``, ``decision``, ``utility`` and ``mau`` nodes (utilities weighed
and added up). In a table the last parent's state runs fastest, and inside it the node's own states; pyAgrum, which
marks its files, lets the first parent's state run fastest instead. An influence diagram there has one decision-maker
who forgets nothing: it gets the player ``decision maker``, and every decision observes what was seen and done before.
What else such a file can say stands in ``WORDS``: harmless things are passed over, others refused by name.
"""

from __future__ import annotations

from math import prod

import numpy as np

from quandary.base.places import Place
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graphs.graph import in_order_of_time
from quandary.game.recall import with_memory
from quandary.game.table import Table
from quandary.onegame.formats.bayes.noisy_max import noisy_max
from quandary.onegame.formats.bayes.xml_reading import Element, XmlText
from quandary.onegame.formats.network import PLAYER, Rows, network_of, parents_fault, variable_fault
from quandary.onegame.formats.vocabulary import ANY, ignored, read, refused, vocabulary

KINDS = ("cpt", "deterministic", "noisymax", "decision", "utility", "mau")
STATED = ("cpt", "deterministic", "noisymax", "decision")

WORDS = vocabulary(
    read("", "smile", "the outermost element"),
    read("smile", "nodes"),
    ignored("smile", "@version @id @numsamples @discsamples", "names and settings of samplers"),
    ignored("smile", "property properties", "notes"),
    read("smile", "extensions", "only for the mark that pyAgrum leaves"),
    read("extensions", "genie"),
    read("genie", "@app", "which program wrote the file, and so how tables run"),
    ignored("genie", (ANY,), "layout on the screen, names and comments"),
    ignored("extensions", (ANY,), "layout in other programs"),
    refused("smile", "dynamic", "makes a dynamic network; unroll it in GeNIe (Network, Unroll) and save that"),
    refused("smile", "constraints", "is not read; say what it bars by rows of the tables"),
    read("nodes", "cpt", "chance, by a table"),
    read("nodes", "deterministic", "chance, certain given its parents"),
    read("nodes", "noisymax", "chance, by causes that act apart"),
    read("nodes", "decision"),
    read("nodes", "utility"),
    read("nodes", "mau", "utilities weighed and added up"),
    refused("nodes", "equation", "is continuous; discretize it in GeNIe, and save the network with tables"),
    refused("nodes", "noisyadder demorgan truthtable", 'is not read; in GeNIe change its type to "General"'),
    refused("nodes", "submodel", "is not read; move its nodes to the network itself"),
    read("a node", "@id"),
    ignored("a node", "@target @mandatory @ranked @diagtype", "roles in GeNIe's diagnosis"),
    ignored("a node", "property question observationcost cost", "notes, and the costs of GeNIe's diagnosis"),
    ignored("a node", "comment name interior outline font position icon", "layout on the screen"),
    refused("a node", "@dynamic", "makes a dynamic network; unroll it in GeNIe (Network, Unroll) and save that"),
    *(read(kind, "parents") for kind in KINDS),
    *(read(kind, "state") for kind in STATED),
    read("cpt", "probabilities"),
    read("deterministic", "resultingstates"),
    read("noisymax", "parameters"),
    read("noisymax", "strengths", "for parents of two states, and orders that exchange pairs"),
    read("utility", "utilities"),
    read("mau", "weights"),
    refused("mau", "expression", "combines utilities otherwise than by weights; write a utility node with a table"),
    read("state", "@id"),
    ignored("state", "@label @fault @default @point @color", "names and roles on the screen and in diagnosis"),
    ignored("state", "property", "notes"),
    *(
        read(holder, "#text")
        for holder in ("parents", "probabilities", "resultingstates", "parameters", "strengths", "utilities", "weights")
    ),
    groups=dict.fromkeys(KINDS, "a node"),
)


def read_xdsl(text: str, file: str = "network.xdsl") -> Diagram:
    """Return the diagram of an ``.xdsl`` text. Raises ``CaseError`` with place and reason."""
    return _XdslReader(text, file).read()


class _XdslReader:
    def __init__(self, text: str, file: str) -> None:
        self.source = XmlText(text, file)
        self.file = file
        self.states: dict[str, tuple[str, ...]] = {}
        self.first_fastest = False

    def read(self) -> Diagram:
        nodes = self._nodes()
        weights = self._weights(nodes)
        variables: list[Chance | Decision] = []
        tables: dict[str, Table] = {}
        blank: dict[str, Table] = {}
        places: dict[str, Place] = {}
        utilities = []
        for name, node in nodes.items():
            if node.tag == "mau":
                continue
            parents = self._parents(name, node)
            places[name] = self.source.place(node)
            if node.tag == "decision":
                variables.append(Decision(name, self.states[name], PLAYER, parents))
                continue
            ordered = parents[::-1] if self.first_fastest else parents
            shape = tuple(len(self.states[p]) for p in ordered)
            if node.tag == "utility":
                utilities.append(Utility(name, PLAYER, self._worths(name, node, ordered, shape, weights[name])))
                continue
            variables.append(Chance(name, self.states[name], parents))
            rows = self._probabilities(node, name, shape)
            axes = (*parents, name)
            tables[name] = Table(axes, Table((*ordered, name), rows.values[..., None]).over(axes).copy())
            if rows.blank is not None:
                marked = Table(ordered, rows.blank[..., None].astype(np.float64))
                blank[name] = Table(parents, marked.over(parents).copy())
        return with_memory(network_of(variables, tables, self.file, utilities, blank=blank, places=places))

    def _nodes(self) -> dict[str, Element]:
        """Return the nodes by name, after a look at every word of the file."""
        root = self.source.root(with_type=False)
        nodes = root.find("nodes")
        if root.tag != "smile" or nodes is None:
            message = "an .xdsl file holds <smile> with <nodes> in it."
            self.source.refuse("Q608", message, root, "save the network anew as .xdsl with GeNIe")
        self.source.one(root, "nodes")
        self.source.check(root, WORDS)
        marks = (mark for extension in root.every("extensions") for mark in extension.every("genie"))
        self.first_fastest = any(mark.attributes.get("app", "").startswith("aGrUM") for mark in marks)
        found: dict[str, Element] = {}
        for node in nodes.children:
            name = node.attributes.get("id", "")
            if not name:
                self.source.refuse("Q608", f"a <{node.tag}> has no id.", node, 'name it: id="rain"')
            if name in found:
                self.source.refuse("Q609", f'two nodes are called "{name[:40]}".', node, "rename one of them")
            found[name] = node
            if node.tag in STATED:
                self.states[name] = tuple(s.attributes.get("id", "") for s in node.every("state"))
        for name, states in self.states.items():
            self._refuse(variable_fault(name, states, (), self.states), found[name])
        return found

    def _refuse(self, fault: tuple[str, str, str] | None, at: Element) -> None:
        if fault is not None:
            code, message, hint = fault
            self.source.refuse(code, message, at, hint)

    def _worths(
        self, name: str, node: Element, parents: tuple[str, ...], shape: tuple[int, ...], weight: float
    ) -> Table:
        written = self.source.one(node, "utilities")
        values = self.source.numbers(written, prod(shape), "utilities", name, node)
        with np.errstate(over="ignore", invalid="ignore"):
            worth = weight * values.reshape(*shape, 1)
        if not np.isfinite(worth).all():
            message = f'"{name[:40]}" times its weight is not finite.'
            self.source.refuse("Q604", message, node, "measure utilities in another unit")
        return Table(parents, worth)

    def _weights(self, nodes: dict[str, Element]) -> dict[str, float]:
        """Return what each utility counts for in the whole: ``mau`` nodes weigh utilities, and each other."""
        worths = {name: node for name, node in nodes.items() if node.tag in {"utility", "mau"}}
        sums = {name: node for name, node in worths.items() if node.tag == "mau"}
        shares = {name: self._shares(name, node, worths) for name, node in sums.items()}
        users = {name: [s for s, own in shares.items() if name in own] for name in worths}
        order = in_order_of_time({name: tuple(shares.get(name, ())) for name in worths})
        for name, node in worths.items():
            if name not in order:
                message = f'"{name[:40]}" is weighed by itself, round about.'
                self.source.refuse("Q609", message, node, "take one of the arrows away")
        found: dict[str, float] = {}
        for name in reversed(order):
            found[name] = sum(found[user] * shares[user][name] for user in users[name]) if users[name] else 1.0
        return found

    def _shares(self, name: str, node: Element, worths: dict[str, Element]) -> dict[str, float]:
        """Return what a ``mau`` node gives to each of its parents."""
        listed = self.source.one(node, "parents")
        parents = listed.text.split() if listed is not None else []
        for parent in parents:
            if parent not in worths or parents.count(parent) > 1:
                message = f'"{parent[:40]}", a parent of "{name[:40]}", is no utility, or stands there twice.'
                self.source.refuse("Q609", message, listed or node, "name each utility that is weighed once")
        weights = self.source.one(node, "weights")
        if weights is None:
            message = f'utilities combined otherwise than by weights, as in "{name[:40]}".'
            self.source.refuse("Q608", message, node, "give one weight for each parent: <weights>1 1</weights>")
        values = self.source.numbers(weights, len(parents), "weights", name, node)
        return dict(zip(parents, values.tolist(), strict=True))

    def _parents(self, name: str, node: Element) -> tuple[str, ...]:
        listed = self.source.one(node, "parents")
        parents = tuple(listed.text.split()) if listed is not None else ()
        self._refuse(parents_fault(name, parents, self.states), listed or node)
        return parents

    def _probabilities(self, node: Element, name: str, shape: tuple[int, ...]) -> Rows:
        own = len(self.states[name])
        if node.tag == "deterministic":
            return self._certain(node, name, shape, own)
        if node.tag == "noisymax":
            return Rows(noisy_max(self.source, node, name, shape, own), None)
        written = self.source.one(node, "probabilities")
        values = self.source.numbers(written, prod(shape) * own, "probabilities", name, node)
        return self.source.chances(values.reshape(*shape, own), name, written or node)

    def _certain(self, node: Element, name: str, shape: tuple[int, ...], own: int) -> Rows:
        self.source.room(prod(shape) * own, name, node)
        written = self.source.one(node, "resultingstates")
        results = written.text.split() if written is not None else []
        place = {state: i for i, state in enumerate(self.states[name])}
        unknown = next((i for i, state in enumerate(results) if state not in place), None)
        if len(results) != prod(shape) or unknown is not None:
            message = f'"{name[:40]}" needs one of its states for each of {prod(shape)} cases.'
            at = written or node
            hint = f"its states are {', '.join(place)[:100]}"
            line, column = (at.line, at.column) if unknown is None else at.at_word(unknown)
            self.source.stop("Q607", message, line, column, hint)
        which = [place[state] for state in results]
        return Rows(np.eye(own)[which].reshape(*shape, own), None)
