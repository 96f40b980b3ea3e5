"""Rows imported, scored, listed and written out: seconds of the processor and peak memory, in SQLite or a named ledger.

    python bench/ledger.py [ROWS [LEDGER]]

A file of so many made-up rows (10,000 if not told) is imported, verified, scored, listed and exported by the command,
each in a process of its own, beside one that does next to nothing. Targets: 10,000 rows imported and scored in 3 s in
SQLite and 6 s in PostgreSQL; memory that does not grow with the rows, but for what a score is made of.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from measure import QUANDARY, measure

TASKS = (
    ("import", "{folder}/rows.csv", "--quiet"),
    ("score",),
    ("verify",),
    ("list", "--open"),
    ("today", "--on", "2025-07-01"),
    ("export", "{folder}/out.csv", "--force"),
    ("export", "{folder}/out.json", "--format", "json", "--force"),
)
OPEN = 1_000
"""One question in so many is left open."""


def write_rows(path: Path, count: int) -> None:
    """Write a plain CSV: one forecast for each question, by seven people, settled as often as was said."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("question,forecast,who,said,until,resolution,resolved on,tags\n")
        for number in range(count):
            said = draw.randint(0, 1_000) / 10
            came = "yes" if 100 * draw.random() < said else "no"
            settled = f"{came},2025-06-30" if number % OPEN else ","
            file.write(
                f"Will event {number} come?,{said}%,Person {number % 7},2025-01-{number % 28 + 1:02d},2025-06-30,"
                f"{settled},tag{number % 5}\n"
            )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        place = sys.argv[2] if len(sys.argv) > 2 else str(Path(folder) / "ledger.sqlite")
        write_rows(Path(folder) / "rows.csv", count)
        print(f"{'':>13} {'--version':12}", measure([*QUANDARY, "--version"], runs=1), flush=True)
        for words in TASKS:
            told = [word.format(folder=folder) for word in words]
            found = measure([*QUANDARY, "ledger", *told, "--ledger", place], runs=1)
            name = "entries" if "json" in words else words[0]
            print(f"{count:>8,} rows {name:12}", found, flush=True)


if __name__ == "__main__":
    main()
