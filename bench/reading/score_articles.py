"""Score the reader on annotated articles with the scorer that lies beside them.

usage: score_articles.py FOLDER [--without FAMILY ...] [--errors] [--json OUT]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from quandary.read import lay_out, load_model, read_article
from quandary.report import plain, read_document


def scorer(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predictions(folder: Path, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    model = load_model()
    found = {}
    for gold in sorted(folder.glob("*.gold.json")):
        name = gold.name.removesuffix(".gold.json")
        article = lay_out((folder / f"{name}.txt").read_text(encoding="utf-8"), identity=name)
        found[name] = plain(read_document(read_article(article, model=model, without=without)))
    return found


def show_errors(folder: Path, found: dict[str, Any], score: Any) -> None:
    for gold_path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(gold_path.read_text(encoding="utf-8"))
        text = (folder / f"{gold['id']}.txt").read_text(encoding="utf-8")
        tokens = score.toks(text)
        ours = found[gold["id"]]
        print(f"== {gold['id']}: date {ours['published']} gold {gold['published']}")
        for key, field in (("statements", "quote_text"), ("author_claims", "text")):
            for s in gold[key] + ours[key]:
                s["_s"] = score.span(text, tokens, s[field], s.get("start"), s.get("end"))
            pairs = score.match(ours[key], gold[key], 0.8)
            for i, j in pairs:
                p, g = ours[key][i], gold[key][j]
                notes = []
                if key == "statements" and not score.same_speaker(p["speaker"], g["speaker"], g.get("speaker_aliases")):
                    notes.append(f"speaker {p['speaker']!r} gold {g['speaker']!r}")
                if p["kind"] != g["kind"]:
                    strict = "" if p["kind"] in g.get("kind_also", []) else " NOT EVEN LENIENT"
                    notes.append(f"kind {p['kind']} gold {g['kind']} {g.get('kind_also')}{strict}")
                if key == "statements" and p["type"] != g["type"]:
                    notes.append(f"type {p['type']} gold {g['type']}")
                if g.get("hedge") and (p.get("hedge") or "").lower() not in g["hedge"].lower():
                    notes.append(f"hedge {p.get('hedge')} gold {g['hedge']}")
                if notes:
                    print("  ~", "; ".join(notes), "|", g[field][:70])
            for i, p in enumerate(ours[key]):
                if i not in {a for a, _ in pairs}:
                    print("  + extra", key, p.get("speaker"), p["kind"], "|", p[field][:110])
            for j, g in enumerate(gold[key]):
                if j not in {b for _, b in pairs} and not g.get("optional"):
                    print("  - missed", key, g.get("speaker"), "|", g[field][:110])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    score = scorer(options.folder)
    found = predictions(options.folder, frozenset(options.without))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    result = score.score(found, str(options.folder))
    for name, (p, r, f) in result["prf"].items():
        print(f"{name:28s} P {p:.3f}  R {r:.3f}  F1 {f:.3f}")
    print({k: round(v, 3) for k, v in result["given_match"].items()})
    print(result["recall_by_type"], result["recall_by_kind_strict"])
    for name, (p, r, f), gold, ours in result["docs"]:
        print(f"{name}: P {p:.2f} R {r:.2f} F1 {f:.2f} gold {gold} ours {ours}")
    if options.errors:
        show_errors(options.folder, found, score)


if __name__ == "__main__":
    sys.exit(main())
