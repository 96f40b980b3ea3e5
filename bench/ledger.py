"""Rows imported and scored: seconds of the processor and peak memory, in SQLite or a ledger that is named.

    python bench/ledger.py [ROWS [LEDGER]]

A file of so many made-up rows (10,000 if not told) is imported, verified and scored by the command, each in a process
of its own. Targets: 10,000 rows imported and scored in 3 s in SQLite and 6 s in PostgreSQL; memory that does not grow
with the rows.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from measure import QUANDARY, measure


def write_rows(path: Path, count: int) -> None:
    """Write a plain CSV: one forecast for each question, by seven people, settled as often as was said."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("question,forecast,who,said,until,resolution,resolved on,tags\n")
        for number in range(count):
            said = draw.randint(0, 1_000) / 10
            came = "yes" if 100 * draw.random() < said else "no"
            file.write(
                f"Will event {number} come?,{said}%,Person {number % 7},2025-01-{number % 28 + 1:02d},2025-06-30,"
                f"{came},2025-06-30,tag{number % 5}\n"
            )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        place = sys.argv[2] if len(sys.argv) > 2 else str(Path(folder) / "ledger.sqlite")
        rows = Path(folder) / "rows.csv"
        write_rows(rows, count)
        for words in (("import", str(rows), "--quiet"), ("verify",), ("score",)):
            print(f"{count:>9,} rows, {words[0]:6}", measure([*QUANDARY, "ledger", *words, "--ledger", place], runs=1))


if __name__ == "__main__":
    main()
