"""``quandary migrate``: what a case of version 1 says in both senses, and its files changed whole or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import quandary.ask
from quandary.base import Refusal, rewrite_files
from quandary.cli import Exit, build_app

MAIN = """\
# the case of a strike that nobody expects
quandary: 1   # as it was
title: A strike
as_of: 2030-01-01
include: [claims.yaml]
actors:
  rider: {name: The rider, rationality: x8 to x12 per 10}
  keeper: {name: The keeper, rationality: x8 to x12 per 10}
story:
  - {chance: fog, states: [clear, thick], odds: {thick: 30% to 50%, clear: rest}}
  - {decision: ride, by: rider, sees: [fog], options: [stay, go]}
  - {decision: answer, by: keeper, sees: [ride], options: [ignore, strike]}
stakes:
  rider:
    road:
      worth:
        - ride = go and answer = strike: 0 to 10
        - ride = go and fog = thick: 30 to 50
        - ride = go: 70 to 90
        - otherwise: 35 to 45
  keeper: {peace: {worth: [{answer = strike: 10 to 20}, {otherwise: 80 to 90}]}}
evidence:
  - {on: 2029-12-01, saw: fog = clear}
questions:
  stopped: P(ride = go | do(answer = strike))   # a number
  plain: P(ride = go)
checks:
  # the register of the toll house
  - id: riders
    asks: P(ride = go)
    range: 60% to 90%
  - {id: told, asks: P(fog = thick), range: 30% to 50%, evidence: false}
forecasts:
  - {id: later, asks: P(ride = go | do(fog = thick)), until: 2030-02-01}
"""
CLAIMS = """\
claims:
  - id: deters   # what the keeper says
    speaker: The keeper
    quote: a strike stops him
    tests:
      stops: P(ride = go | do(answer = strike)) < 20%
      goes: P(ride = go) > 50%
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "case.yaml").write_text(MAIN, encoding="utf-8")
    (tmp_path / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path / "case.yaml"


def invoked(*arguments: str) -> Any:
    return CliRunner().invoke(build_app(), [*arguments])


def migrated(case: Path, *options: str) -> Any:
    done = invoked("migrate", str(case), "-w", "200", "--quiet", "--json", *options)
    assert done.exit_code == Exit.FINE, done.output
    return json.loads(done.stdout)


def texts(case: Path) -> tuple[str, str]:
    return case.read_text(encoding="utf-8"), (case.parent / "claims.yaml").read_text(encoding="utf-8")


def test_both_senses_of_what_had_two(case: Path) -> None:
    """The rider does not foresee the strike by ``do``, and stays by ``do_foreseen``: solved by hand, roughly."""
    found = {(one["kind"], one["id"], one["reading"]): one for one in migrated(case)["queries"]}
    assert list(found) == [
        ("claim", "deters", "stops"),
        ("question", "stopped", None),
        ("check", "riders", None),
        ("forecast", "later", None),
    ]
    stops = found["claim", "deters", "stops"]
    assert (stops["now"]["verdict"], stops["meant"]["verdict"]) == ("fails", "holds")
    assert stops["meant"]["query"] == "P(ride = go | do_foreseen(answer = strike)) < 20%"
    assert stops["differs"] is True
    number = found["question", "stopped", None]
    assert number["now"]["answer"]["mean"] > 0.9 > 0.1 > number["meant"]["answer"]["mean"]
    check = found["check", "riders", None]
    assert (check["now"]["evidence"], check["meant"]["evidence"]) == (True, False)
    assert (check["now"]["meets"], check["meant"]["meets"]) == (False, True)
    assert found["forecast", "later", None]["differs"] is False, "everybody who chooses sees the fog"


def test_without_write_nothing_is_touched(case: Path) -> None:
    before = texts(case)
    found = migrated(case, "--keep-old", "all")
    assert texts(case) == before
    assert found["written"] is False
    assert (found["from_version"], found["to_version"]) == (1, 2)


KEPT: dict[tuple[str, ...], set[str]] = {
    (): set(),
    ("changed",): {"deters", "stopped", "riders"},
    ("all",): {"deters", "stopped", "riders", "later"},
    ("deters.stops", "check:riders"): {"deters", "riders"},
}


@pytest.mark.parametrize("wanted", KEPT)
def test_what_is_kept_is_written_and_all_else_stays(case: Path, wanted: tuple[str, ...]) -> None:
    kept = KEPT[wanted]
    options = [part for name in wanted for part in ("--keep-old", name)]
    found = migrated(case, "--write", *options)
    assert {one["id"] for one in found["queries"] if one["kept"]} == kept
    main = MAIN.replace("quandary: 1 ", "quandary: 2 ")
    claims = CLAIMS
    if "deters" in kept:
        claims = claims.replace("go | do(", "go | do_foreseen(")
    if "stopped" in kept:
        main = main.replace("stopped: P(ride = go | do(", "stopped: P(ride = go | do_foreseen(")
    if "later" in kept:
        main = main.replace("asks: P(ride = go | do(", "asks: P(ride = go | do_foreseen(")
    if "riders" in kept:
        main = main.replace("range: 60% to 90%\n", "range: 60% to 90%\n    evidence: false\n")
    assert texts(case) == (main, claims)
    assert found["written"] is True
    assert [Path(file["path"]).name for file in found["files"]] == ["case.yaml", *(["claims.yaml"] if kept else [])]


def test_a_migrated_case_is_not_migrated_again(case: Path) -> None:
    migrated(case, "--write", "--keep-old", "changed")
    before = texts(case)
    found = migrated(case, "--write")
    assert (found["queries"], found["files"], found["written"]) == ([], [], False)
    assert texts(case) == before
    done = invoked("migrate", str(case), "--keep-old", "all")
    assert done.exit_code == Exit.USAGE
    assert "Q568" in done.stderr


def test_the_diff_is_one_that_patch_applies(case: Path, tmp_path: Path) -> None:
    if shutil.which("patch") is None:
        pytest.skip("there is no patch here")
    (case.parent / "claims.yaml").write_text(CLAIMS.rstrip("\n").replace("\n      goes: P(ride = go) > 50%", ""))
    found = migrated(case, "--keep-old", "all")
    for file in found["files"]:
        text = "\n".join(file["diff"]) + "\n"
        subprocess.run(
            ["patch", "-p0", "-d", "/", "-s", "-N"], input=text, text=True, check=True, cwd=tmp_path, timeout=300
        )
    assert "do_foreseen" in texts(case)[1]
    assert not texts(case)[1].endswith("\n")
    assert migrated(case)["files"] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("deter", 'did you mean "deters"?'),
        ("plain", "means the same in both versions"),
        ("deters.goes", "means the same in both versions"),
        ("told", "means the same in both versions"),
        ("question:deters", 'asks nothing called "question:deters"'),
    ],
)
def test_a_name_that_keeps_nothing_is_refused(case: Path, name: str, words: str) -> None:
    before = texts(case)
    done = invoked("migrate", str(case), "--keep-old", name, "--write")
    assert done.exit_code == Exit.USAGE
    assert words in " ".join(done.stderr.split())
    assert texts(case) == before


def test_a_file_that_was_changed_meanwhile_is_left_alone(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done_before = quandary.ask.rereadings

    def slowly(*given: Any) -> Any:
        (case.parent / "claims.yaml").write_text("# mine\n" + CLAIMS, encoding="utf-8")
        return done_before(*given)

    monkeypatch.setattr("quandary.ask.changes.rereading.rereadings", slowly)
    done = invoked("migrate", str(case), "-w", "64", "--keep-old", "all", "--write", "--quiet")
    assert done.exit_code == Exit.USAGE
    assert "was changed by somebody else just now" in " ".join(done.stderr.split())
    assert texts(case) == (MAIN, "# mine\n" + CLAIMS), "not even the other file"
    assert sorted(path.name for path in case.parent.iterdir()) == ["case.yaml", "claims.yaml"]


def test_nothing_is_written_through_a_link(case: Path) -> None:
    link = case.with_name("link.yaml")
    link.symlink_to(case)
    done = invoked("migrate", str(link), "-w", "64", "--write", "--quiet")
    assert done.exit_code == Exit.USAGE
    assert "is a link" in done.stderr
    assert texts(case)[0] == MAIN
    assert link.is_symlink()


def test_files_are_rewritten_all_or_none_and_keep_their_mode(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"old a")
    second.write_bytes(b"old b")
    first.chmod(0o640)
    with pytest.raises(Refusal, match="Q805"):
        rewrite_files({first: "new a", second: "new b"}, {first: b"old a", second: b"another"})
    assert (first.read_bytes(), second.read_bytes()) == (b"old a", b"old b")
    rewrite_files({first: "new a", second: "new b"}, {first: b"old a", second: b"old b"})
    assert (first.read_bytes(), second.read_bytes()) == (b"new a", b"new b")
    assert first.stat().st_mode & 0o777 == 0o640
    second.unlink()
    with pytest.raises(Refusal, match="Q805"):
        rewrite_files({second: "x"}, {second: b"new b"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def warned(case: Path) -> list[Any]:
    done = invoked("check", str(case), "--json")
    assert done.exit_code == Exit.FINE, done.output
    return [problem for problem in json.loads(done.stdout)["problems"] if problem["code"] == "Q525"]


def test_check_names_the_claims_whose_verdict_changes_until_the_case_is_migrated(case: Path) -> None:
    found = {Path(one["file"]).name: one for one in warned(case)}
    assert set(found) == {"case.yaml", "claims.yaml"}
    claim, check = found["claims.yaml"], found["case.yaml"]
    assert claim["line"] == CLAIMS.splitlines().index("      stops: P(ride = go | do(answer = strike)) < 20%") + 1
    assert '"deters" (stops)' in claim["message"]
    assert 'is "fails" as it is read now, and "holds" as version 1 meant it (do_foreseen)' in claim["message"]
    assert check["message"].startswith('The check "riders" misses its range as it is read now, and meets it')
    assert "quandary migrate" in claim["hint"]
    migrated(case, "--write")
    assert warned(case) == []


def test_a_number_that_changes_is_not_called_the_same(case: Path) -> None:
    case.write_text(
        MAIN.replace("include: [claims.yaml]\n", "").replace("range: 60% to 90%", "range: 1% to 2%"), encoding="utf-8"
    )
    told = CliRunner().invoke(build_app(), ["migrate", str(case), "--worlds", "200", "--quiet"]).stdout
    (riders,) = (line for line in told.splitlines() if line.startswith("check riders"))
    assert riders.endswith("changes"), riders
    (warning,) = warned(case)
    assert warning["message"].endswith("(evidence: false), and misses its range in both.")


def test_a_check_whose_answer_hardly_moves_still_misses_its_range(case: Path) -> None:
    """Of a fog as good as certain, to have seen it says little of a ride that is as good as its rival in it."""
    text = MAIN.replace("include: [claims.yaml]\n", "").replace("thick: 30% to 50%", "thick: 98%")
    text = text.replace("saw: fog = clear", "saw: fog = thick").replace("range: 60% to 90%", "range: 1% to 2%")
    case.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(build_app(), ["migrate", str(case), "--worlds", "200", "--quiet"]).stdout
    (riders,) = (line for line in told.splitlines() if line.startswith("check riders"))
    assert riders.endswith("still misses it"), riders
    assert warned(case) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [("P(answer = ignore | do(ride = go))", None), ("P(ride = go)", "(evidence: false), and meets its range in both.")],
)
def test_check_is_silent_where_both_senses_say_the_same(case: Path, asked: str, said: str | None) -> None:
    """The fog that was seen bears on the ride; the keeper, who sees the ride alone, answers it as he would anyway."""
    (case.parent / "claims.yaml").write_text(
        CLAIMS.replace("P(ride = go | do(answer = strike)) < 20%", "P(fog = thick | do(ride = go)) < 20%"),
        encoding="utf-8",
    )
    text = MAIN.replace("range: 60% to 90%", "range: 60% to 100%").replace("asks: P(ride = go)\n", f"asks: {asked}\n")
    assert f"asks: {asked}\n" in text
    case.write_text(text, encoding="utf-8")
    found = warned(case)
    assert [one["message"].endswith(said) for one in found if said] == [True] * len(found)
    assert len(found) == (0 if said is None else 1)


def test_what_cannot_be_asked_any_more_is_not_kept_unless_it_is_named(case: Path) -> None:
    """Foreseen, the strike bears on the ride that was seen, and is compared with a world in which it was."""
    case.write_text(MAIN.replace("saw: fog = clear", "saw: ride = go"), encoding="utf-8")
    mixed = CLAIMS.replace(") < 20%", ") < P(ride = go)")
    (case.parent / "claims.yaml").write_text(mixed, encoding="utf-8")
    (warning,) = (one for one in warned(case) if "deters" in one["message"])
    assert "cannot be asked any more" in warning["message"]
    for wanted in ("all", "changed"):
        (one, *_) = migrated(case, "--keep-old", wanted)["queries"]
        assert (one["meant"]["verdict"], one["meant"]["answer"], one["kept"]) == ("not_testable", None, False)
        assert "as they stand" in one["meant"]["reason"]
    assert migrated(case, "--keep-old", "deters")["queries"][0]["kept"] is True
    assert "cannot be kept" in invoked("migrate", str(case), "-w", "64", "-q").stdout


def test_in_words(case: Path) -> None:
    done = invoked("migrate", str(case), "-w", "200", "--quiet")
    assert done.exit_code == Exit.FINE, done.output
    said = done.stdout
    assert "4 queries have a new sense; 3 answers would change." in said
    assert "do(x = v) meant that everybody had known of x = v before anyone moved" in said.replace("\n", " ")
    assert "-quandary: 1   # as it was\n+quandary: 2   # as it was\n" in said
    assert "Nothing was written." in said
    assert "--keep-old changed" in said
    done = invoked("migrate", str(case), "-w", "200", "--quiet", "--keep-old", "deters", "--write")
    assert f"Written: {case}, {case.parent / 'claims.yaml'}." in done.stdout.replace("\n", "")
    assert "means what it says" in invoked("migrate", str(case)).stdout
