"""Score the reader on openly licensed articles whose labels are here and whose texts are not.

usage: open.py TEXTS --scorer SCORE.PY [--labels FOLDER] [--only IDENTITY ...] [--errors] [--drafts QUANDARY]

TEXTS holds open1.txt ... as the labels' `source` and `copy` say; a text that differs from the labelled one is refused.
FOLDER holds the labels: `open` (the default), `unseen` or `unseen2`. SCORE.PY is the scorer that lies beside the
annotated articles.

Prints the scores of statements and author's claims, and for each article whether title, date and author were found,
which deciding actors, and, where the labels list the others too, which of the actors listed are none. With --drafts
the command QUANDARY drafts each article: the sense of each labelled test stands beside what the draft has for that
claim, and the labelled variables beside the drafted ones. Whether a test in words is right is for a person to say;
asked (???), none and equal sides are counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from score_articles import predictions, scorer, show_errors

HERE = Path(__file__).parent
SIDE = r"(?:P|would)\(\s*([^()|]+?)\s*(?:\|\s*(.+?)\s*)?\)"
SIDES = re.compile(SIDE + r"\s*[<>]=?\s*" + SIDE + "$")


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
    parts = [p for label in gold["statements"] for p in label.get("propositions", ())]
    fields = (
        (gold["statements"], "quote_text"),
        (gold["author_claims"], "text"),
        (gold["tests"], "text"),
        (parts, "text"),
    )
    for labels, field in fields:
        for label in labels:
            words = text[label["start"] : label["end"]]
            label[field] = words
            if not (words.startswith(label["first"].split()[0]) and words.endswith(label["last"].split()[-1])):
                raise SystemExit(f"{path.name}: label at {label['start']} does not begin and end as it says")
    return gold, text


def plain_name(name: str) -> str:
    """A name as it is compared: small letters, one apostrophe, without article and possessive."""
    return re.sub(r"^(the|a|an) |'s?$", "", " ".join(name.lower().replace("’", "'").split()))


def answers(actor: dict[str, Any], aliases: Sequence[str]) -> bool:
    """Whether a listed actor answers to one of these names."""
    names = {plain_name(n) for n in (actor["name"], *(actor.get("aliases") or ()))}
    return not names.isdisjoint(map(plain_name, aliases))


def found_actors(gold: list[list[str]], ours: list[dict[str, Any]]) -> list[str]:
    """The first names of the gold actors that no listed actor answers to."""
    return [aliases[0] for aliases in gold if not any(answers(actor, aliases) for actor in ours)]


def no_actors(gold: list[list[str]], ours: list[dict[str, Any]]) -> list[str]:
    """The names listed that are no gold actor, and those that name one a second time."""
    wrong: list[str] = []
    taken: set[int] = set()
    for actor in ours:
        hits = {i for i, aliases in enumerate(gold) if answers(actor, aliases)}
        if not hits - taken:
            wrong.append(actor["name"] + (" (again)" if hits else ""))
        taken |= hits
    return wrong


def show_heads(gold: dict[str, Any], ours: dict[str, Any], counts: Counter[str]) -> None:
    authors = [plain_name(a) for a in gold.get("authors", [gold.get("author")]) if a]
    said = plain_name(ours["author"] or "")
    right = {
        "title": ours["title"] in [gold["title"], *gold.get("titles", ())],
        "date": ours["published"] == gold["published"],
        "author": any(a in said for a in authors) if authors else not said,
    }
    counts.update({"heads": 1, **{field: int(value) for field, value in right.items()}})
    for field, key in (("title", "title"), ("date", "published"), ("author", "author")):
        mark = "right" if right[field] else "WRONG"
        print(f"  {field} {mark}: {ours[key]!r}" + ("" if right[field] else f" (gold {gold.get(key)!r})"))


def show_actors(gold: dict[str, Any], ours: dict[str, Any], counts: Counter[str]) -> None:
    missing = found_actors(gold["actors"], ours["actors"])
    counts.update({"deciding": len(gold["actors"]), "deciding_found": len(gold["actors"]) - len(missing)})
    print(f"  deciding actors {len(gold['actors']) - len(missing)} of {len(gold['actors'])}, missing {missing}")
    if "actors_also" not in gold:
        print(f"  listed: {', '.join(a['name'] for a in ours['actors'])}")
        return
    every = gold["actors"] + gold["actors_also"]
    wrong, lost = no_actors(every, ours["actors"]), found_actors(every, ours["actors"])
    counts.update({"listed": len(ours["actors"]), "listed_right": len(ours["actors"]) - len(wrong)})
    counts.update({"every": len(every), "every_found": len(every) - len(lost)})
    right = len(ours["actors"]) - len(wrong)
    print(f"  listed {right} of {len(ours['actors'])} actors; none is {wrong}; not listed {lost}")


def drafted(quandary: str, text: str) -> dict[str, Any]:
    """The case that the command drafts from a text; empty where it drafts none."""
    with tempfile.TemporaryDirectory() as name:
        article = Path(name, "article.txt")
        article.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [quandary, "read", str(article), "-o", f"{name}/case"], capture_output=True, text=True, check=False
        )
        case = Path(name, "case", "case.yaml")
        if not case.is_file():
            print(f"  no draft: {done.stderr.strip()[:200]}")
            return {}
        return YAML(typ="safe").load(case.read_text(encoding="utf-8")) or {}


def queries(claim: dict[str, Any]) -> list[str]:
    tests = claim.get("tests") or {}
    if not isinstance(tests, dict | list):
        return [str(tests)]
    each = tests.values() if isinstance(tests, dict) else tests
    return [str(q.get("query", q)) if isinstance(q, dict) else str(q) for q in each]


def sort_of(query: str) -> str:
    if "???" in query:
        return "asked"
    sides = SIDES.search(query)
    return "SAME SIDES" if sides and sides.groups()[:2] == sides.groups()[2:] else "written"


def overlap(quote: str, words: str) -> float:
    """The share of the shorter one's words that stand in the longer one too."""
    ours, gold = set(re.findall(r"\w+", quote.lower())), set(re.findall(r"\w+", words.lower()))
    return len(ours & gold) / max(min(len(ours), len(gold)), 1)


def show_draft(gold: dict[str, Any], case: dict[str, Any], counts: Counter[str]) -> None:
    claims = [c for c in case.get("claims") or [] if c.get("quote")]
    wanted = [t["text"] for t in gold["tests"]]
    for test in gold["tests"]:
        beside = [q for c in claims if overlap(c["quote"], test["text"]) >= 0.8 for q in queries(c)] or ["no test"]
        for sort in sorted({sort_of(q) if q != "no test" else q for q in beside}):
            counts[("optional " if test["optional"] else "") + sort] += 1
        print(f"  {'(' if test['optional'] else ''}{test['sign']}  {test['words']}{')' if test['optional'] else ''}")
        for query in beside:
            print(f"       {sort_of(query) if query != 'no test' else ''}: {query}")
    for claim in claims:
        if not any(overlap(claim["quote"], words) >= 0.8 for words in wanted):
            for query in queries(claim):
                counts[f"beside the labels, {sort_of(query)}"] += 1
                print(f"  beside the labels: {query}\n       of: {claim['quote'][:110]}")
    for variable in gold.get("variables", ()):
        print(f"  wanted variable: {variable['name']} {variable['states']} by {variable['owner']}")
    for event in case.get("story") or []:
        if not isinstance(event, dict):  # "???": nothing was drafted
            continue
        name = event.get("decision") or event.get("chance")
        counts["variables drafted"] += 1
        print(f"  drafted variable: {name} {event.get('options') or event.get('states')} by {event.get('by', '-')}")


def show_scores(score: Any, found: dict[str, Any], folder: Path) -> dict[str, str]:
    """Print the scores of statements and claims; what is to be said of each article's statements."""
    result = score.score(found, str(folder))
    for measure, (p, r, f) in result["prf"].items():
        print(f"{measure:28s} P {p:.3f}  R {r:.3f}  F1 {f:.3f}")
    print({k: round(v, 3) for k, v in result["given_match"].items() if k != "date"})
    return {i: f"P {p:.2f} R {r:.2f} F1 {f:.2f} gold {g} ours {o}" for i, (p, r, f), g, o in result["docs"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--labels", type=Path, default=HERE / "open")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--drafts", metavar="QUANDARY")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(options.scorer, folder / "score.py")
        golds, texts = {}, {}
        for path in sorted(options.labels.glob("*.gold.json")):
            if options.only and path.name.removesuffix(".gold.json") not in options.only:
                continue
            gold, text = labelled(path, options.texts)
            golds[gold["id"]], texts[gold["id"]] = gold, text
            (folder / f"{gold['id']}.txt").write_text(text, encoding="utf-8")
            (folder / path.name).write_text(json.dumps(gold), encoding="utf-8")
        score, found = scorer(folder), predictions(folder)
        counts: Counter[str] = Counter()
        for identity, line in show_scores(score, found, folder).items():
            print(f"{identity}: {line}")
            show_heads(golds[identity], found[identity], counts)
            show_actors(golds[identity], found[identity], counts)
            if options.drafts:
                show_draft(golds[identity], drafted(options.drafts, texts[identity]), counts)
        print(json.dumps(dict(sorted(counts.items()))))
        if options.errors:
            show_errors(folder, found, score)


if __name__ == "__main__":
    sys.exit(main())
