"""How the numbers were made, what weighs worlds beside what was seen, and their limits, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from shlex import quote

from quandary.ask.answer import Answer
from quandary.ask.results import NAMED, AnchoredBy, Run
from quandary.base.problems import counted
from quandary.quantities.words import telling_table
from quandary.report.faults import carrying
from quandary.report.words.naming.names import spaced
from quandary.report.words.record import Report
from quandary.report.words.units import error_said, unit_told
from quandary.report.words.wording import RARE, SURE, day, listing, number, percent


def method_lines(report: Report) -> list[str]:
    """Return the closing lines: seed, worlds, error, sourcing, what did not converge, what was interrupted."""
    run = report.findings.run
    counts = f"{counted(run.done, 'world')}, {run.effective_worlds:,.0f} effective, seed {run.seed}"
    lines = [f"{counts}; {report.seconds:.1f} s."]
    is_open = report.over_fillings is not None
    if report.headline is not None and report.headline.answer.mc_error is not None and not is_open:
        error = error_said(report.headline.answer.mc_error, unit_told(report.headline.query))
        lines = [f"{counts}; Monte Carlo error of the headline {error}; {report.seconds:.1f} s."]
    lines += limit_lines(report)
    if run.redrawn:
        verb = "was" if run.redrawn == 1 else "were"
        lines.append(f"{counted(run.redrawn, 'world')} had odds below 0 or above 1 and {verb} drawn again.")
    sourced = sum(not number.unsourced for number in report.numbers.values())
    lines.append(f"{carrying(sourced, len(report.numbers))}.")
    warned = [p for p in report.problems if not p.is_error]
    if warned:
        lines.append(f"{counted(len(warned), 'warning')} in the case: `quandary check {report.named}` lists them.")
    lines.append(f"Each interval is the analyst's doubt (90 % of worlds); {words_line(report.case.words)}.")
    return lines


def limit_lines(report: Report) -> list[str]:
    """Return what must be known before a figure is trusted: what was cut short or left out, how few worlds count."""
    run = report.findings.run
    lines = []
    lines += more_than_asked(run, "some claim")
    if not run.complete:
        lines.append(f"INTERRUPTED: {run.done:,} of {run.worlds:,} worlds were finished; the figures rest on these.")
    lines += [problem.message for problem in run.warnings]
    if until := judged_until(report):
        lines.append(f"What was seen after {day(until)}, the day of the case, tests no claim that has no later day.")
    lines += unconverged_lines(run.unconverged, run.worlds, run.seed, report.named)
    return lines


def more_than_asked(run: Run, what: str) -> list[str]:
    """Return that too few of the worlds asked for count, so that more were drawn, or that this is on the edge."""
    if run.asked_for is None or not (run.asked_edge or run.worlds > run.asked_for):
        return []
    few = "they are on the edge of too few" if run.asked_edge else "of these too few count"
    return [f"{counted(run.asked_for, 'world was', 'worlds were')} asked for; {few} for {what}."]


def judged_until(report: Report) -> date | None:
    """Return the day of the case, where the run uses evidence that is later: no claim is tested with that."""
    case = report.case
    later = any(case.as_of < item.on <= report.as_of for item in case.evidence)
    return case.as_of if later and report.findings.run.evidence and report.findings.claims else None


def words_line(words: str | None) -> str:
    """Return which table words of likelihood follow, and how one that the error leaves open is told."""
    return (
        f"words of likelihood follow {telling_table(words).title}; there are two where the Monte Carlo error reaches "
        "over the border between them"
    )


def unconverged_lines(lost: Sequence[int], worlds: int, seed: int, named: str) -> list[str]:
    """Return a line that says how many of the worlds did not converge and how to see each, or nothing if all did.

    ``named`` is the case as the command line has it.
    """
    if not lost:
        return []
    first = listing([str(world) for world in lost[:NAMED]])
    which = first if len(lost) <= NAMED else f"the first are {first}"
    count = f"{counted(len(lost), 'world')} of {worlds:,} did not converge and {'is' if len(lost) == 1 else 'are'}"
    see = f"quandary show {quote(named)} --stage worlds --world {lost[0]} --worlds {worlds} --seed {seed}"
    return [f"{count} in no answer ({which}; --json names all); `{see}` shows one."]


def anchored_lines(run: Run) -> Iterator[str]:
    """Yield that worlds are weighted by checks, how many count, and which checks weigh none; nothing where none do.

    Every output of an anchored run shows it.
    """
    found = run.anchored
    if found is None:
        return
    if not found.checks:
        yield "No check weighs any world: the answers are those without anchoring."
    else:
        before, now = f"{found.effective_before:,.0f}", f"{run.effective_worlds:,.0f}"
        by = f"Worlds are weighted by {counted(len(found.checks), 'check')}"
        off = f"which the case may miss {listing(_missed_by(found), 'or')}"
        yield f"{by}, {off}: {now} effective worlds are left of {before}. So the checks are no test of these answers."
    for name, why in found.left_out:
        yield f"The check “{spaced(name)}” weighs none: {why}."


def _missed_by(found: AnchoredBy) -> list[str]:
    """Return by how much the case may miss its checks, each kind of them in its own unit."""
    told = [f"by {error_said(off, unit)}" for unit, off in found.off]
    in_odds = len(found.checks) > len(told) or not told
    return [*([f"by a factor of {number(found.discrepancy)} on the odds"] if in_odds else []), *told]


def counting_said(answer: Answer) -> str:
    """Return that a choice is near a coin flip, or on the edge of it, and what counting options gives; else nothing."""
    found = answer.counting
    if found is None or not (found.near or found.edge):
        return ""
    return f"{coin_flip_said(edge=found.edge)}: were all options worth the same, it would be {percent(found.counted)}"


def coin_flip_said(*, edge: bool) -> str:
    """Return that a choice is near a coin flip, or that other worlds may say otherwise of that."""
    return "on the edge of a coin flip" if edge else "near a coin flip"


def nearly_indifferent_said(*, edge: bool) -> str:
    """Return that an actor is nearly indifferent, or that other worlds may say otherwise of that."""
    return "on the edge of being nearly indifferent" if edge else "nearly indifferent"


def arising_said(answer: Answer) -> str:
    """Return how often a choice arises, and how often it is then made: ``arises 62.5 %, then 56 %``.

    Empty for one that surely arises. The two are told so that their product reads right.
    """
    found = answer.arising
    if found is None or found.arises >= SURE:
        return ""
    return "never arises" if found.then is None else f"arises {finer(found.arises)}, then {finer(found.then)}"


def finer(probability: float) -> str:
    """Return a probability with a decimal of a percent where there is one."""
    if not RARE <= probability <= 1.0 - RARE:
        return percent(probability)
    return f"{round(100.0 * probability, 1):g} %"


def counting_sentence(answer: Answer) -> str:
    """Return the same as a sentence."""
    told = counting_said(answer)
    return f"{told[:1].upper()}{told[1:]}." if told else ""
