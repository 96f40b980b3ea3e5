"""What a reader does not understand is refused by name, in every format, with its place and the next step."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.formats.samples import BIF, BIFXML, EFG, JSON, NET, NFG, XDSL, read_text

from quandary.base import CaseError, Problem
from quandary.game import Diagram
from quandary.onegame import FORMATS, Treatment, read_game

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {".efg": EFG, ".nfg": NFG, ".json": JSON, ".bif": BIF, ".bifxml": BIFXML, ".xdsl": XDSL, ".net": NET}


def refused(ending: str, text: str) -> Problem:
    with pytest.raises(CaseError) as raised:
        read_text(ending, text)
    for problem in raised.value.problems:
        assert problem.hint, f"no next step: {problem}"
        assert problem.place.line >= 1
        assert problem.place.line <= text.count("\n") + 1
    return raised.value.problems[0]


@pytest.mark.parametrize("ending", SAMPLES)
def test_the_samples_are_read(ending: str) -> None:
    read_text(ending, SAMPLES[ending])


CHANGES = (
    # GeNIe
    (".xdsl", "</nodes>", '</nodes><dynamic numslices="2"/>', "Q611", "<dynamic>", 11),
    (".xdsl", 'cpt id="sky"', 'cpt id="sky" dynamic="plate"', "Q611", '"dynamic"', 3),
    (".xdsl", 'cpt id="sky"', 'cpt id="sky" cluster="3"', "Q611", '"cluster"', 3),
    (".xdsl", "<probabilities>0.3 0.7", "<prior>1</prior><probabilities>0.3 0.7", "Q611", "<prior>", 4),
    (".xdsl", "<nodes>", "<nodes>stray", "Q611", '"stray"', 2),
    (".xdsl", '<state id="dry"/>', '<state id="wet"/>', "Q609", '"wet" twice', 3),
    (".xdsl", '<state id="dry"/>', "<state/>", "Q609", "without a name", 3),
    (".xdsl", "0.3 0.7", "0.3 0.7</probabilities><probabilities>1 0", "Q609", "twice", 4),
    (".xdsl", "0.3 0.7", "0.3 1_0", "Q604", '"1_0"', 4),
    (".xdsl", "0.3 0.7", "0.3 ٠", "Q604", '"٠"', 4),
    (".xdsl", "<parents>act sky", "<parents>act act", "Q609", "twice", 8),
    (".xdsl", "<parents>act sky", "<parents>act skyy", "Q609", '"skyy"', 8),
    (".xdsl", "<smile ", "<smile>&wet;</smile><smile ", "Q603", "undefined entity", 1),
    # XML interchange format
    (".bifxml", "<FOR>sky</FOR>", "<FOR>sky</FOR><WHEN>now</WHEN>", "Q611", "<WHEN>", 8),
    (".bifxml", '<VARIABLE TYPE="nature">', '<VARIABLE TYPE="nature" ORDER="1">', "Q611", '"ORDER"', 4),
    (".bifxml", "<TABLE>0.3 0.7</TABLE>", "<TABLE>0.3 0.7</TABLE><TABLE>1 0</TABLE>", "Q609", "twice", 8),
    (".bifxml", "<FOR>sky</FOR>", "<FOR>ski</FOR>", "Q609", '"ski"', 8),
    (".bifxml", "0.3 0.7", "0.3\n0.7\n1", "Q607", "more", 8),
    (".bifxml", "0.3 0.7", "0.3\nx", "Q603", '"x"', 9),
    # interchange format
    (".bif", "network n { }", "network n { size 3; }", "Q603", '"size"', 1),
    (".bif", "network n { }", "network n { } network m { }", "Q609", "second network", 1),
    (".bif", "type discrete [ 2 ] { wet, dry }; }", "type discrete [ 3 ] { wet, dry }; }", "Q609", "3 states", 2),
    (".bif", "type discrete [ 2 ] { wet, dry }; }", "tipe discrete [ 2 ] { wet, dry }; }", "Q603", '"tipe"', 2),
    (".bif", "{ wet, dry }; }", "{ wet, dry }; type discrete [ 1 ] { x }; }", "Q609", "second type", 2),
    (".bif", "{ wet, dry }; }", "{ wet, wet }; }", "Q609", '"wet" twice', 2),
    (".bif", "table 0.3, 0.7;", "table 0.3, 0.7; table 1, 0;", "Q609", '"table" twice', 4),
    (".bif", "table 0.3, 0.7;", "table 0.3, 0.7; default 1, 0;", "Q609", "rows as well", 4),
    (".bif", "table 0.3, 0.7;", "tabel 0.3, 0.7;", "Q603", '"tabel"', 4),
    (".bif", "(dry) 0.9, 0.1;", "(dry) 0.9, 0.1; (dry) 0.8, 0.2;", "Q609", "given twice", 7),
    (".bif", "(dry) 0.9, 0.1;", "(dry, wet) 0.9, 0.1;", "Q607", "2 states", 7),
    (".bif", "(dry) 0.9, 0.1;", "(dry) 0.9, 0.2;", "Q607", "row 2 of 2 sums to 1.1", 7),
    (".bif", "( mood | sky )", "( mood, sky | sky )", "Q611", "several variables", 5),
    (".bif", "0.3, 0.7", "0.3, 1_0", "Q604", '"1_0"', 4),
    (".bif", "0.3, 0.7", "0.3, infinity", "Q604", '"infinity"', 4),
    # Hugin
    (".net", "potential ( mood", "class potential ( mood", "Q611", '"class"', 7),
    (".net", "discrete node sky", "continuous node sky", "Q611", '"continuous"', 3),
    (".net", "label =", "shape =", "Q611", '"shape"', 3),
    (".net", 'states = ("wet" "dry");', 'states = ("wet" "dry"); states = ("a" "b");', "Q609", "given twice", 3),
    (".net", 'states = ("wet" "dry");', 'states = ("wet" "wet");', "Q609", '"wet" twice', 3),
    (".net", "data = (0.3 0.7);", "model_nodes = ();", "Q611", "model_nodes", 6),
    (".net", "data = (0.3 0.7);", "", "Q609", "no data", 6),
    (".net", "(0.3 0.7)", "(0.3 0.7 0)", "Q607", "needs 2 numbers, and has 3", 6),
    (".net", "((0.2 0.8) (0.9 0.1))", "((0.2 0.8 0.9) (0.1))", "Q607", "entries", 7),
    (".net", "((0.2 0.8) (0.9 0.1))", "((0.2 0.8) 0.9 0.1)", "Q603", "( before the numbers", 7),
    (".net", "((0.2 0.8) (0.9 0.1))", "((0.2 0.8) (0.9 0.2))", "Q607", "row 2 of 2", 7),
    (".net", "( act | sky ) { }", "( act | sky ) { data = ((1 0) (0 1)); }", "Q611", "what is decided", 8),
    (".net", "( act | sky )", "( act | sky sky )", "Q609", "twice", 8),
    # Gambit
    (".efg", "EFG 2 R", "EFG 2 X", "Q603", "R or D", 1),
    (".efg", 't "" 0\n', 't "" 0 "" { 5, 5 }\n', "Q606", "outcome 0", 6),
    (".efg", '"hawk" "dove" } 0\nt "" 3', '"dove" "hawk" } 0\nt "" 3', "Q605", 'had the action "hawk"', 7),
    (".efg", "{ 1, -1 }", "{ 1, 0x10 }", "Q603", "0x10", 3),
    (".efg", "{ 1, -1 }", "{ 1, 1_000 }", "Q603", "1_000", 3),
    (".efg", "{ 1, -1 }", "{ 1, ٣ }", "Q603", "٣", 3),
    (".efg", "{ 1, -1 }", "{ 1, nan }", "Q603", "nan", 3),
    (".efg", "{ 1, -1 }", "{ 1, 1e400 }", "Q604", "too large", 3),
    (".efg", "{ 1, -1 }", "{ 1, 1e-400 }", "Q604", "too small", 3),
    (".efg", "{ 1, -1 }", "{ 1, 1/0 }", "Q604", "divides by zero", 3),
    (".nfg", "NFG 1 R", "NFG 1 Q", "Q603", "R or D", 1),
    (".nfg", "1 2 3 4", "1 2 3 4 5", "Q603", "end of the file", 2),
    (".nfg", "1 2 3 4", "1 2 3 1" + "0" * 400, "Q604", "too large", 2),
    # JSON
    (".json", '"nodes"', '"horizon": 3, "nodes"', "Q611", '"horizon"', 1),
    (".json", '"kind": "chance"', '"kind": "chance", "player": "me"', "Q611", '"player"', 2),
    (".json", '"kind": "decision"', '"kind": "decision", "tabel": []', "Q611", '"tabel"', 4),
    (".json", '"value": 1}', '"value": 1, "weight": 2}', "Q611", '"weight"', 5),
    (".json", '"states": ["wet", "dry"]', '"states": ["wet", "wet"]', "Q609", '"wet" twice', 2),
    (".json", '"value": 1}', '"value": 1e400}', "Q604", "too large", 5),
    (".json", '"value": 1}', '"value": NaN}', "Q603", "NaN", 1),
    (".json", '"wet", "dry"', '"wet", "\\ud800"', "Q603", "surrogate", 1),
    (".json", '"nodes"', '"precision": {"mee": 2}, "nodes"', "Q609", '"mee"', 1),
    (".json", '"nodes"', '"agent_form_only": ["axt"], "nodes"', "Q609", '"axt"', 1),
)


@pytest.mark.parametrize(("ending", "old", "new", "code", "words", "line"), CHANGES)
def test_it_is_refused_by_name(ending: str, old: str, new: str, code: str, words: str, line: int) -> None:
    text = SAMPLES[ending]
    assert old in text
    problem = refused(ending, text.replace(old, new, 1))
    assert (problem.code, problem.place.line) == (code, line), problem
    assert words in problem.message


@pytest.mark.parametrize("ending", SAMPLES)
def test_what_follows_the_end_is_refused(ending: str) -> None:
    assert refused(ending, SAMPLES[ending] + "\nmore").place.line == SAMPLES[ending].count("\n") + 2


@pytest.mark.parametrize("ending", SAMPLES)
@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(ending: str, part: float) -> None:
    refused(ending, SAMPLES[ending][: int(len(SAMPLES[ending]) * part)])


@pytest.mark.parametrize(
    ("ending", "old", "new"),
    [
        (".xdsl", "<smile", "\n\n<?xml version='1.0'?>\n<smile"),
        (".xdsl", 'cpt id="sky"', 'cpt id="sky" diagtype="target" ranked="true"'),
        (".xdsl", "<nodes>", "<!-- a note --><nodes>"),
        (".xdsl", "0.3 0.7", "0.3 <!-- then\n --> 0.7"),
        (".bifxml", "<NAME>w</NAME>", "<NAME>w</NAME><PROPERTY>drawn by hand</PROPERTY>"),
        (".bif", "{ wet, dry }", '{ wet// "rains"\n, "dry"/* not */ }'),
        (".bif", "( mood | sky )", '( "mood" "sky" ) /* 2 variables */'),
        (
            ".xdsl",
            "</smile>",
            '<extensions><genie app="GeNIe" x="1"><sticky><a b="c">d</a></sticky></genie></extensions></smile>',
        ),
        (".bif", "type discrete [ 2 ] { wet, dry }", "type discrete { wet dry }; property place = (1, 2)"),
        (".net", 'label = "the sky; (grey)";', 'HR_Shade = "3"; position = (1 2);'),
        (".net", "(0.3 0.7)", "( 0.3, 0.7 )"),
        (".net", "((0.2 0.8) (0.9 0.1))", "( 0.2 0.8 % wet\n 0.9 0.1 )"),
        (".efg", "{ 1, -1 }", "{ 2/2 -1.0 }"),
        (".json", '"nodes"', '"notes": "a game", "nodes"'),
    ],
)
def test_what_makes_no_difference_is_passed_over(ending: str, old: str, new: str) -> None:
    text = SAMPLES[ending]
    assert old in text
    changed, plain = read_text(ending, text.replace(old, new, 1)), read_text(ending, text)
    if isinstance(plain, Diagram) and isinstance(changed, Diagram):
        assert changed.variables == plain.variables
        for name, table in plain.tables.items():
            np.testing.assert_array_equal(changed.tables[name].values, table.values)


@pytest.mark.parametrize("ending", [".bif", ".bifxml", ".xdsl", ".net"])
def test_the_samples_of_networks_say_the_same(ending: str) -> None:
    diagram = read_text(ending, SAMPLES[ending])
    assert isinstance(diagram, Diagram)
    assert diagram.tables["sky"].values[..., 0].tolist() == [0.3, 0.7]
    assert diagram.tables["mood"].values[..., 0].tolist() == [[0.2, 0.8], [0.9, 0.1]]


# --- encodings and lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", SAMPLES)
@pytest.mark.parametrize(
    "made",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
    ],
    ids=["utf-8 mark", "utf-16 little", "utf-16 big", "CRLF", "CR"],
)
def test_marks_and_ends_of_lines_make_no_difference(ending: str, made: Callable[[str], bytes], tmp_path: Path) -> None:
    path = tmp_path / f"game{ending}"
    path.write_bytes(made(SAMPLES[ending]))
    read_game(path)
    path.write_bytes(made(SAMPLES[ending] + "\nmore"))
    with pytest.raises(CaseError) as raised:
        read_game(path)
    assert raised.value.problems[0].place.line == SAMPLES[ending].count("\n") + 2


@pytest.mark.parametrize("ending", SAMPLES)
def test_a_nul_is_no_text(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"game{ending}"
    path.write_bytes(SAMPLES[ending].encode().replace(b"\n", b"\n\0", 1))
    with pytest.raises(CaseError) as raised:
        read_game(path)
    problem = raised.value.problems[0]
    assert (problem.code, problem.place.line) == ("Q612", 2)


def test_xml_is_read_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "game.xdsl"
    declared = '<?xml version="1.0" encoding="{}"?>\n' + XDSL.replace("wet", "naß")
    path.write_bytes(declared.format("windows-1252").encode("cp1252"))
    diagram = read_game(path)
    assert isinstance(diagram, Diagram)
    assert diagram.variable("sky").states == ("naß", "dry")
    for encoding, words in (("utf-8", "no UTF-8"), ("us-ascii", "no ASCII"), ("wingdings", '"wingdings"')):
        path.write_bytes(declared.format(encoding).encode("cp1252"))
        with pytest.raises(CaseError, match="Q612") as raised:
            read_game(path)
        assert words in raised.value.problems[0].message


def test_old_text_files_are_read_and_broken_new_ones_refused(tmp_path: Path) -> None:
    path = tmp_path / "game.efg"
    path.write_bytes(EFG.replace("hawk", "löwe").encode("cp1252"))
    read_game(path)
    path.write_bytes(EFG.replace("hawk", "löwe").encode() + b"\xe9")
    with pytest.raises(CaseError, match="Q612"):
        read_game(path)


# --- rows of zeros ------------------------------------------------------------------------------------------

ZEROS = """network n { }
variable sun { type discrete [ 2 ] { yes, no }; }
variable moon { type discrete [ 2 ] { yes, no }; }
variable light { type discrete [ 2 ] { yes, no }; }
probability ( sun ) { table 0.2, 0.8; }
probability ( moon | sun ) { (yes) 1, 0; (no) 0, 1; }
probability ( light | sun, moon ) { (yes, yes) 0.1, 0.9; (no, no) 0.3, 0.7; default 0, 0; }
"""


def test_rows_of_zeros_are_read_where_they_cannot_be_reached() -> None:
    diagram = read_text(".bif", ZEROS)
    assert isinstance(diagram, Diagram)
    assert diagram.blank["light"].values[..., 0].tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("moon", ["(yes) 0.99, 0.01; (no) 0, 1;", "default 0.5, 0.5;"])
def test_rows_of_zeros_that_can_be_reached_are_refused(moon: str) -> None:
    problem = refused(".bif", ZEROS.replace("(yes) 1, 0; (no) 0, 1;", moon))
    assert (problem.code, problem.place.line) == ("Q607", 4)
    assert "sun = yes, moon = no" in problem.message


def test_a_variable_without_parents_cannot_be_all_zero() -> None:
    assert "all zero where always" in refused(".bif", BIF.replace("0.3, 0.7", "0, 0")).message


# --- odd names ----------------------------------------------------------------------------------------------

AGES = """variable age { type discrete [ 3 ] { %s }; }
variable ill { type discrete [ 2 ] { yes, no }; }
probability ( age ) { table 0.2, 0.3, 0.5; }
probability ( ill | age ) { (%s) 0.1, 0.9; (%s) 0.2, 0.8; (%s) 0.3, 0.7; }
"""


@pytest.mark.parametrize(
    "names", [("[0,10)", "[10,20)", "[20,inf)"), ("a(b)", "c[1]", "d)"), ('"x, y"', '"p | q"', '"{;}"')]
)
def test_states_may_hold_brackets_and_commas(names: tuple[str, str, str]) -> None:
    diagram = read_text(".bif", AGES % (", ".join(names), *names))
    assert isinstance(diagram, Diagram)
    assert diagram.variable("age").states == tuple(name.strip('"') for name in names)
    assert diagram.tables["ill"].values[:, 0, 0].tolist() == [0.1, 0.2, 0.3]


def test_states_that_cannot_be_told_apart_are_refused() -> None:
    problem = refused(".bif", AGES % ("[0,10),[10,20),[20,30)", "a", "b", "c"))
    assert problem.place.line == 1
    assert "quotation marks" in str(problem.hint)


# --- bounds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "text", "words"),
    [
        (".bif", "variable a { type discrete [ 1000000000 ] { x }; }", "1000000000 states"),
        (".nfg", 'NFG 1 R "" { "A" "B" } { 1000000 1000000 } 1', "combinations"),
        (".nfg", 'NFG 1 R "" { ' + '"A" ' * 40 + "} { " + "1 " * 40 + "} " + "1 " * 40, "40 players"),
        (".efg", 'EFG 2 R "" { "A" } p "" 1 1 "" ' + "{ " * 50_000, "found"),
        (".json", "[" * 100_000, "nested"),
        (".json", '{"format": "maid-json/1", "nodes": ' + "[" * 100_000, "nested"),
        (".xdsl", "<smile>" * 200, "100 elements"),
        (".net", "node a { states = (" + "(" * 5000, "a state"),
        (".net", 'node a { states = ("x"); } potential ( a ) { data = ' + "(" * 5000, "nested too deeply"),
        (".bifxml", '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><BIF>&c;</BIF>', "entity"),
    ],
)
def test_absurd_sizes_are_refused_before_anything_is_made(ending: str, text: str, words: str) -> None:
    assert words in refused(ending, text).message


def _wide(default: str) -> str:
    """Return a network in which one variable has 24 parents of two states: 33 million numbers."""
    names = [f"v{i}" for i in range(25)]
    text = "".join(f"variable {n} {{ type discrete [ 2 ] {{ a, b }}; }}\n" for n in names)
    text += "".join(f"probability ( {n} ) {{ table 0.5, 0.5; }}\n" for n in names[:-1])
    return text + f"probability ( v24 | {', '.join(names[:-1])} ) {{ {default} }}\n"


def test_a_default_for_very_many_rows_is_refused() -> None:
    assert "more than can be held" in refused(".bif", _wide("default 0.5, 0.5;")).message


# --- one list in code and documents -------------------------------------------------------------------------


def test_every_format_says_what_it_does_with_its_words() -> None:
    for known in FORMATS:
        assert known.words.words
        assert len({(w.where, w.name) for w in known.words.words}) == len(known.words.words), known.ending
        for word in known.words.words:
            if word.treatment is Treatment.REFUSED:
                assert "; " in word.note, f"{known.ending}: {word} names no next step"
            elif word.treatment is Treatment.IGNORED:
                assert word.note, f"{known.ending}: {word} gives no reason"


def test_the_documents_list_every_word() -> None:
    text = (ROOT / "docs" / "game-files.md").read_text(encoding="utf-8")
    for known in FORMATS:
        for word in known.words.words:
            assert re.search(rf"`{re.escape(word.name)}`", text), f"{known.ending}: {word.name}"
