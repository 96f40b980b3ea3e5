"""Score the reader on openly licensed articles whose labels are here and whose texts are not.

usage: open.py TEXTS --scorer SCORE.PY [--errors]

TEXTS holds open1.txt ... as the labels' `source` and `copy` say; a text that differs from the labelled one is refused.
SCORE.PY is the scorer that lies beside the annotated articles. Prints the scores of statements and author's claims,
and for each article whether title, date and deciding actors were found. Tests in words are for people to compare.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from score_articles import predictions, scorer, show_errors

LABELS = Path(__file__).parent / "open"


def labelled(path: Path, texts: Path) -> tuple[dict[str, Any], str]:
    """The labels with the quoted words filled in from the text, and the text.

    Raises:
        SystemExit: the text is missing or is not the labelled one.
    """
    gold = json.loads(path.read_text(encoding="utf-8"))
    place = texts / f"{gold['id']}.txt"
    if not place.is_file():
        raise SystemExit(f"{place} is missing; its source is {gold['source']}")
    text = place.read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != gold["sha256"]:
        raise SystemExit(f"{place} is not the text that was labelled ({gold['copy']}); offsets would not hold")
    for key, field in (("statements", "quote_text"), ("author_claims", "text")):
        for label in gold[key]:
            words = text[label["start"] : label["end"]]
            label[field] = words
            if not (words.startswith(label["first"].split()[0]) and words.endswith(label["last"].split()[-1])):
                raise SystemExit(f"{path.name}: label at {label['start']} does not begin and end as it says")
    return gold, text


def found_actors(gold: list[list[str]], ours: list[dict[str, Any]]) -> list[str]:
    """The first names of the gold actors that no listed actor answers to."""
    names = {n.lower() for a in ours for n in (a["name"], *a.get("aliases", ()))}
    return [aliases[0] for aliases in gold if not any(alias.lower() in names for alias in aliases)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(options.scorer, folder / "score.py")
        golds = {}
        for path in sorted(LABELS.glob("*.gold.json")):
            gold, text = labelled(path, options.texts)
            golds[gold["id"]] = gold
            (folder / f"{gold['id']}.txt").write_text(text, encoding="utf-8")
            (folder / path.name).write_text(json.dumps(gold), encoding="utf-8")
        score, found = scorer(folder), predictions(folder)
        result = score.score(found, str(folder))
        for measure, (p, r, f) in result["prf"].items():
            print(f"{measure:28s} P {p:.3f}  R {r:.3f}  F1 {f:.3f}")
        print({k: round(v, 3) for k, v in result["given_match"].items() if k != "date"})
        for identity, (p, r, f), gold_count, ours_count in result["docs"]:
            gold, ours = golds[identity], found[identity]
            print(f"{identity}: P {p:.2f} R {r:.2f} F1 {f:.2f} gold {gold_count} ours {ours_count}")
            print(f"  title {ours['title']!r} (gold {gold['title']!r}); date {ours['published']} ({gold['published']})")
            missing = found_actors(gold["actors"], ours["actors"])
            print(f"  actors {len(gold['actors']) - len(missing)} of {len(gold['actors'])}, missing {missing}")
            print(f"  listed: {', '.join(a['name'] for a in ours['actors'])}")
        if options.errors:
            show_errors(folder, found, score)


if __name__ == "__main__":
    sys.exit(main())
