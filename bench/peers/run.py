"""Ours and each installed peer on the same games in one run, interleaved; writes tables and a plot into ``bench/out``.

``python bench/peers/run.py --main PYTHON --pycid PYTHON [--catalogue FOLDER] [--quick] [--parts abcdefg]
[--into PEERS.md]``: each PYTHON
is the interpreter of an environment with peers in it (see PEERS.md). A peer that is not there, or fails, is shown so.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import machine
from asking import HERE, ONE_THREAD, Compared, Tool
from chains import chains
from draws import signalling
from flagship import flagship
from jobs import SCRIPTS, Bench, Scope, bimatrices, catalogue, influence, zero_sum
from plot import drawn
from telling import told

OUT = HERE.parent / "out"
CATALOGUE = HERE.parents[2] / "shared" / "data" / "gambit"


BEGIN, END = "<!-- begin: side by side -->", "<!-- end: side by side -->"
PARTS = "abcdefg"


def main() -> None:
    options = read_options()
    if options.told is not None:
        kept = json.loads(options.told.read_text(encoding="utf-8"))
        write([Compared(**c) for c in kept["found"]], kept["how"], options.into)
        return
    if options.cpu:
        os.environ["BENCH_CLOCK"] = "cpu"
    named = {peer: getattr(options, peer.lower()) or (options.main if peer != "PyCID" else None) for peer in SCRIPTS}
    tools = {peer: Tool(peer, located(named[peer]), script) for peer, script in SCRIPTS.items()}
    ours = Tool("ours", options.ours, "ours.py")
    scope = Scope(quick=True, rounds=2, patience=5.0, limit=30.0, long=60.0) if options.quick else Scope(quick=False)
    bench = Bench(tools, ours, OUT / "games", scope)
    options.catalogue = options.catalogue.resolve()
    (OUT / "games").mkdir(parents=True, exist_ok=True)
    started, busy = time.perf_counter(), machine.busy()
    versions = machine.versions({"ours": ours, **tools})
    try:
        run_parts(bench, options.catalogue, options.parts)
    finally:
        for tool in (ours, *tools.values()):
            tool.end()
        took = time.perf_counter() - started
        how = [
            f"{time.strftime('%Y-%m-%d')}, {'processor' if options.cpu else 'wall'} time{', quick' * options.quick},"
            f" {took / 60:.0f} minutes in all, parts {options.parts}",
            f"{machine.machine()}; {busy:.1f} processes busy at the start, {machine.busy():.1f} at the end",
            f"threads: {machine.threads({**os.environ, **ONE_THREAD})}; ours on one thread where nothing else is said",
            *versions,
        ]
        kept = {"how": how, "found": [asdict(c) for c in bench.found]}
        (OUT / "peers.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
        write(bench.found, how, options.into)


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", default=sys.executable, help="the interpreter with this package installed")
    parser.add_argument("--main", default=None, help="the interpreter with pygambit, pyAgrum, OpenSpiel and the others")
    for peer in SCRIPTS:
        parser.add_argument(f"--{peer.lower()}", default=None, help=f"the interpreter with {peer}, if it is another")
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE, help="a folder of .efg and .nfg files")
    parser.add_argument("--parts", default=PARTS, help="which parts to run")
    parser.add_argument("--quick", action="store_true", help="fewer sizes, fewer pairs")
    parser.add_argument("--cpu", action="store_true", help="measure the processes' own time: for a busy machine")
    parser.add_argument(
        "--into", type=Path, help="a Markdown file whose part between the marks is renewed; plots beside it"
    )
    parser.add_argument(
        "--told", type=Path, help="run nothing: write the tables of an earlier run, from its peers.json"
    )
    return parser.parse_args()


def located(python: str | None) -> str | None:
    """Return an interpreter's full path (links as they are: an environment is found by them)."""
    return None if python is None else str(Path(python).absolute())


def run_parts(bench: Bench, folder: Path, parts: str) -> None:
    """Run the named parts one after the other."""
    files = sorted([*folder.glob("*.efg"), *folder.glob("*.nfg")])
    table: dict[str, Callable[[], None]] = {
        "a": lambda: signalling(bench),
        "b": lambda: flagship(bench),
        "c": lambda: chains(bench),
        "d": lambda: influence(bench),
        "e": lambda: catalogue(bench, files),
        "f": lambda: zero_sum(bench, files),
        "g": lambda: bimatrices(bench),
    }
    started = time.perf_counter()
    for part in parts:
        try:
            table[part]()
        except Exception as fault:  # a fault in one part is told, and the others still run
            traceback.print_exc()
            told_ = f"the bench itself failed here: {type(fault).__name__}: {' '.join(str(fault).split())}"
            bench.found.append(Compared(part, "the rest of this part", "–", 0, error=told_[:300]))
        print(f"[{time.perf_counter() - started:5.0f} s] ({part}) done", flush=True)


def write(found: Sequence[Compared], how: Sequence[str], into: Path | None) -> None:
    """Write the tables and plots into ``bench/out``, and between the marks of a Markdown file."""
    OUT.mkdir(parents=True, exist_ok=True)
    text = told(found, how)
    (OUT / "peers.md").write_text(f"# Side by side\n\n{text}", encoding="utf-8")
    print(text)
    plots = drawn(found, OUT)
    print("plots: " + (", ".join(str(p) for p in plots) or "vl-convert is not installed here"))
    if into is not None:
        before, rest = into.read_text(encoding="utf-8").split(BEGIN, 1)
        shown = "".join(f"![Cost against size, ours and each peer]({p.name})\n\n" for p in plots if p.suffix == ".svg")
        into.write_text(f"{before}{BEGIN}\n\n{text}\n{shown}{END}{rest.split(END, 1)[1]}", encoding="utf-8")
        for p in plots:
            if p.suffix == ".svg":
                (into.parent / p.name).write_bytes(p.read_bytes())


if __name__ == "__main__":
    main()
