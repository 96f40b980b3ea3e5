"""Outside truth: game files beside the repository, and what is known of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from quandary.base import CaseError
from quandary.game import Diagram
from quandary.onegame import read_diagram


def folders(config: pytest.Config) -> list[Path]:
    """Return the folders of Gambit's and of textbook games, as the options say."""
    shared = Path(str(config.getoption("--shared")))
    gambit = config.getoption("--gambit") or shared / "gambit"
    textbook = config.getoption("--textbook") or shared / "textbook"
    return [Path(str(gambit)), Path(str(textbook)) / "games"]


def files_of(config: pytest.Config, pattern: str, holds: Callable[[dict[str, Any]], Any] | None = None) -> list[Any]:
    """Return one test parameter per file of which something is known, or one that is skipped with its reason."""
    found = [path for folder in folders(config) for path in sorted(folder.glob(pattern))]
    found = [path for path in found if holds is None or holds(expected_games(path))]
    if not found:
        reason = f"outside truth not at hand: no {pattern} beside the repository"
        return [pytest.param(Path(), marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(path, id=path.name) for path in found]


ENDINGS = {".efg", ".nfg", ".json", ".md"}
FORMS = {"strategy", "behaviour"}
SOLVERS = {
    *("enumpure_solve", "enumpure_agent_solve", "enummixed_solve", "enumpoly_solve", "lcp_solve", "lp_solve"),
    *("gnm_solve", "ipa_solve", "logit_solve", "liap_solve", "liap_agent_solve"),
}
"""Of ``liap`` regret and payoffs are checked: its lists are single points found by minimisation."""

ENTRY_KEYS = {
    *("file", "gambit_path", "title", "form", "players", "strategies", "infosets", "perfect_recall", "origin"),
    *("equilibria", "asserted_by"),
}
NAMED_LISTS = {"pure_nash", "extreme_nash"}


def is_known_list(listed: Mapping[str, Any]) -> bool:
    """Return whether a list of equilibria is of a form that the tests compare."""
    return listed.get("form") in FORMS and isinstance(listed.get("profiles"), list)


def is_known_answer(answer: Mapping[str, Any]) -> bool:
    """Return whether an answer beside a textbook game is a list or a profile that the tests compare."""
    if answer.get("id") in NAMED_LISTS:
        return isinstance(answer.get("equilibria"), list)
    return answer.get("form", "strategy") in FORMS and {"profile", "payoffs"} <= answer.keys()


def unknown_pieces(config: pytest.Config) -> list[Any]:
    """Return one skipped test parameter for each piece of the outside folders that no test compares.

    A folder named by ``--gambit`` or ``--textbook`` may hold more than is known here: it is counted, not failed.
    """
    found: list[str] = []
    for folder in folders(config):
        if not folder.is_dir():
            continue
        files = [path for path in folder.iterdir() if path.is_file()]
        found += [f"files ending in {p.suffix or 'nothing'}" for p in files if p.suffix not in ENDINGS]
        for path in (p for p in files if p.suffix in (".efg", ".nfg")):
            known = expected_games(path)
            in_list = path.name in _listed(folder)
            found += [f'"{key}" beside a game' for key in known.keys() - ENTRY_KEYS if in_list]
            for listed in known.get("equilibria", []):
                if not is_known_list(listed):
                    found.append(f'lists of equilibria of the form "{listed.get("form")}"')
                elif listed.get("solver") not in SOLVERS:
                    found.append(f'lists by the solver "{listed.get("solver")}", except for regret and payoffs')
            answers = known.get("answers", [])
            found += [f'answers called "{a.get("id")}"' for a in answers if not is_known_answer(a)]
    marked = [pytest.param(what, marks=pytest.mark.skip(reason=f"not checked: {what}")) for what in sorted(found)]
    return marked or [pytest.param("", id="nothing")]


def not_checked(what: str) -> NoReturn:
    """Skip a test whose outside truth is of a kind unknown here; the closing lines count such tests by ``what``."""
    pytest.skip(f"not checked: {what}")


def understood(path: Path) -> Diagram:
    """Return the diagram in a file, or skip the test where the file says something that no reader knows (Q611)."""
    try:
        return read_diagram(path.read_text(encoding="utf-8"), path.name)
    except CaseError as fault:
        if all(problem.code == "Q611" for problem in fault.problems):
            not_checked(f"diagrams with {fault.problems[0].message.rstrip('.')}")
        raise


def at_hand(path: Path) -> Path:
    """Return the path of a file of the default folders, or skip the test: another folder may hold other files."""
    if not path.exists():
        pytest.skip(f"the folder given holds no {path.name}")
    return path


def expected_games(path: Path) -> dict[str, Any]:
    """Return what is known of a game file: its entry in ``expected.json``, or the JSON file of its name."""
    listed: dict[str, Any] = _listed(path.parent)
    beside = path.with_suffix(".json")
    if path.name in listed:
        return dict(listed[path.name])
    return dict(json.loads(beside.read_text(encoding="utf-8"))) if beside.exists() else {}


@cache
def _listed(folder: Path) -> dict[str, Any]:
    expected = folder / "expected.json"
    if not expected.exists():
        return {}
    return {game["file"]: game for game in json.loads(expected.read_text(encoding="utf-8"))["games"]}
