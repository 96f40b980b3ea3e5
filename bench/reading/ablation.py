"""What each family of rules contributes: the scores with it switched off.

usage: ablation.py FOLDER      (a folder with NN.txt, NN.gold.json and score.py)
"""

from __future__ import annotations

import argparse
from pathlib import Path

from score_articles import predictions, scorer

from quandary.read import RULES

FAMILIES = (*RULES, "preposed", "pronouns", "offices")
COLUMNS = ("a_span", "b_span_speaker", "c_span_kind_lenient", "full_span_speaker_kind", "author_claims")


def row(folder: Path, without: frozenset[str]) -> list[float]:
    score = scorer(folder)
    result = score.score(predictions(folder, without), str(folder))
    return [result["prf"][name][2] for name in COLUMNS]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print(f"{'switched off':<18}" + "".join(f"{name:>24}" for name in COLUMNS))
    full = row(folder, frozenset())
    print(f"{'nothing':<18}" + "".join(f"{value:>24.3f}" for value in full))
    for family in FAMILIES:
        values = row(folder, frozenset((family,)))
        print(f"{family:<18}" + "".join(f"{v:>15.3f} ({v - f:+.3f})" for v, f in zip(values, full, strict=True)))


if __name__ == "__main__":
    main()
