"""Command lines changed at random: whatever is typed ends in a documented code, a sentence, and text safe to show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.harness import Tally, Trial, Worker, wanted
from tests.fuzz.mutation import mutants

from quandary.use import write_template

pytestmark = pytest.mark.slow

FEW = ("--worlds", "16", "--quiet")
LINES: tuple[tuple[str, ...], ...] = (
    ("run", "dam", *FEW, "--no-search", "--as-of", "2030-05-01", "--json"),
    ("run", "dam/case.yaml", "-w", "16", "-s", "3", "-q", "--no-search", "--no-evidence", "--text", "strait.txt"),
    ("check", "dam", "--text", "dam/analysis.md", "--json"),
    ("ask", "dam", "P(conflict | do(drought = dry)) > 30%", *FEW, "--chart", "new.vl.json"),
    ("why", "dam", "drought-danger", *FEW, "--json"),
    ("report", "dam", *FEW, "--no-search", "-o", "new.csv", "-f", "csv"),
    ("solve", "game.nfg", "-c", "logit", "--rationality", "1.5", "--form", "agent", "--limit", "2s", "-q"),
    ("solve", "game.nfg", "-c", "mixed", "--limit", "500ms", "--json"),
    ("solve", "dam", "--world", "3", "--worlds", "16", "--limit", "2s", "-q", "--json"),
    ("export", "game.nfg", "--to", "efg", "-o", "new.efg", "--force", "--all-chance"),
    ("show", "dam", "--stage", "relevance", "--worlds", "16", "--json"),
    ("new", "new", "--json"),
    ("schema",),
    ("explain", "Q804", "--json"),
    ("read", "strait.txt", "-o", "new", "--extractor", "rules", "--json"),
    ("read", "strait.txt", "--extractor", "openai", "--endpoint", "http://[::1", "--model", "m"),
    ("timeline", "dam", *FEW, "--as-of", "2030-05-01", "--json"),
    ("paths", "dam", "conflict", "--change", "drought: normal to dry", "--through", "dam", *FEW, "--json"),
    ("suppose", "dam", "P(conflict)", "--announce", "dam: share", "--sees", "dam: resolve", *FEW, "--json"),
    ("ladder", "dam", "drought-danger", *FEW, "--json"),
    ("flips", "dam", "P(conflict)", "--level", "30%", "--worlds", "160", "--quiet", "--json"),
    ("information", "dam", "belmar.answer", "dam", "--control", *FEW, "--json"),
    ("information", "dam", "belmar.answer", "--choose", "--payoff", "E(belmar)", "--worlds", "160", "--quiet"),
    ("compare", "dam", "dam/case.yaml", "P(conflict)", *FEW, "--json"),
    ("equilibria", "dam", "P(conflict)", *FEW, "--starts", "2", "--json"),
    ("--version",),
    ("--help",),
)
SEPARATOR = b"\n"
OUTSIDE = re.compile(rb"^-?-?[a-z]*[=]?[~/]|\.\.|//|@")
"""Arguments that could name a place outside the folder, or another machine."""
LARGE = re.compile(rb"\d{4}|\de\d|[hm]$", re.IGNORECASE)
"""Numbers that would have much drawn, which is no fault; and durations of minutes."""
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


def command_lines(count: int) -> Iterator[list[bytes]]:
    """Yield so many command lines, of which none writes outside its folder or asks for much."""
    seeds = [SEPARATOR.join(part.encode() for part in line) for line in LINES]
    for given in mutants(seeds, count):
        line = [part.replace(b"\0", b"") for part in given.split(SEPARATOR)]
        numbers = [part for part, before in zip(line[1:], line, strict=False) if before in MANY and LARGE.search(part)]
        joined = [part for part in line if re.match(rb"-[wsq]*w.|--(worlds|starts|limit)=", part)]
        if not numbers and not joined and not any(OUTSIDE.search(part) for part in line if part != b"http://[::1"):
            yield line


LONGEST = 30.0
"""Seconds: reading an article loads a model of the language first."""
MANY = (b"-w", b"--worlds", b"--starts", b"--limit")


def accepted(trial: Trial) -> str:
    """Return what is wrong with an outcome beyond what the harness sees, or nothing."""
    if HIDDEN.search(trial.out + trial.err):
        return "hidden characters are printed"
    if "--json" in trial.arguments and trial.out.lstrip().startswith("{"):
        try:
            json.loads(trial.out)
        except ValueError:
            return "half a document"
    if max(map(len, trial.err.splitlines()), default=0) > 2_000:
        return "an endless sentence"
    return ""


def test_command_lines(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    folder = tmp_path / "tried"
    write_template(folder / "dam")
    (folder / "game.nfg").write_text('NFG 1 R "T" { "A" "B" } { { "x" "y" } { "l" "r" } } ""\n1 2 3 4 5 6 7 8\n')
    (folder / "strait.txt").write_text("The drought may lead to a war, said Ivo Marsh on 5 March 2021.\n" * 3)
    with Worker() as worker:
        for line in command_lines(wanted(60)):
            trial = worker.run(
                *(part.decode("utf-8", "surrogateescape") for part in line), folder=folder, longest=LONGEST
            )
            tally.add(trial, b"\n".join(line), accepted(trial))
    tally.check(least=wanted(60) // 2)
