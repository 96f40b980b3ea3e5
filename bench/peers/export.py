"""Write the games that peers read from files: Gambit's formats, and tables as JSON for the others."""

from __future__ import annotations

import json
from pathlib import Path

from games import bimatrix, chain, influence_diagram, line, signalling

from quandary.files import write_atomically
from quandary.formats.files import written_as
from quandary.game.diagram import Decision, Diagram
from quandary.game.strategic import StrategicForm


def written(folder: Path, name: str, text: str) -> str:
    """Write a file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / name, text)
    return str(folder / name)


def signalling_file(folder: Path, states: int, seed: int) -> str:
    """Write one draw of the signalling stage as a tree."""
    return written(
        folder, f"signalling{states}-{seed}.efg", written_as(signalling(1, states=states, seed=seed), ".efg")
    )


def chain_file(folder: Path, length: int) -> str:
    """Write the chain of decisions as a tree."""
    return written(folder, f"chain{length}.efg", written_as(chain(length), ".efg"))


def line_file(folder: Path, length: int) -> str:
    """Write the single actor's chain as JSON of tables; the actor sees the move before and no other."""
    return written(folder, f"line{length}.json", json.dumps(_tables(line(length), remembered=[])))


def influence_file(folder: Path, stages: int, states: int) -> str:
    """Write one draw of the influence diagram as JSON of tables, its moves in the order they are remembered in."""
    diagram = influence_diagram(stages, states)
    remembered = [d.name for d in diagram.decisions]
    return written(folder, f"influence{stages}x{states}.json", json.dumps(_tables(diagram, remembered=remembered)))


def bimatrix_files(folder: Path, size: int) -> tuple[str, str]:
    """Write a square game as ``.nfg`` and as JSON of two matrices."""
    payoffs = bimatrix(size)
    labels = tuple(f"s{i}" for i in range(size))
    form = StrategicForm(("row", "column"), (labels, labels), payoffs[..., None], title=f"{size} x {size}")
    tables = written(folder, f"bimatrix{size}.json", json.dumps(payoffs.tolist()))
    return written(folder, f"bimatrix{size}.nfg", written_as(form, ".nfg")), tables


def _tables(diagram: Diagram, *, remembered: list[str]) -> dict[str, object]:
    nodes: list[dict[str, object]] = []
    for variable in diagram.variables:
        node: dict[str, object] = {"name": variable.name, "parents": list(variable.parents)}
        node |= {"kind": "decision" if isinstance(variable, Decision) else "chance", "states": len(variable.states)}
        if node["kind"] == "chance":
            table = diagram.tables[variable.name].over((*variable.parents, variable.name))[..., 0]
            node["rows"] = table.reshape(-1, len(variable.states)).tolist()
        nodes.append(node)
    for utility in diagram.utilities:
        rows = utility.table.values[..., 0].reshape(-1).tolist()
        nodes.append({"name": utility.name, "kind": "utility", "parents": list(utility.table.axes), "rows": rows})
    return {"states": len(diagram.variables[0].states), "nodes": nodes, "remembered": remembered}
