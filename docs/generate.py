"""Renew the generated parts of the documents: ``python docs/generate.py`` writes them, ``--check`` only compares.

A generated part stands between ``<!-- begin: NAME -->`` and ``<!-- end: NAME -->``; everything else is written by hand.
``--flagship`` also runs the flagship and renews its output in README.md and its own answers in the record of forecasts
that ships, which takes a while.
"""

from __future__ import annotations

import ast
import contextlib
import csv
import io
import json
import re
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quandary.case import Case, Sourced

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
CASES = ROOT / "src" / "quandary" / "cases"
FLAGSHIP = "kazakhstan-2022"
RECORD = CASES / FLAGSHIP / "forecasts.csv"
sys.path.insert(0, str(ROOT / "src"))


def main(arguments: list[str]) -> int:
    """Write (or with ``--check`` compare) every generated part; return 1 when something was out of step."""
    makers = dict(MAKERS)
    if "--flagship" in arguments:
        makers |= {"flagship": flagship_output, f"checks {FLAGSHIP}": flagship_checks}
    stale = [(path, text) for path, text in renewed(makers) if path.read_text(encoding="utf-8") != text]
    if "--flagship" in arguments and (text := flagship_record()) != RECORD.read_text(encoding="utf-8"):
        stale.append((RECORD, text))
    for path, text in stale:
        if "--check" in arguments:
            sys.stdout.write(f"{path.relative_to(ROOT)} is out of step; run `make fix`\n")
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


def renewed(makers: dict[str, Callable[[], str]]) -> Iterator[tuple[Path, str]]:
    """Yield every document that has generated parts, with its text as it should be."""
    for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), *sorted(CASES.glob("*/README.md"))]:
        text = path.read_text(encoding="utf-8")
        for name, make in makers.items():
            begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
            if begin in text:
                before, rest = text.split(begin, 1)
                text = f"{before}{begin}\n\n{make().strip()}\n\n{end}{rest.split(end, 1)[1]}"
        if "<!-- begin: " in text:
            yield path, text


# --- the rooms, from the import contract --------------------------------------------------------------------


def rooms() -> str:
    """Return a table of the rooms, a row for each layer of the import contract, with what each says of itself."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    lines = ["| room | holds |", "| --- | --- |"]
    for layer in layers:
        built = [name.strip() for name in layer.split("|") if not name.strip().startswith("(")]
        names = ", ".join(f"`{name}`" for name in built)
        lines.append(f"| {names} | {' '.join(_first_sentence(name) for name in built)} |")
    return "\n".join(lines)


def _first_sentence(room: str) -> str:
    folder = ROOT / "src" / "quandary" / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    words = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
    return " ".join(words.split())


# --- the case language, from the models ---------------------------------------------------------------------

SECTIONS = {
    "Sources": "SourceModel",
    "Actors": "ActorModel",
    "Correlations": "CorrelationModel",
    "Chance events": "ChanceModel",
    "Decisions": "DecisionModel",
    "Stakes": "StakeModel",
    "Beliefs": "BelieverModel",
    "Channels": "ChannelModel",
    "Events": "EventModel",
    "Evidence": "EvidenceModel",
    "Claims": "ClaimModel",
    "Resolutions": "ResolutionModel",
    "Questions": "NamedQuestionModel",
    "Checks": "CheckModel",
    "Forecasts": "ForecastModel",
    "Outside views": "OutsideModel",
    "The pool": "PoolModel",
}
NOTES = ("because", "source", "quote", "status")


def case_keys() -> str:
    """Return one table of keys for the case file and one for each kind of entry, as the models describe them."""
    from quandary.case import json_schema

    schema = json_schema()
    definitions = schema["$defs"]
    parts = ["### The top level", "", _keys(schema)]
    for title, model in SECTIONS.items():
        definition = definitions[model]
        parts += ["", f"### {title}", "", f"{definition['description']}", "", _keys(definition, leave_out=NOTES)]
    notes = {k: v for k, v in definitions["SourceModel"]["properties"].items() if k in NOTES}
    parts += ["", "### Notes on any entry", "", "Every entry, rule and `{value: ...}` may also carry:", ""]
    parts.append(_keys({"properties": notes}))
    return "\n".join(parts)


def _keys(definition: dict[str, object], leave_out: tuple[str, ...] = ()) -> str:
    required = definition.get("required", [])
    assert isinstance(required, list)
    properties = definition["properties"]
    assert isinstance(properties, dict)
    lines = ["| key | needed | meaning |", "| --- | --- | --- |"]
    for key, value in properties.items():
        if key not in leave_out:
            meaning = str(value.get("description", "")).replace("|", "\\|")
            lines.append(f"| `{key}` | {'yes' if key in required else ''} | {meaning} |")
    return "\n".join(lines)


def words() -> str:
    """Return the tables of words of probability, and the words of the default one."""
    from quandary.quantities import DEFAULT, tables

    rows = ["| `words:` | from | made as | words |", "| --- | --- | --- | --- |"]
    for table in tables().values():
        shown = f"`{table.name}`" + (" (default)" if table.name == DEFAULT else "")
        rows.append(f"| {shown} | {table.citation.replace('|', '/')} | {table.basis} | {len(table.meanings)} |")
    rows += ["", f"The words of `{DEFAULT}`:", "", "| word | 5% | middle | 95% |", "| --- | --- | --- | --- |"]
    for word in sorted(tables()[DEFAULT].meanings.values(), key=lambda meaning: meaning.middle):
        rows.append(f"| {word.phrase} | {word.low:.0%} | {word.middle:.0%} | {word.high:.0%} |")
    return "\n".join(rows)


def concepts() -> str:
    """Return every solution concept with what it is and what it cannot do."""
    from quandary.solve import CONCEPTS

    return "\n\n".join(f"### {c.name}\n\n{c.summary}.\n\nLimits: {c.limits}." for c in CONCEPTS.values())


def game_words() -> str:
    """Return for each format of game files every word with what is done with it, from what the readers use."""
    from quandary.onegame import FORMATS

    parts = []
    for known in FORMATS:
        endings = ", ".join(f"`{ending}`" for ending in (known.ending, *known.also))
        parts += [f"### {endings}: {known.summary}", "", "| in | word | | |", "| --- | --- | --- | --- |"]
        grouped: dict[tuple[str, str, str], list[str]] = {}
        for word in known.words.words:
            grouped.setdefault((word.where, word.treatment.value, word.note), []).append(f"`{word.name}`")
        for (where, treatment, note), names in grouped.items():
            parts.append(f"| {where.replace('|', chr(92) + '|')} | {', '.join(names)} | {treatment} | {note} |")
        parts.append("")
    return "\n".join(parts)


def queries() -> str:
    """Return a table of the heads of queries: how each is written, what it answers, and within which limits."""
    from quandary.language import HEADS, names_of_heads

    rows = ["| query | answers | in | limits |", "| --- | --- | --- | --- |"]
    for head in (HEADS[name] for name in names_of_heads()):
        unit = "parts" if head.parts else head.unit.value
        rows.append(f"| `{head.form.replace('|', chr(92) + '|')}` | {head.summary} | {unit} | {head.limits} |")
    return "\n".join(rows)


# --- faults, from their catalogue ---------------------------------------------------------------------------


def faults() -> str:
    """Return every fault code with its explanation, from ``faults/*.toml``."""
    catalogue: dict[str, dict[str, str]] = {}
    for path in sorted((ROOT / "src" / "quandary" / "base" / "faults").glob("*.toml")):
        catalogue |= tomllib.loads(path.read_text(encoding="utf-8"))
    parts = []
    for code in sorted(catalogue):
        entry = catalogue[code]
        parts.append(f"### {code}: {entry['title']}\n\n{entry['explanation'].strip()}\n")
        for name, words in (("example", "Broken:"), ("fix", "Mended:")):
            if entry.get(name, "").strip():
                parts.append(f"{words}\n\n```text\n{entry[name].strip()}\n```\n")
    return "\n".join(parts)


# --- the command line, from itself --------------------------------------------------------------------------


def commands() -> str:
    """Return the help of every command, as the command line prints it."""
    from typer.testing import CliRunner

    from quandary.cli import build_app
    from quandary.use import NAMES

    parts = []
    for name in NAMES:
        result = CliRunner().invoke(build_app(), [*name.split(), "--help"], prog_name="quandary", terminal_width=100)
        assert result.exit_code == 0, result.output
        parts.append(f"### quandary {name}\n\n```text\n{result.stdout.strip()}\n```\n")
    return "\n".join(parts)


def exits() -> str:
    """Return the table from codes of faults to exit codes."""
    from quandary.cli import EXITS

    rows = [f"| {', '.join(row.split()) if row != 'Q' else 'any other'} | {code.value} |" for row, code in EXITS]
    return "\n".join(["| fault | exit code |", "| --- | --- |", *rows])


# --- the flagship -------------------------------------------------------------------------------------------


def flagship_ranges() -> str:
    """Return one row for every number of the flagship: where it stands, what it is, why, and from which source."""
    import quandary

    case = quandary.load(CASES / FLAGSHIP / "case.yaml").case
    rows = ["| where | when | range | because | source |", "| --- | --- | --- | --- | --- |"]
    rows += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in _ranges(case)]
    return "\n".join(rows)


def _ranges(case: Case) -> Iterator[tuple[str, str, str, str, str]]:
    from quandary.case import ChanceEvent
    from quandary.language import written

    def row(where: str, when: str, number: Sourced) -> tuple[str, str, str, str, str]:
        return where, when, written(number.quantity), number.because or "", number.source or ""

    for actor in case.actors.values():
        yield row(f"{actor.id}, rationality", "", actor.rationality)
    for assumption in case.assumptions.values():
        yield row(assumption.id, "", assumption.value)
    for item in case.story:
        if isinstance(item, ChanceEvent):
            for rule in (*item.odds, *item.base, *item.effects):
                for state, number in rule.odds:
                    if written(number.quantity) != "rest":
                        yield row(f"{item.id}: {state}", _when(written(rule.condition)), number)
    for stake in case.stakes:
        for what, lines in (("weight", stake.weight), ("worth", stake.worth), ("effects", stake.effects)):
            for line in lines:
                yield row(f"{stake.actor}.{stake.id}, {what}", _when(written(line.condition)), line.value)


def _when(condition: str) -> str:
    return "" if condition == "otherwise" else condition


def flagship_output() -> str:
    """Return what ``quandary run kazakhstan-2022`` prints: the first screen, whole."""
    printed = re.sub(r"[ \t]+$", "", _run_flagship(), flags=re.MULTILINE).strip()
    return f"```text\n{printed}\n```"


def flagship_checks() -> str:
    """Return one row for every check of the flagship: its range, what was solved, and whether they overlap."""
    rows = ["| check | range | solved: mean [90 percent of worlds] | |", "| --- | --- | --- | --- |"]
    for check in json.loads(_run_flagship("--json", "--no-search"))["checks"]:
        solved = f"{check['mean']:.0%} [{check['low']:.0%} to {check['high']:.0%}]"
        low, high = check["known_low"], check["known_high"]
        verdict = "overlaps" if check["overlaps"] else "misses"
        inside = ", mean inside" if check["mean_inside"] else ", mean outside"
        rows.append(f"| {check['id']} | {low:.0%} to {high:.0%} | {solved} | {verdict}{inside} |")
    return "\n".join(rows)


def flagship_record() -> str:
    """Return the flagship's record of forecasts with what the case answers now; what others said stays as it is."""
    from quandary.use import HANDS, request_from, task_named

    def do(task: str, **given: object) -> None:
        found = task_named(f"ledger {task}")
        found.run(request_from(found.request, given), HANDS)

    columns, rows = _rows_of(RECORD)
    with tempfile.TemporaryDirectory() as folder:
        place, now = str(Path(folder) / "ledger.sqlite"), Path(folder) / "now.csv"
        do("add", from_case=FLAGSHIP, ledger=place)
        do("export", output=str(now), ledger=place)
        own = {row["case name"]: row for row in _rows_of(now)[1] if row["judge"] == "model"}
    said = columns[columns.index("who") : columns.index("notes") + 1]
    for row in rows:
        if new := own.get(row["case name"]):
            row |= {name: new[name] for name in columns if row["judge"] == "model" or name not in said}
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _rows_of(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def _run_flagship(*options: str) -> str:
    from typer.testing import CliRunner

    from quandary.cli import build_app

    with contextlib.redirect_stderr(io.StringIO()):
        arguments = ["run", FLAGSHIP, "--quiet", *options]
        result = CliRunner().invoke(build_app(), arguments, env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.stdout


MAKERS: dict[str, Callable[[], str]] = {
    "rooms": rooms,
    "keys": case_keys,
    "words": words,
    "queries": queries,
    "concepts": concepts,
    "faults": faults,
    "commands": commands,
    "exits": exits,
    "game words": game_words,
    f"ranges {FLAGSHIP}": flagship_ranges,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
