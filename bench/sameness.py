"""What a change of the code left as it was: the JSON of many commands by two source trees, compared byte for byte.

    python bench/sameness.py BEFORE [AFTER] [--games FOLDER]

``BEFORE`` and ``AFTER`` are checkouts (``git worktree add``); ``AFTER`` is this one unless told. Run it on one machine,
as another kind of processor rounds otherwise. Only how long something took is left out of the comparison.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
GAMES = 40
TIMES = {"seconds"}
WORLDS = ("--worlds", "1000", "--quiet")


def commands(games: Path | None) -> Iterator[list[str]]:
    """Yield the commands whose output is compared: every question of the shipped cases, and forty game files."""
    cases = HERE / "src" / "quandary" / "cases"
    for case, query, claim in (
        ("kazakhstan-2022", "P(invasion | do(unrest = none))", "war-less-likely"),
        (str(cases / "_template"), "P(conflict | do(dam = fill)) > P(conflict | do(dam = share))", "P(conflict)"),
    ):
        yield ["run", case, "--json", *WORLDS]
        yield ["run", case, "--json", "--no-evidence", *WORLDS]
        yield ["ask", case, query, "--json", *WORLDS]
        yield ["flips", case, claim, "--json", *WORLDS]
        yield ["report", case, "-f", "json", *WORLDS]
        yield ["solve", case, "--json", "--quiet"]
        yield ["check", case, "--json"]
    if games is not None:
        for path in sorted(games.glob("*.?fg"))[:GAMES]:
            for concept in ("logit", "sequential", "pure"):
                yield ["solve", str(path), "--json", "--quiet", "--concept", concept]


def output(tree: Path, command: list[str]) -> tuple[int, bytes, bytes]:
    """Return the exit code of a command by one source tree, and what it printed."""
    places = {**os.environ, "PYTHONPATH": str(tree / "src"), "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run([sys.executable, "-m", "quandary", *command], env=places, capture_output=True, check=False)
    for root in {tree, HERE}:  # the template is named by its place in this tree
        done.stdout, done.stderr = (text.replace(str(root).encode(), b"") for text in (done.stdout, done.stderr))
    return done.returncode, timeless(done.stdout), done.stderr


def timeless(printed: bytes) -> bytes:
    """Return JSON without how long things took; what is no JSON as it is."""
    try:
        found = json.loads(printed, object_hook=lambda found: {k: v for k, v in found.items() if k not in TIMES})
    except ValueError:
        return printed
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def main() -> int:
    """Print each command whose output differs, with the first line that does; return how many differ."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("before", type=Path)
    reading.add_argument("after", type=Path, nargs="?", default=HERE)
    reading.add_argument("--games", type=Path)
    asked = reading.parse_args()
    differing = tried = 0
    for command in commands(asked.games):
        tried += 1
        before, after = (output(tree.resolve(), command) for tree in (asked.before, asked.after))
        if before == after:
            continue
        differing += 1
        print("quandary", *command)
        if before[0] != after[0]:
            print(f"  exit {before[0]}, then {after[0]}")
        for stream in (1, 2):
            lines = zip(before[stream].splitlines(), after[stream].splitlines(), strict=False)
            for old, new in [pair for pair in lines if pair[0] != pair[1]][:1]:
                print(f"  - {old.decode(errors='replace')[:200]}\n  + {new.decode(errors='replace')[:200]}")
    print(f"{tried - differing} of {tried} outputs are the same")
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main())
