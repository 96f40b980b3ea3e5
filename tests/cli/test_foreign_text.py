"""Text from files, arguments and file names is shown, never obeyed: no escape sequence, mark of direction or markup."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from quandary.base import Problem, Refusal, escaped_json, one_line, visible
from quandary.cli import TextStream, build_app, document
from quandary.cli.paper import paper
from quandary.use import write_template

APP = build_app()
SHIPPED = "kazakhstan-2022"
FEW = ("--worlds", "32", "--quiet")
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
SEQUENCES = "\x1b]0;owned\x07\x1b[2J\x1b[8mhid\x9b1m\x7f\r\x08\u202egnp\u2066\u200b\u2028\x85"
MARKUP = "[bold]b[/bold][link=http://127.0.0.1/]c[/link]:smile:"


def call(*arguments: str) -> Result:
    done = CliRunner().invoke(APP, list(arguments))
    assert not HIDDEN.search(done.stdout + done.stderr), repr(done.output)
    assert done.exit_code != 70, done.output
    return done


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, naïve and 日本語\n\ttoo", "plain, naïve and 日本語\n\ttoo"),
        ("\x1b[31m\x07\x00\r", "␛[31m␇␀␍"),
        ("\x7f\x80\x9b", "␡��"),
        ("a\u202eb\u2066c\u200ed\u061c", "a�b�c�d�"),
        ("a\u200bb\u2060c\ufeffd\u00ade\u3164", "a�b�c�d�e�"),
        ("\u2028\u2029\x85\x0b\x0c", "���␋␌"),
        ("\udcff\U000e0041\U000e0101", "���"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian is written with
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚒 ❤\ufe0f 1\ufe0f\u20e3", "👩\u200d🚒 ❤\ufe0f 1\ufe0f\u20e3"),
        ("葛\U000e0100", "葛\U000e0100"),
        ("no\u200dne, no\u200c, \u200d\u200d", "no�ne, no�, ��"),
        ("می\u200c\u200cخ", "می��خ"),
        ("x\ufe00\ufe01\ufe0f", "x���"),
    ],
)
def test_hidden_characters_become_signs(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert len(visible(text)) == len(text)
    assert visible(shown) == shown


@pytest.mark.slow
def test_whatever_is_hidden_is_shown() -> None:
    """By themselves, all of the categories of control, format, surrogate and separator are hidden."""
    for code in range(0x110000):
        sign = chr(code)
        category = unicodedata.category(sign)
        changed = visible(f"a{sign}a") != f"a{sign}a"
        if category in ("Cc", "Cs", "Zl", "Zp") and sign not in "\t\n":
            assert changed, hex(code)
        elif category == "Cf" and not 0x0600 <= code <= 0x08E2 and code not in (0x110BD, 0x110CD):
            assert changed or 0x13430 <= code <= 0x1343F, hex(code)  # number signs of Arabic and Kaithi are seen
        elif category[0] in "LNPS" and changed:
            assert code in (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0), hex(code)


def test_a_name_is_one_line() -> None:
    assert one_line("a\nNo faults.\tb") == "a␊No faults. b"


def test_json_means_the_same() -> None:
    body = {"a": SEQUENCES + MARKUP + "日\U000e0041"}
    text = json.dumps(body, ensure_ascii=False, indent=2)
    for ascii_only in (False, True):
        told = escaped_json(text, ascii_only=ascii_only)
        assert json.loads(told) == body and not HIDDEN.search(told)
        assert told.isascii() == ascii_only


def test_a_document_is_whole_on_a_stream_of_any_alphabet(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding in ("ascii", "latin-1", "utf-8", "cp1252"):
        kept = io.BytesIO()
        stream = io.TextIOWrapper(kept, encoding=encoding)
        monkeypatch.setattr("sys.stdout", TextStream(stream))
        document(json.dumps({"a": "naïve – 日本\x1b\udcff"}, ensure_ascii=False))
        assert json.loads(kept.getvalue().decode(encoding)) == {"a": "naïve – 日本\x1b\\xff"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("caf\udce9", "caf\\xe9"),
        ("\udc80\udcff", "\\x80\\xff"),
        ("\ud83d \ude00", "\\ud83d \\ude00"),
        ("\ud83d\ude00", "\\ud83d\\ude00"),  # two halves that Python holds apart
        ('\\\udce9"\udce9', '\\\\xe9"\\xe9'),
    ],
)
def test_json_holds_no_half_of_a_sign(name: str, told: str) -> None:
    text = json.dumps({name: [name]}, ensure_ascii=False)
    for ascii_only in (False, True):
        read = json.loads(escaped_json(text, ascii_only=ascii_only))
        assert read == {told: [told]}
        json.dumps(read, ensure_ascii=False).encode("utf-8")  # a strict encoder takes it


@pytest.mark.parametrize(
    "command", [("check",), ("run", *FEW), ("show",), ("why", "headline", *FEW), ("new",)], ids="-".join
)
def test_a_case_in_a_folder_whose_name_is_not_utf_8(command: tuple[str, ...], tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    try:
        write_template(folder)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    name, *rest = command
    for place in (folder, folder / "none"):
        done = call(name, str(place), *rest, "--json")
        json.dumps(json.loads(done.stdout), ensure_ascii=False).encode("utf-8")
        assert "caf\\\\xe9" in done.stdout or (name != "run" and place == folder), done.stdout


def test_tables_take_no_markup_and_no_sequences(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=SEQUENCES + MARKUP)
    table.add_row(SEQUENCES + MARKUP, Text(SEQUENCES + MARKUP))
    console = paper()
    console.width = 300
    console.print(table, SEQUENCES + MARKUP)
    told = capsys.readouterr().out
    assert not HIDDEN.search(told)
    assert told.count(MARKUP) == 4


GAMES = {
    ".nfg": 'NFG 1 R "T{0}" {{ "A{0}" "B" }} {{ {{ "x{0}" "y" }} {{ "l" "r" }} }} ""\n1 2 3 4 5 6 7 8\n',
    ".efg": 'EFG 2 R "T{0}" {{ "A{0}" }}\np "" 1 1 "s{0}" {{ "x{0}" "y" }} 0\nt "" 1 "" {{ 1 }}\nt "" 2 "" {{ 2 }}\n',
}


@pytest.mark.slow
@pytest.mark.parametrize("ending", GAMES)
def test_games(ending: str, tmp_path: Path) -> None:
    for number, nasty in enumerate((SEQUENCES, MARKUP, "\nMallory wins.", "\u202e\u2066", "\x9b2J")):
        path = tmp_path / f"game{number}{ending}"
        path.write_text(GAMES[ending].format(nasty), encoding="utf-8", newline="")
        for arguments in (["-c", "pure"], ["-c", "pure", "--json"]):
            done = call("solve", str(path), "--quiet", *arguments)
            assert "\nMallory" not in done.stdout + done.stderr
        if done.exit_code == 0:
            assert nasty.replace("\r", "\n") in json.loads(done.stdout)["title"].replace("\r", "\n")
        out = path.with_suffix(".out")
        call("export", str(path), "--to", "nfg", "-o", str(out))
        assert not out.exists() or nasty.replace("\r", "\n") in out.read_bytes().decode().replace("\r", "\n")


@pytest.mark.slow
def test_the_inputs_that_failed(shared: Path) -> None:
    folder = shared / "faults" / "escapes"
    call("solve", str(folder / "esc.nfg"), "--quiet")
    call("read", str(folder / "esc.txt"))
    call("read", str(folder / "esc.txt"), "--json")


@pytest.mark.slow
def test_arguments_and_names_of_files(tmp_path: Path) -> None:
    for nasty in (SEQUENCES, "\udcff\udcfe", "a\nNo faults.", "x" * 100_000, MARKUP):
        for command in (
            *(["check", nasty], ["ask", str(tmp_path), nasty], ["solve", nasty + ".efg"], ["solve", "x", "-c", nasty]),
            *(["explain", nasty], ["read", nasty], [nasty], ["run", "--" + nasty], ["show", "x", "--stage", nasty]),
            *(["run", SHIPPED, "--as-of", nasty], ["report", "x", "-o", nasty], ["new", nasty + "/\0"]),
            *(
                ["ask", SHIPPED, nasty, *FEW],
                ["why", SHIPPED, nasty, *FEW],
                ["run", "-w", nasty, "x"],
            ),
        ):
            done = call(*command)
            assert done.exit_code in (1, 2), command
            assert len(done.output) < 6_000, command
            assert not [line for line in done.output.splitlines() if line.startswith("No faults")], command
    path = tmp_path / f"esc\x1b[2J\n\u202e{MARKUP.replace('/', '')}.yaml"
    path.write_text("quandary: 1\n", encoding="utf-8")
    assert call("check", str(path)).exit_code == 1
    assert call("check", str(path), "--json").exit_code == 1


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case whose every free text holds what a case file may hold: marks of direction, markup, line ends."""
    folder = tmp_path_factory.mktemp("hostile") / "dam"
    write_template(folder)
    text = (folder / "case.yaml").read_text(encoding="utf-8").replace("text: analysis.md", "#")
    free = re.compile(r"\b(title|name|because|quote|speaker|asks|rule|publisher): (?!P\(|judg)(\"[^\"]*\"|[^{},#\n]+)")
    nasty = f"{MARKUP}\\u202E\\u2066\\u200b\\nMallory =1+1"
    text = free.sub(lambda found: f'{found[1]}: "=1+1 {found[2].strip().strip(chr(34))} {nasty}"', text)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


COMMANDS = (
    ("check",),
    ("run",),
    ("why", "clash"),
    ("why", "headline"),
    ("why", "drought-danger"),
    ("information", "belmar.answer"),
    ("equilibria", "P(conflict)", "--starts", "2"),
    ("timeline",),
    ("suppose", "P(conflict)", "--announce", "dam: share"),
    ("show", "--stage", "case"),
)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_cases(command: tuple[str, ...], hostile: Path) -> None:
    name, *others = command
    few = () if name == "check" else FEW[:2] if name == "show" else FEW
    done = call(name, str(hostile), *others, *few)
    assert done.exit_code == 0, done.output
    assert "␊" not in done.stdout
    if name == "run":
        assert MARKUP[:20] in done.stdout


@pytest.mark.slow
def test_reports(hostile: Path, tmp_path: Path) -> None:
    pages = {}
    for ending in ("md", "csv", "json", "html"):
        path = tmp_path / f"report.{ending}"
        assert call("report", str(hostile), *FEW, "--no-search", "-o", str(path)).exit_code == 0
        pages[ending] = path.read_text(encoding="utf-8")
        assert not HIDDEN.search(pages[ending])
    assert json.loads(pages["json"])["case"]["title"].startswith("=1+1 The dam")
    assert "\u202e" in json.loads(pages["json"])["case"]["title"]
    for row in csv.reader(io.StringIO(pages["csv"])):
        assert not [cell for cell in row if re.match(r"\s*[=@|＝＋＠]|\s*[+-](?![\d.])", cell)]
    assert not [line for line in pages["md"].splitlines() if line.startswith("Mallory")]


def test_faults_raised_in_python_are_safe_to_print() -> None:
    assert not HIDDEN.search(str(Refusal(Problem("Q804", f"no case {SEQUENCES}"))))


LONG = "a b " * 1_250
ECHOING = (
    ("run", SHIPPED, "--as-of", "{}"),
    ("run", SHIPPED, "--memory", "{}"),
    ("run", SHIPPED, "--worlds", "{}"),
    ("run", "{}"),
    ("check", "{}"),
    ("why", SHIPPED, "{}"),
    ("why", SHIPPED, "{}", "--json"),
    ("explain", "{}"),
    ("ask", SHIPPED, "{}"),
    ("ask", SHIPPED, "P({} = b)"),
    ("ask", SHIPPED, "P(unrest = {})", "--json"),
    ("solve", SHIPPED, "--concept", "{}"),
    ("solve", SHIPPED, "--rationality", "{}"),
    ("solve", SHIPPED, "--limit", "{}"),
    ("solve", SHIPPED, "--{}"),
    ("report", SHIPPED, "-o", "{}.odd"),
    ("flips", SHIPPED, "{}"),
    ("flips", SHIPPED, "unrest", "--level", "{}"),
    ("information", SHIPPED, "{}"),
    ("suppose", SHIPPED, "{}", "--announce", "x: y"),
    ("suppose", SHIPPED, "P(unrest)", "--announce", "{}"),
    ("paths", SHIPPED, "unrest", "--change", "{}", "--through", "{}"),
    ("compare", SHIPPED, "{}", "P(unrest)"),
    ("read", "{}"),
    ("read", "{}", "--json"),
    ("read", "-", "--extractor", "{}"),
    ("read", "-", "--extractor", "openai", "--endpoint", "{}", "--model", "m"),
    ("{}",),
    ("timeline", SHIPPED, "{}"),
)


@pytest.mark.slow
@pytest.mark.parametrize("command", ECHOING, ids=" ".join)
def test_an_argument_of_any_length_is_repeated_shortly(command: tuple[str, ...]) -> None:
    done = call(*(part.format(LONG) for part in command))
    assert done.exit_code in (1, 2)
    for line in done.output.splitlines():
        assert len(line) < 450, line
