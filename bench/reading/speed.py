"""Words a second on one core, and the time to load the model. usage: OMP_NUM_THREADS=1 speed.py FOLDER"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from quandary.read.grammar import load_model
from quandary.read.layout import lay_out
from quandary.read.reader import read_article


def main() -> None:
    folder = Path(sys.argv[1])
    start = time.perf_counter()
    model = load_model()
    print(f"model {model[1]}: loaded in {time.perf_counter() - start:.2f} s, spaCy's import included")
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    articles = [lay_out(text, identity=str(n)) for n, text in enumerate(texts)]
    for article in articles:
        read_article(article, model=model)
    words = sum(len(t.split()) for t in texts)
    best = 0.0
    for _ in range(7):
        start = time.perf_counter()
        for article in articles:
            read_article(article, model=model)
        best = max(best, words / (time.perf_counter() - start))
    print(f"{best:,.0f} words a second (best of 7 over {words} words in {len(texts)} articles)")


if __name__ == "__main__":
    main()
