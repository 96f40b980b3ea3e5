"""Time pyAgrum on the single-actor influence diagram, rebuilt and solved each time; runs in pyAgrum's own environment.

``python with_agrum.py FILE`` reads the diagram as JSON of tables (``influence_json.py``) and prints one JSON line.
"""

import itertools
import json
import statistics
import sys
import time
from pathlib import Path

import pyagrum as gum


def build(spec):
    diagram = gum.InfluenceDiagram()
    for node in spec["nodes"]:
        variable = gum.LabelizedVariable(
            node["name"], node["name"], node.get("states", 1) if node["kind"] != "utility" else 1
        )
        add = {"chance": diagram.addChanceNode, "decision": diagram.addDecisionNode, "utility": diagram.addUtilityNode}
        add[node["kind"]](variable)
    for node in spec["nodes"]:
        for parent in node["parents"]:
            diagram.addArc(parent, node["name"])
    for node in spec["nodes"]:
        if node["kind"] == "decision":
            continue
        table = diagram.cpt(node["name"]) if node["kind"] == "chance" else diagram.utility(node["name"])
        shape = [spec["states"]] * len(node["parents"])
        for row, index in zip(node["rows"], itertools.product(*(range(n) for n in shape)), strict=True):
            where = dict(zip(node["parents"], index, strict=True))
            table[where] = row if node["kind"] == "chance" else [row]
    return diagram


def main():
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    walls, value = [], None
    for _ in range(int(sys.argv[2]) + 1):
        started = time.perf_counter()
        diagram = build(spec)
        engine = gum.ShaferShenoyLIMIDInference(diagram)
        for order in [spec["decisions"]]:
            engine.addNoForgettingAssumption(order)
        engine.makeInference()
        value = engine.MEU()["mean"]
        walls.append(time.perf_counter() - started)
    print(json.dumps({"seconds": statistics.median(walls[1:]), "value": value}))


if __name__ == "__main__":
    main()
