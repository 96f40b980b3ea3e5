"""pyAgrum's side of the jobs, from diagrams written as JSON of tables (``export.py``); runs in its own environment."""

import itertools
import json
from pathlib import Path

import pyagrum as gum
from serve import serve, timed


def build(spec, draw):
    diagram = gum.InfluenceDiagram()
    add = {"chance": diagram.addChanceNode, "decision": diagram.addDecisionNode, "utility": diagram.addUtilityNode}
    for node in spec["nodes"]:
        add[node["kind"]](gum.LabelizedVariable(node["name"], node["name"], node.get("states", 1)))
    for node in spec["nodes"]:
        for parent in node["parents"]:
            diagram.addArc(parent, node["name"])
    for node in spec["nodes"]:
        if node["kind"] == "chance":
            fill(diagram.cpt(node["name"]), node, node["rows"], spec["states"])
    return priced(diagram, spec, draw)


def priced(diagram, spec, draw):
    """Fill in the utilities of a draw."""
    for node in spec["nodes"]:
        if node["kind"] == "utility":
            fill(diagram.utility(node["name"]), node, [[own] for own in node["draws"][draw]], spec["states"])
    return diagram


def fill(table, node, rows, states):
    for row, index in zip(rows, itertools.product(range(states), repeat=len(node["parents"])), strict=True):
        table[dict(zip(node["parents"], index, strict=True))] = row


def solved(diagram, order):
    engine = gum.ShaferShenoyLIMIDInference(diagram)
    if order:
        engine.addNoForgettingAssumption(order)
    engine.makeInference()
    return engine.MEU()["mean"]


def influence(path, again, most):
    """Seconds a draw over the first draws (so many at the most), one after the other, and the best policy's values.

    For each the diagram is rebuilt and solved, or (``again``) only its utilities are filled in and it is solved.
    """
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    kept = build(spec, 0)
    count = min(most, *(len(node["draws"]) for node in spec["nodes"] if node["kind"] == "utility"))

    def all_draws():
        values = []
        for draw in range(count):
            diagram = priced(kept, spec, draw) if again else build(spec, draw)
            values.append(solved(diagram, spec["remembered"]))
        return values

    seconds, values = timed(all_draws)
    return {"seconds": seconds / count, "value": values[0], "values": values}


if __name__ == "__main__":
    serve({"influence": influence})
