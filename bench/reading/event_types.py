"""How often the first PLOVER type found in an example is the annotated one.

usage: event_types.py plover_gsr_cameo.json
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from quandary.read import Block, lay_out, load_model, read_article

TODAY = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "FIGHT": "ASSAULT", "INVESTIGATE": "ACCUSE", "YIELD": "CONCEDE"}


def main() -> None:
    model = load_model()
    counts: Counter[str] = Counter()
    for item in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        wanted = TODAY.get(item["event"], item["event"])
        text = item.get("eventText", "")
        if wanted == "DOCUMENT" or not text:
            continue
        article = lay_out(text, identity="x")
        article = type(article)("x", text, (Block(0, len(text), "body"),))
        kinds = [e.plover for e in read_article(article, model=model).events]
        counts["all"] += 1
        counts["some event"] += bool(kinds)
        counts["first is right"] += kinds[:1] == [wanted]
        counts["right among them"] += wanted in kinds
    print(dict(counts))


if __name__ == "__main__":
    main()
