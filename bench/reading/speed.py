"""Words a second on one core, and the time to load the model, in processor time and by the clock.

usage: OMP_NUM_THREADS=1 speed.py FOLDER      (processor time is what a machine with nothing else to do would show)
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from quandary.read import lay_out, load_model, read_article


def timed(work: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    folder = Path(sys.argv[1])
    clock, processor = timed(load_model)
    model = load_model()
    print(f"{model[1]}: loaded in {processor:.2f} s of processor time ({clock:.2f} s by the clock), import included")
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    articles = [lay_out(text, identity=str(n)) for n, text in enumerate(texts)]

    def read_all() -> None:
        for article in articles:
            read_article(article, model=model)

    read_all()
    words = sum(len(t.split()) for t in texts)
    runs = [timed(read_all) for _ in range(7)]
    clock, processor = min(r[0] for r in runs), min(r[1] for r in runs)
    print(f"{words / processor:,.0f} words a second of processor time ({words / clock:,.0f} by the clock)")
    print(f"best of 7 runs over {words} words in {len(texts)} articles")


if __name__ == "__main__":
    main()
