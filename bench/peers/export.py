"""Write the games that peers read from files: Gambit's formats, and tables as JSON for the others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from games import bimatrix, chain, influence_diagram, line, one_world, signalling

from quandary.base import write_atomically
from quandary.game import Decision, Diagram, StrategicForm, Table, Tree
from quandary.onegame import as_tree, count_strategies, read_game, strategic_form, written_as
from quandary.use import subject


def written(folder: Path, name: str, text: str) -> str:
    """Write a file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / name, text)
    return str(folder / name)


def signalling_file(folder: Path, states: int, world: int, uniform: float | None) -> str:
    """Write one draw of the signalling stage as a tree."""
    drawn = one_world(signalling(world + 1, states=states, uniform=uniform), world)
    name = f"signalling{states}-{'normal' if uniform is None else 'uniform'}-{world}.efg"
    return written(folder, name, written_as(drawn, ".efg"))


def chain_file(folder: Path, length: int) -> str:
    """Write the chain of decisions as a tree."""
    return written(folder, f"chain{length}.efg", written_as(chain(length), ".efg"))


def chain_table(folder: Path, length: int) -> str:
    """Write the chain's reduced strategic form, both players' payoffs ``(2, rows, columns)``, for NumPy.

    Raises ``Refusal`` where it has too many pairs of strategies to be written.
    """
    tree = as_tree(chain(length))
    assert isinstance(tree, Tree)
    path = folder / f"chain{length}.npy"
    np.save(path, strategic_form(tree).form.payoffs[..., 0])
    return str(path)


def flagship_file(folder: Path, case: str) -> tuple[str, str]:
    """Write a case at its median world as a tree, payoffs times their owner's precision; return path and size."""
    diagram = subject(case).game
    assert isinstance(diagram, Diagram)
    own = {p: float(diagram.precision[p][0]) for p in diagram.players}
    scaled = tuple(replace(u, table=Table(u.table.axes, own[u.player] * u.table.values)) for u in diagram.utilities)
    tree = as_tree(replace(diagram, utilities=scaled, precision={p: np.ones(1) for p in own}))
    assert isinstance(tree, Tree)
    told = f"{len(own)} actors, {len(tree.parent):,} nodes, {len(tree.sets):,} information sets"
    return written(folder, f"{case}.efg", written_as(tree, ".efg")), told


def strategies_told(path: str) -> str:
    """Return how many reduced strategies each player of a tree has, in words."""
    counts = count_strategies(read_game(Path(path)))
    return ", ".join(f"{p} has {_size(n)} strategies" for p, n in counts.items())


def _size(count: int) -> str:
    return f"{count:,}" if count < 10**6 else f"10^{len(str(count)) - 1}"


def line_file(folder: Path, length: int) -> str:
    """Write the single actor's chain as JSON of tables; the actor sees the move before and no other."""
    return written(folder, f"line{length}.json", json.dumps(_tables(line(length), remembered=[])))


def influence_file(folder: Path, *, stages: int, signals: int, states: int, seed: int, draws: int) -> str:
    """Write draws of the influence diagram as JSON of tables, its moves in the order they are remembered in."""
    diagram = influence_diagram(stages, signals, states, seed, draws)
    remembered = [d.name for d in diagram.decisions]
    text = json.dumps(_tables(diagram, remembered=remembered))
    return written(folder, f"influence{stages}x{signals}x{states}-{seed}-{draws}.json", text)


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
        values = utility.table.values
        rows = values.reshape(-1, values.shape[-1]).T.tolist()
        nodes.append({"name": utility.name, "kind": "utility", "parents": list(utility.table.axes), "draws": rows})
    return {"states": len(diagram.variables[0].states), "nodes": nodes, "remembered": remembered}
