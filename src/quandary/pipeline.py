"""The way of the data, in one screen: text, case, game, worlds, answers, people.

What a run needs is loaded with this file; what only another command needs, when it is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from quandary.ask.answer import Answer
from quandary.ask.claims.by_construction import Budget
from quandary.ask.claims.findings import findings
from quandary.ask.claims.headline import headline_of, headline_query
from quandary.ask.games.evidence import conditions_of
from quandary.ask.query.queries import prepare
from quandary.ask.results import Run
from quandary.ask.study import PROBED, Study
from quandary.base.memory import TooLarge
from quandary.base.places import NOWHERE, Place
from quandary.base.problems import CaseError, Problem, Refusal, clause, counted
from quandary.case.model import Case
from quandary.case.shipped import find_case
from quandary.compile.loader import Loaded, read_case
from quandary.language.parser import parse_query
from quandary.language.syntax import Expression
from quandary.onegame.formats.endings import no_game
from quandary.report.record import Report

if TYPE_CHECKING:
    from quandary.ask.equilibria.equilibria import EquilibriaOfWorlds
    from quandary.ask.turning.flips import Flips
    from quandary.report.dossier import Dossier
    from quandary.report.why.why import AnswerExplanation, NumberExplanation

SHOWN_WORLDS = 5

USUAL_WORLDS = 10_000
"""Worlds of a run that is not told otherwise."""

HELD = 3
"""How many numbers a page's sliders can hold."""

SEARCHED_WORLDS, STARTS = 32, 20
"""In how many worlds a report looks for other equilibria, and from how many starts."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Asked:
    """One question asked on its own: its syntax, its answer, and how it was made."""

    query: Expression
    answer: Answer
    run: Run


def work_needed(case: Case, worlds: int = USUAL_WORLDS) -> tuple[Problem, ...]:
    """Return a fault (Q421) if a run would need more memory than is allowed, a warning (Q422) if it would take long.

    Nothing is solved. Faults of another kind are left to those who look for them.
    """
    from quandary.ask.claims.findings import reckoned_findings
    from quandary.ask.games.great_work import great_work

    try:
        warning = great_work(reckoned_findings(Study(case, worlds=PROBED, threads=1)), worlds)
        return () if warning is None else (warning,)
    except TooLarge as refusal:
        about = case.variable(refusal.about) if refusal.about is not None else None
        return (replace(refusal.problem, place=NOWHERE if about is None else about.place),)
    except (CaseError, Refusal):
        return ()


def read(named: str, text: Path | None = None) -> Loaded:
    """Return the case and every fault found in it; an unknown name is refused."""
    return read_case(no_game(find_case(named), named), text)


def load(named: str, text: Path | None = None) -> tuple[Case, tuple[Problem, ...]]:
    """Return the case and its warnings; raises ``CaseError`` with every fault when it has errors."""
    loaded = read(named, text)
    if loaded.case is None or any(p.is_error for p in loaded.problems):
        raise CaseError(loaded.problems)
    return loaded.case, loaded.problems


class RunSettings(TypedDict):
    """How a run is made. ``search`` looks for what holds by construction; ``text`` is the article to check quotes."""

    worlds: int
    seed: int
    as_of: date | None
    use_evidence: bool
    search: bool
    text: Path | None
    progress: Progress | None


def run_report(named: str, **settings: Unpack[RunSettings]) -> Report:
    """Return everything a run says: the case is read, compiled, solved in every world, and asked all it claims."""
    return studied(named, **settings)[1]


def studied(named: str, *, follow: bool = False, **settings: Unpack[RunSettings]) -> tuple[Study, Report]:
    """Return a run with its study, which can be asked on: what a report to hand over starts from.

    With ``follow`` the same pass over the worlds answers what the headline's timeline will ask.
    """
    started = time.perf_counter()
    case, problems = load(named, settings["text"])
    progress = settings["progress"]
    study = Study(
        case,
        worlds=settings["worlds"],
        seed=settings["seed"],
        as_of=settings["as_of"],
        use_evidence=settings["use_evidence"],
        progress=None if progress is None else _solving(progress),
    )
    leading = headline_query(case)
    query = None if leading is None else study.prepared(leading.query)
    also = [] if query is None else [query]
    if follow and leading is not None:
        from quandary.ask.changes.timeline import Line, needed

        also += needed(study, [Line("headline", leading.asks, leading.query)])
    found = findings(study, Budget() if settings["search"] else None, also=also)
    headline = None if leading is None or query is None else headline_of(study, leading, query)
    numbers = {number.name: number for number in study.model.quantities}
    seconds = time.perf_counter() - started
    return study, Report(case, named, study.as_of, problems, found, headline, numbers, seconds)


def dossier_of(study: Study, report: Report, *, searched: int = SEARCHED_WORLDS) -> Dossier:
    """Return a run with what a report to hand over shows beside it; no world is solved again that is still kept.

    In so many worlds (``searched``) other equilibria are looked for; in none where it is 0.
    """
    from quandary.ask.changes.timeline import Line, followed
    from quandary.ask.claims.decision_rules import decision_rules
    from quandary.ask.turning.swings import noise, swings
    from quandary.report.dossier import Dossier, seen_states

    rules = decision_rules(study)
    seen = seen_states(study.case, conditions_of(study.evidence))
    headline = report.headline
    if headline is None:
        return Dossier(report, rules, study.evidence, seen)
    turning = _flips(study, headline.query)
    found, why_not = _other_equilibria(study, headline.query, searched)
    return Dossier(
        report,
        rules,
        study.evidence,
        seen,
        equilibria=found,
        not_searched=why_not,
        swings=swings(study, headline.answer),
        noise=noise(headline.answer),
        flips=turning,
        held=tuple((f.number, study.uniforms[f.number.name]) for f in turning.flips[:HELD]) if turning else (),
        timeline=followed(study, [Line("headline", headline.asks, headline.query)]) if study.evidence else None,
    )


def _flips(study: Study, query: Expression) -> Flips | None:
    """Return what would change an answer; ``None`` where too few worlds are left to rank by."""
    from quandary.ask.turning.flips import flips

    try:
        return flips(study, study.prepared(query))
    except Refusal:
        return None


def _other_equilibria(study: Study, query: Expression, worlds: int) -> tuple[EquilibriaOfWorlds | None, str]:
    """Return what a search of some worlds finds, or ``None`` and why no search was made."""
    from quandary.ask.equilibria.equilibria import equilibria

    if not worlds:
        return None, "it was not asked for"
    try:
        return equilibria(study, [study.prepared(query)], worlds=worlds, starts=STARTS), ""
    except Refusal as refusal:
        return None, clause(refusal.problem.message)


def ask_case(
    named: str,
    query: str,
    *,
    place: Place = NOWHERE,
    worlds: int,
    seed: int,
    as_of: date | None,
    use_evidence: bool,
    progress: Progress | None,
) -> Asked:
    """Return the answer to one query about a case; faults in the query carry ``place``."""
    case, _ = load(named)
    moved = None if progress is None else _solving(progress)
    study = Study(case, worlds=worlds, seed=seed, as_of=as_of, use_evidence=use_evidence, progress=moved)
    parsed = parse_query(query, place)
    prepared = prepare(case, parsed, query.strip())
    study.need([prepared])
    return Asked(parsed, study.answer(prepared), study.run)


def explain_thing(
    named: str,
    thing: str,
    *,
    worlds: int,
    seed: int,
    as_of: date | None,
    use_evidence: bool,
    progress: Progress | None,
) -> tuple[Study, tuple[AnswerExplanation | NumberExplanation, ...]]:
    """Return why a thing in the output is what it is, and the study; only what it needs is solved."""
    from quandary.report.why.why import explain

    case, _ = load(named)
    moved = None if progress is None else _solving(progress)
    study = Study(case, worlds=worlds, seed=seed, as_of=as_of, use_evidence=use_evidence, progress=moved)
    return study, explain(study, thing)


def show_stage(named: str, stage: str, *, worlds: int, seed: int, world: int | None = None) -> Iterator[str]:
    """Yield the lines of one stage in a stable form: ``case``, ``game``, ``relevance``, ``worlds`` or ``solution``.

    Of ``worlds`` the first few, or the one numbered ``world`` (from 0) and whether it converges; Q461 where there is
    none of that number.
    """
    from quandary.case.writer import written_case
    from quandary.game.graphs.requisite import prune
    from quandary.report.analyses.stages import converged_line, game_lines, relevance_lines, solution_lines, world_lines
    from quandary.solve.solver import solve

    case, _ = load(named)
    if stage == "case":
        yield from written_case(case).splitlines()
        return
    study = Study(case, worlds=worlds, seed=seed)
    numbers = study.model.quantities
    if stage == "worlds" and world is not None:
        if not 0 <= world < worlds:
            hint = f"worlds are counted from 0 to {worlds - 1:,}; --worlds says how many are drawn"
            raise Refusal(Problem("Q461", f"there is no world {world}", hint=hint))
        yield from world_lines(numbers, study.uniforms.between(world, world + 1), f"world {world:,} of {worlds:,}")
        yield converged_line(study.converges(world))
        return
    if stage == "worlds":
        shown = min(worlds, SHOWN_WORLDS)
        yield from world_lines(numbers, study.uniforms.between(0, shown), f"the first {counted(shown, 'world')}")
        return
    if stage == "solution":
        yield from solution_lines(solve(study.model.diagram(study.uniforms, worlds).diagram))
        return
    diagram = study.probe.diagram
    if stage == "game":
        yield from game_lines(diagram)
    else:
        pruned = prune(diagram)
        yield from relevance_lines(diagram, pruned.diagram, pruned.dropped)


def _solving(progress: Progress) -> Callable[[int, int], None]:
    return lambda done, total: progress("Solving worlds", done, total)
