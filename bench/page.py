"""The page in a real browser: from a move to what stands on the screen, and what the first page weighs.

    PYTHONPATH=src python bench/page.py [CASE] [--moves 50] [--worlds 10000] [--sessions 10]

Prints the bytes of the first page (its text alone, and with all it loads, as sent and unpacked), then the medians in
milliseconds from a slider's move until the headline of the new state stands on the screen, until coarse verdicts do,
and until the last worlds are in; then the same of the slowest of so many copies of the case that are moved at once.
Server, sessions and browser share the machine, as they do for whoever uses it.
"""

from __future__ import annotations

import argparse
import gzip
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.web.browsing import Reader, browsing
from tests.web.servers import Served, serving

from quandary.case import find_case

PATIENCE = 900_000

WATCH = """() => {
  window.seen = {};
  const look = () => {
    const now = performance.now(), status = document.getElementById('status').dataset;
    if (!window.begun || Number(status.version) <= window.before) return;
    const note = (what) => requestAnimationFrame(() => { window.seen[what] ??= performance.now() - window.begun });
    if (window.answered) note('headline');
    if (window.judged) note('coarse');
    if (status.phase === 'settled') { note('headline'); note('coarse'); note('refined'); }
  };
  new MutationObserver((list) => {
    for (const one of list) {
      const place = one.target.nodeType === 1 ? one.target : one.target.parentElement;
      if (place?.closest('#answer')) window.answered = true;
      if (place?.closest('a.rw')) window.judged = true;
    }
    look();
  }).observe(document.getElementById('main'), {subtree: true, childList: true, characterData: true, attributes: true});
}"""

MOVE = """([number, share]) => {
  const field = document.querySelector(`input[data-number="${CSS.escape(number)}"]`);
  const least = Number(field.min), most = Number(field.max);
  window.seen = {}; window.answered = window.judged = false;
  window.before = Number(document.getElementById('status').dataset.version);
  window.begun = performance.now();
  field.value = least + share * (most - least);
  field.dispatchEvent(new Event('input', {bubbles: true}));
}"""


def moved(reader: Reader, number: str, share: float) -> dict[str, float]:
    """Return the milliseconds from a move until each stage stands on the screen."""
    start(reader, number, share)
    return ended(reader)


def start(reader: Reader, number: str, share: float) -> None:
    """Move a slider."""
    reader.page.evaluate(MOVE, [number, share])


def ended(reader: Reader) -> dict[str, float]:
    """Wait for the last worlds, and return what was noted."""
    reader.page.wait_for_function("() => window.seen.refined !== undefined")
    found: dict[str, float] = reader.page.evaluate("window.seen")
    return found


def numbers_of(reader: Reader) -> list[str]:
    """Return the numbers that stand on the page."""
    return [str(one.get_attribute("data-number")) for one in reader.page.locator(".what-if input[type=range]").all()]


def bytes_of(served: Served, case: str) -> tuple[int, int, int, int]:
    """Return the bytes of the page alone and with its files, unpacked and as they are sent."""
    text = served.get(f"/case?case={case}").body
    names = ("tokens.css", "report.css", "places.css", "page.css", "theme.js", "live.js", "patch.js", "mark.svg")
    parts = [text, *(served.get(f"/page/{name}").body for name in names)]
    packed = [len(gzip.compress(one)) for one in parts]
    return len(text), packed[0], sum(map(len, parts)), sum(packed)


def table(found: list[dict[str, float]]) -> str:
    """Return medians and the slowest of twenty."""
    lines = []
    for stage in ("headline", "coarse", "refined"):
        values = sorted(one[stage] for one in found if stage in one)
        if values:
            late = values[min(len(values) - 1, int(0.95 * len(values)))]
            lines.append(f"{stage:9} {statistics.median(values):7.0f} ms (of 20 the slowest {late:.0f})")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?", default="kazakhstan-2022")
    parser.add_argument("--moves", type=int, default=50)
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=10)
    given = parser.parse_args()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        names = [f"copy-{place}" for place in range(given.sessions)]
        for name in names:
            shutil.copytree(find_case(given.case).parent, Path(folder) / name)
        with serving(Path(folder), worlds=given.worlds) as served:
            reader = opened(browser, served, f"{names[0]}/case.yaml")
            page, page_sent, whole, whole_sent = bytes_of(served, f"{names[0]}/case.yaml")
            print(
                f"first page {page:,} bytes ({page_sent:,} sent); with styles and scripts {whole:,} ({whole_sent:,} sent)"
            )
            numbers = numbers_of(reader)
            print(f"one session, {given.moves} moves")
            print(table([moved(reader, rng.choice(numbers), rng.uniform(0.1, 0.9)) for _ in range(given.moves)]))
            readers = [reader, *(opened(browser, served, f"{name}/case.yaml") for name in names[1:])]
            found: list[dict[str, float]] = []
            for _ in range(max(given.moves // 10, 1)):
                for one in readers:
                    start(one, rng.choice(numbers), rng.uniform(0.1, 0.9))
                found += [ended(one) for one in readers]
            print(f"{given.sessions} sessions at once")
            print(table(found))


def opened(browser: Any, served: Served, case: str) -> Reader:
    """Return somebody with the page of a case before them, whose screen is watched."""
    reader = Reader(browser, served, case, patience=PATIENCE)
    reader.page.evaluate(WATCH)
    return reader


if __name__ == "__main__":
    main()
