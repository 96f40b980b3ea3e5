"""Data stays data until the last step: nothing takes apart the words that the program made itself.

Forbidden in the report, in the tasks and in the command line is what takes text apart. The places that may do so read
what others wrote: what an analyst typed, the lines of a file, a web address, bytes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "quandary"
ROOMS = ("report", "use", "cli")
TAKES_APART = {"startswith", "endswith", "partition", "rpartition", "removeprefix", "removesuffix", "split", "rsplit"}
STRIPS = {"strip", "lstrip", "rstrip"}
"""Without letters to strip, these take white space off, which says nothing."""

FOREIGN = {
    "cli/app.py": ("the words of a command", {"list_commands"}),
    "cli/commands.py": ("a line that was typed", {"ask"}),
    "cli/outcome.py": ("codes of faults", {"exit_of"}),
    "cli/streams.py": ("white space that fills a line", {"re"}),
    "report/charts/rendering.py": ("a drawing by Vega", {"re", "save_chart", "_on_paper", "inlined"}),
    "report/documents/schema.py": ("the place of a class", {"_loaded"}),
    "report/html/analysis.py": ("the analyst's prose", {"re", "painted"}),
    "report/html/diagram.py": ("words, to cut a name at one and keep its number", {"_wrapped"}),
    "report/html/page.py": ("a web address in a source", {"re"}),
    "report/ledger/demo.py": ("how a forecast of the record was derived, as it was written", {"demo_parts"}),
    "report/ledger/entries.py": ("texts of questions, as they were written", {"_ended"}),
    "report/ledger/said.py": ("the text of a question, cut at a word", {"short"}),
    "report/mark.py": ("the first bytes of a file that may be overwritten", {"re", "marked_pdf", "marked_png", ""}),
    "report/media/as_markdown.py": ("letters that Markdown would take for marks", {"re"}),
    "report/media/columns.py": ("words, to see how wide a column must be", {"_words", "_broken"}),
    "report/media/first_screen.py": ("words of a speaker's name, to see how wide a column must be", {"_speaking"}),
    "report/media/quotes.py": ("a quote that is cut", {"re", "cut_quote"}),
    "report/media/shortening.py": ("the analyst's names, cut at a word", {"re", "shortened"}),
    "report/why/elicitation.py": ("what an analyst wrote behind a gap", {"gap_words"}),
    "report/why/subjects.py": ("a name as it was typed", {"re", "_known", "_fits"}),
    "report/why/wording.py": ("the name of a file", {"where"}),
    "report/words/naming/letters.py": ("the analyst's titles", {"re", "_is_name"}),
    "report/words/questions.py": ("whether the analyst's question ends with a mark", {"question_lines"}),
    "use/answers/ask.py": ("the ending of a file", {"ask_file"}),
    "use/answers/drawing.py": ("the ending of a file", {"check_chart"}),
    "use/answers/sessions/editing.py": ("numbers, words and names of a move, as they were given", {"_"}),
    "use/answers/report.py": ("the ending of a file", {"_format"}),
    "use/cases/migrate.py": ("the lines of a case's file", {"_unified"}),
    "use/ledger/importing.py": ("what a column means, as it was typed", {"run"}),
    "use/ledger/opening.py": ("a name as it was typed", {"told_name"}),
    "use/ledger/settling.py": ("an outcome as it was typed", {"_resolution", "_yes_or_no"}),
    "use/ledger/wording.py": ("a question as it was typed", {"_standing", "_is_number", "_new", "_amended"}),
    "use/tasks.py": ("the place of a function", {"load"}),
    "use/turning/dialogue.py": ("a number as it was typed", {"_plain_number"}),
    "use/turning/session.py": ("an answer and its reason as they were typed", {"judge", "fill"}),
    "use/values.py": ("days, sizes and numbers as they were typed", {"re", "read_level"}),
}
"""What is read in a file, and the functions that read it."""
WHOLE_LINES = {"\n"}
"""To cut text into its lines takes no word apart."""


def taken_apart(tree: ast.AST, function: str = "") -> Iterator[tuple[str, int, str]]:
    """Yield the functions and lines at which text is taken apart, with what does it."""
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        if isinstance(node, ast.Import) and any(name.name == "re" for name in node.names):
            yield "re", node.lineno, "import re"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, given = node.func.attr, node.args
            lines = len(given) == 1 and isinstance(given[0], ast.Constant) and given[0].value in WHOLE_LINES
            if not lines and (name in TAKES_APART or (name in STRIPS and given)):
                yield inside, node.lineno, name
        yield from taken_apart(node, inside)


def modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (SOURCE / room).rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_words_of_our_own_are_taken_apart(path: Path) -> None:
    _, allowed = FOREIGN.get(path.relative_to(SOURCE).as_posix(), ("", set()))
    found = [place for place in taken_apart(ast.parse(path.read_text(encoding="utf-8"))) if place[0] not in allowed]
    assert not found, f"carry the data to here and word it once; or say in FOREIGN what is read: {found}"


@pytest.mark.parametrize("name", FOREIGN)
def test_places_that_read_what_others_wrote_do_so(name: str) -> None:
    found = {place for place, _, _ in taken_apart(ast.parse((SOURCE / name).read_text(encoding="utf-8")))}
    assert found == FOREIGN[name][1]


@pytest.mark.parametrize(
    "line",
    [
        'x.startswith("the ")',
        'x.partition(" (")[0]',
        "import re",
        'x.rstrip(".")',
        'x.split(" ")',
        "x.split()",
        'x.removesuffix(" points")',
    ],
)
def test_what_is_forbidden_is_found(line: str) -> None:
    assert list(taken_apart(ast.parse(line)))


@pytest.mark.parametrize("line", ['x.split("\\n")', "x.strip()", '", ".join(x)'])
def test_what_is_allowed_is_not(line: str) -> None:
    assert not list(taken_apart(ast.parse(line)))
