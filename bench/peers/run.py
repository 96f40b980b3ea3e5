"""Ours and each installed peer on the same games in one run, interleaved; writes tables and a plot into ``bench/out``.

``python bench/peers/run.py --main PYTHON --pycid PYTHON [--catalogue FOLDER] [--quick] [--parts acdefg]``: each PYTHON
is the interpreter of an environment with peers in it (see PEERS.md). A peer that is not there, or fails, is shown so.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from asking import HERE, Tool
from jobs import SCRIPTS, Bench, Scope, everything
from plot import drawn
from telling import told

OUT = HERE.parent / "out"
CATALOGUE = HERE.parents[2] / "shared" / "data" / "gambit"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", default=sys.executable, help="the interpreter with this package installed")
    parser.add_argument("--main", default=None, help="the interpreter with pygambit, pyAgrum, OpenSpiel and the others")
    for peer in SCRIPTS:
        parser.add_argument(f"--{peer.lower()}", default=None, help=f"the interpreter with {peer}, if it is another")
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE, help="a folder of .efg and .nfg files")
    parser.add_argument("--parts", default="acdefg", help="which parts to run")
    parser.add_argument("--quick", action="store_true", help="fewer sizes, fewer pairs")
    parser.add_argument("--cpu", action="store_true", help="measure the processes' own time: for a busy machine")
    options = parser.parse_args()
    if options.cpu:
        os.environ["BENCH_CLOCK"] = "cpu"
    named = {peer: getattr(options, peer.lower()) or (options.main if peer != "PyCID" else None) for peer in SCRIPTS}
    tools = {peer: Tool(peer, named[peer], script) for peer, script in SCRIPTS.items()}
    ours = Tool("ours", options.ours, "ours.py")
    scope = Scope(quick=options.quick, rounds=2, patience=5.0, limit=30.0) if options.quick else Scope(quick=False)
    bench = Bench(tools, ours, OUT / "games", scope)
    files = sorted([*options.catalogue.glob("*.efg"), *options.catalogue.glob("*.nfg")])
    (OUT / "games").mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    try:
        for part in everything(bench, files, options.parts):
            print(f"[{time.perf_counter() - started:5.0f} s] ({part})", flush=True)
    finally:
        for tool in (ours, *tools.values()):
            tool.end()
        clock = "the processes' own time" if options.cpu else "wall time"
        text = told(bench.found, f"{time.strftime('%Y-%m-%d')}, {clock}, one thread each{', quick' * options.quick}")
        (OUT / "peers.json").write_text(json.dumps([asdict(c) for c in bench.found], indent=1), encoding="utf-8")
        (OUT / "peers.md").write_text(text, encoding="utf-8")
    print(text)
    print("plots: " + (", ".join(str(p) for p in drawn(bench.found, OUT)) or "vl-convert is not installed here"))
    print(f"{time.perf_counter() - started:.0f} s in all")


if __name__ == "__main__":
    main()
