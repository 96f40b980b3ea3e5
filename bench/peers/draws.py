"""(a) The signalling stage: one, a thousand and 100,000 draws of payoffs, beside a peer that solves draw after draw.

In a round everybody is asked once about the same draw: ours alone, ours among a thousand, ours among 100,000, the
peer; and ours on one thread and on two in turn. So a peer that takes long is asked once a round, and a busy minute
slows all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import export
from asking import Answer, Asked, Compared, Tool
from jobs import Bench

TARGET = 100_000.0
SECONDS = {None: 5e-6, 5.0: 40e-6}
"""At most so many seconds a draw on one core, by the reach of uniform payoffs (``None``: unit normal)."""

TWO = 1.7
PAIRS = 4
"""So many times a round two threads are timed against one."""

ALONE = 0.010
EQUAL = 1e-6


@dataclass
class Form:
    """One form of the stage: its states, its payoffs, and what was measured of it."""

    states: int
    uniform: float | None
    rows: dict[str, Compared] = field(default_factory=dict)
    gaps: list[float] = field(default_factory=list)
    missed: list[float] = field(default_factory=list)
    residual: float = 0.0

    @property
    def name(self) -> str:
        """Return what the form is called in tables."""
        payoffs = "unit-normal payoffs" if self.uniform is None else f"payoffs uniform to {self.uniform:g}"
        return f"signalling, {self.states} states, {payoffs}"

    @property
    def words(self) -> dict[str, object]:
        """Return the words that our side is asked with."""
        return {"states": self.states, "uniform": self.uniform}


def signalling(bench: Bench) -> None:
    """Compare every form with pygambit, with two threads of ours, and with a cold start of ours."""
    many = 10_000 if bench.scope.quick else 100_000
    for states in (2, 3):
        for uniform in (None, 5.0):
            form = Form(states, uniform)
            _forms_rows(form, many)
            bench.found.extend(form.rows.values())
            slow = states == 3
            for number in range((1 if bench.scope.quick else 3) if slow else bench.scope.rounds):
                if not _round(bench, form, number, many):
                    break
            _noted(form)
    _other_peers(bench)
    _cold(bench)


def _forms_rows(form: Form, many: int) -> None:
    for draws in (1, 1_000, many):
        job = f"{form.name}, {draws:,} draw{'s' if draws > 1 else ''}"
        row = Compared("a", job, "pygambit", draws, "draw")
        if form.states == 3 and draws == many:
            row.target, row.most = TARGET, SECONDS[form.uniform]
        elif form.states == 3 and draws == 1:
            row.most = ALONE
        form.rows[str(draws)] = row
    two = Compared("a", f"{form.name}, {many:,} draws on two threads", "ours on one thread", many, "draw")
    two.target = TWO if form.states == 3 else None
    form.rows["two"] = two


def _round(bench: Bench, form: Form, number: int, many: int) -> bool:
    """Ask everybody about one draw; return whether the peer answered."""
    limit = bench.scope.long
    path = export.signalling_file(bench.folder, form.states, number, form.uniform)
    for draws in (1, 1_000, many):
        answer = bench.ours.ask("signalling", limit, **form.words, draws=draws, world=number)
        if not _took(form.rows[str(draws)], answer, draws):
            return False
    form.residual = max(form.residual, answer["residual"])
    if not _two_threads(bench, form, number, many):
        return False
    other = bench.tools["pygambit"].ask("logit", limit, path=path)
    for draws in (1, 1_000, many):
        row = form.rows[str(draws)]
        if "error" in other:
            row.error = other["error"]
        else:
            row.theirs.append(float(other["seconds"]))
    if "error" in other:
        return False
    own, found = answer["probabilities"], other["probabilities"]
    form.gaps.append(max(abs(a - b) for a, b in zip(own, found, strict=True)))
    form.missed.append(bench.ours.ask("missed", limit, path=path, found=found).get("missed", float("nan")))
    return True


def _two_threads(bench: Bench, form: Form, number: int, many: int) -> bool:
    """Ask ours on one thread and on two in turn, several times a round: how fast a shared machine's cores are changes
    from second to second, and such a pair takes a few seconds only."""
    row, words = form.rows["two"], {**form.words, "draws": many, "world": number}
    for _ in range(PAIRS):
        one = bench.ours.ask("signalling", bench.scope.long, **words)
        both = bench.ours.ask("signalling", bench.scope.long, **words, threads=2)
        if "error" in one or not _took(row, both, many):
            return False
        row.theirs.append(float(one["seconds"]) / many)
    return True


def _took(row: Compared, answer: Answer, draws: int) -> bool:
    if "error" in answer:
        row.error = f"ours: {answer['error']}"
        return False
    row.ours.append(float(answer["seconds"]) / draws)
    return True


def _noted(form: Form) -> None:
    for name, row in form.rows.items():
        if name == "two" or not row.theirs:
            continue
        said = []
        if row.size > 1:
            hours = row.size * sorted(row.theirs)[len(row.theirs) // 2] / 3600
            whole = f"{hours:,.1f} hours" if hours > 1 else f"{hours * 60:,.1f} minutes"
            said.append(f"the peer solved {len(row.theirs)} of these draws in turn; all would take it about {whole}")
            said.append(f"our residual at most {form.residual:.0e}" if row.size > 1_000 else "")
        else:
            said.append(_agreed(form))
        row.notes = tuple(s for s in said if s)


def _agreed(form: Form) -> str:
    same = sum(gap <= EQUAL for gap in form.gaps)
    return (
        f"{same} of {len(form.gaps)} answers equal to {EQUAL:.0e} in every probability (largest gap"
        f" {max(form.gaps):.0e}); the peer's miss the logit rule by at most {max(form.missed):.0e}"
    )


def _other_peers(bench: Bench) -> None:
    """Show what the other tools say to the same file: none has an agent logit for general-sum games."""
    path = export.signalling_file(bench.folder, 2, 0, None)
    form = Form(2, None)
    compared = Compared("a", f"{form.name}, 1 draw", "OpenSpiel", 1, "draw")
    mine = Asked(bench.ours, "signalling", {**form.words, "draws": 1, "world": 0})
    bench.compare(compared, mine, Asked(bench.tools["OpenSpiel"], "logit", {"path": path}))
    for peer, why in CANNOT.items():
        bench.found.append(Compared("a", f"{form.name}, 1 draw", peer, 1, error=why))


CANNOT = {
    "PyCID": "has no logit equilibrium; its Nash equilibria come from Gambit's enumeration of the whole tree",
    "pyAgrum": "solves decision problems of one actor; two actors cannot be said",
    "quantecon, Nashpy": "have no agent logit; games in extensive form cannot be said",
}


def _cold(bench: Bench) -> None:
    """Show what a new process pays first: compiled code loaded, or made where it was never made before."""
    with tempfile.TemporaryDirectory() as empty:
        for told, environment in _cold_starts(empty):
            tool = Tool("ours", bench.ours.python, "ours.py", **environment)
            job = f"signalling, 3 states: the first 10,000 draws of a new process, {told}"
            row = Compared("a", job, "ours, once warm", 10_000, "ten thousand")
            bench.found.append(row)
            for _ in range(1 if bench.scope.quick or environment else 3):
                answer = tool.ask("cold", 300.0, states=3, draws=10_000)
                tool.end()
                if "error" in answer:
                    row.error = f"ours: {answer['error']}"
                    break
                row.ours.append(float(answer["seconds"]))
                row.theirs.append(float(answer["warm"]))


def _cold_starts(empty: str) -> Iterator[tuple[str, dict[str, str]]]:
    yield "compiled code read from its cache", {}
    yield "compiled code made (once an installation)", {"NUMBA_CACHE_DIR": empty}
