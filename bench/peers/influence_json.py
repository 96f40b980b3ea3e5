"""Write the influence diagram for pyAgrum: ``python influence_json.py STAGES STATES FILE``; prints our exact value."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from games import influence_diagram

from quandary.engine.inference import Inference
from quandary.game.diagram import Decision
from quandary.solve.solver import solve


def main() -> None:
    stages, states = int(sys.argv[1]), int(sys.argv[2])
    diagram = influence_diagram(stages, states)
    nodes = []
    for variable in diagram.variables:
        node = {"name": variable.name, "states": len(variable.states), "parents": list(variable.parents)}
        if isinstance(variable, Decision):
            node |= {"kind": "decision"}
        else:
            table = diagram.tables[variable.name].over((*variable.parents, variable.name))[..., 0]
            node |= {"kind": "chance", "rows": table.reshape(-1, states).tolist()}
        nodes.append(node)
    for utility in diagram.utilities:
        rows = utility.table.values[..., 0].reshape(-1).tolist()
        nodes.append({"name": utility.name, "kind": "utility", "parents": list(utility.table.axes), "rows": rows})
    decisions = [d.name for d in diagram.decisions]
    Path(sys.argv[3]).write_text(json.dumps({"states": states, "nodes": nodes, "decisions": decisions}))
    solution = solve(diagram, "subgame")
    inference = Inference(solution.diagram)
    total = sum(float(np.sum(inference.expected(solution.behaviour, u.table, ()))) for u in solution.diagram.utilities)
    print(json.dumps({"value": total}))


if __name__ == "__main__":
    main()
