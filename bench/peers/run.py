"""Ours and each installed peer on the same games in one run, interleaved; writes ``bench/out/peers.md`` and ``.json``.

``python run.py --gambit PYTHON --agrum PYTHON --pycid PYTHON [--catalogue FOLDER]``: each PYTHON is the interpreter of
an environment in which that peer is installed (see PEERS.md). A peer that is not named, or fails, is shown as such.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
ROUNDS = 5
LONGEST = 120.0
PATIENCE = 30.0
"""Seconds of a peer's own time after which no further pair is run."""

Timed = Callable[[], float]


def lines(command: list[str], limit: float = LONGEST) -> list[dict[str, object]]:
    """Return the JSON lines a command prints; raises ``RuntimeError`` with its last words when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False, cwd=HERE)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"not finished after {limit:.0f} s") from None
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["failed"])[-1][:160])
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def seconds(command: list[str], key: str = "seconds") -> float:
    """Return one figure a command prints; raises ``RuntimeError`` where it reports an error."""
    record = lines(command)[-1]
    if "error" in record:
        raise RuntimeError(str(record["error"]))
    return float(str(record[key]))


def paired(ours: Timed, theirs: Timed) -> dict[str, object]:
    """Return medians of ours and theirs run in turn, and the median and spread of the ratio pair by pair."""
    pairs: list[tuple[float, float]] = []
    try:
        while len(pairs) < ROUNDS and sum(theirs for _, theirs in pairs) < PATIENCE:
            pairs.append((ours(), theirs()))
    except RuntimeError as fault:
        return {"ours": statistics.median([ours() for _ in range(3)]), "error": str(fault)}
    ratios = sorted(b / a for a, b in pairs)
    return {
        "ours": statistics.median(a for a, _ in pairs),
        "theirs": statistics.median(b for _, b in pairs),
        "ratio": statistics.median(ratios),
        "spread": [ratios[0], ratios[-1]],
        "pairs": len(pairs),
    }


def jobs(options: argparse.Namespace, folder: Path) -> list[tuple[str, str, dict[str, object]]]:
    """Return every comparison made: (job, peer, figures)."""
    found: list[tuple[str, str, dict[str, object]]] = []

    def ours(*words: str, key: str = "seconds_per_game") -> Timed:
        return lambda: seconds([sys.executable, "ours.py", *words], key)

    if options.gambit:
        gambit = [options.gambit, "with_gambit.py"]
        for states in ("2", "3"):
            path = str(folder / f"signalling{states}.efg")
            for games in ("1", "1000", "20000"):
                name = f"signalling, {states} states, {games} game(s) at once, per game"
                figures = paired(ours("signalling", games, states), lambda p=path: seconds([*gambit, p]))
                found.append((name, "pygambit agent logit", figures))
        for length in (2, 4, 5, 6):
            path = str(folder / f"chain{length}.efg")
            figures = paired(ours("chain", str(length)), lambda p=path: seconds([*gambit, p]))
            found.append((f"chain of {length} decisions", "pygambit agent logit", figures))
    if options.agrum:
        for stages, states in ((5, 2), (4, 3)):
            path = str(folder / f"influence{stages}x{states}.json")
            lines([sys.executable, "influence_json.py", str(stages), str(states), path])
            agrum = [options.agrum, "with_agrum.py", path, "3"]
            name = f"influence diagram, {3 * stages} nodes of {states} states"
            figures = paired(ours("influence", str(stages), str(states)), lambda a=agrum: seconds(a))
            found.append((name, "pyAgrum rebuilt and solved", figures))
            figures = paired(ours("influence-draws", str(stages), str(states)), lambda a=agrum: seconds(a))
            found.append((f"{name}, 1,000 draws, per draw", "pyAgrum rebuilt and solved", figures))
    if options.pycid:
        for length in (3, 4, 5):
            cid = [options.pycid, "with_pycid.py", str(length)]
            figures = paired(ours("chain", str(length)), lambda c=cid: seconds(c))
            found.append((f"chain of {length} decisions (equilibria)", "PyCID", figures))
    return found


def table(found: list[tuple[str, str, dict[str, object]]]) -> str:
    """Return the comparisons as a Markdown table; a ratio above 1 means that ours is faster."""
    rows = ["| job | peer | ours, s | peer, s | ratio (spread) |", "| --- | --- | --- | --- | --- |"]
    for job, peer, figures in found:
        if "error" in figures:
            rows.append(f"| {job} | {peer} | {figures['ours']:.2g} | – | {figures['error']} |")
        else:
            low, high = figures["spread"]
            ratio = f"{figures['ratio']:,.3g} ({low:,.3g} to {high:,.3g}; {figures['pairs']} pairs)"
            rows.append(f"| {job} | {peer} | {figures['ours']:.2g} | {figures['theirs']:.2g} | {ratio} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for peer in ("gambit", "agrum", "pycid"):
        parser.add_argument(f"--{peer}", default=None, help=f"the interpreter with {peer} installed")
    options = parser.parse_args()
    folder = OUT / "games"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "export.py", str(folder)], check=True, cwd=HERE)
    started = time.strftime("%Y-%m-%d")
    found = jobs(options, folder)
    (OUT / "peers.json").write_text(json.dumps({"day": started, "jobs": found}, indent=2), encoding="utf-8")
    (OUT / "peers.md").write_text(table(found), encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
