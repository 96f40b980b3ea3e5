"""How long the report of a case takes beyond its run, and how big it is: ``timing.py REPORT.html WORLDS``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from quandary.report import markdown, page, rows_csv
from quandary.use import HANDS, RunRequest, dossier_of, studied

CASE = "kazakhstan-2022"


def main(report: Path, worlds: int) -> None:
    print(f"size: {report.stat().st_size / 1000:.0f} kB (limit 1,000)")
    laps: list[tuple[str, float]] = []
    last = time.perf_counter()

    def lap(what: str) -> None:
        nonlocal last
        now = time.perf_counter()
        laps.append((what, now - last))
        last = now

    study, found = studied(RunRequest(case=CASE, worlds=worlds, search=False), HANDS, follow=True)
    lap("run, without the search for what holds by construction")
    dossier = dossier_of(study, found)
    lap("rules, what moves and turns the answer, timeline")
    page(dossier)
    lap("page, first time (charts drawn)")
    page(dossier)
    lap("page, again")
    markdown(dossier)
    rows_csv(dossier)
    lap("Markdown and CSV")
    for what, seconds in laps:
        print(f"{seconds:7.2f} s  {what}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
