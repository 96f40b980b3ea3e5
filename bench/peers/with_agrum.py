"""pyAgrum's side of the jobs, from diagrams written as JSON of tables (``export.py``); runs in its own environment."""

import itertools
import json
from pathlib import Path

import pyagrum as gum
from serve import serve, timed


def build(spec):
    diagram = gum.InfluenceDiagram()
    add = {"chance": diagram.addChanceNode, "decision": diagram.addDecisionNode, "utility": diagram.addUtilityNode}
    for node in spec["nodes"]:
        add[node["kind"]](gum.LabelizedVariable(node["name"], node["name"], node.get("states", 1)))
    for node in spec["nodes"]:
        for parent in node["parents"]:
            diagram.addArc(parent, node["name"])
    for node in spec["nodes"]:
        if node["kind"] == "chance":
            fill(diagram.cpt(node["name"]), node, spec["states"])
        elif node["kind"] == "utility":
            fill(diagram.utility(node["name"]), node, spec["states"])
    return diagram


def fill(table, node, states):
    for row, index in zip(node["rows"], itertools.product(range(states), repeat=len(node["parents"])), strict=True):
        table[dict(zip(node["parents"], index, strict=True))] = row if node["kind"] == "chance" else [row]


def solved(diagram, order):
    engine = gum.ShaferShenoyLIMIDInference(diagram)
    if order:
        engine.addNoForgettingAssumption(order)
    engine.makeInference()
    return engine.MEU()["mean"]


def influence(path, again):
    """The best policy's value: the diagram rebuilt and solved, or only its utilities filled in again and solved."""
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    kept = build(spec)
    utilities = [node for node in spec["nodes"] if node["kind"] == "utility"]

    def once():
        if not again:
            return solved(build(spec), spec["remembered"])
        for node in utilities:
            fill(kept.utility(node["name"]), node, spec["states"])
        return solved(kept, spec["remembered"])

    seconds, value = timed(once)
    return {"seconds": seconds, "value": value}


if __name__ == "__main__":
    serve({"influence": influence})
