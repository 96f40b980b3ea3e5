"""Two cases compared, in words and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quandary.ask.turning.compare import Comparison
from quandary.ask.turning.eliciting.candidates import written_numbers
from quandary.ask.turning.parts import Part
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language.syntax import Expression
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.naming.names import CaseNames, spaced
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import dropped_sentence
from quandary.report.words.units import moved_said, said, shift, size_said, unit_told, unit_words
from quandary.report.words.wording import listing


def comparison_parts(first: CaseNames, second: CaseNames, query: Expression, found: Comparison) -> Iterator[ReportPart]:
    """Yield both answers and what each differing part makes of the difference."""
    yield Paragraph(query_title(first, query), tone="title")
    if aside := dict.fromkeys((*found.first.dropped, *found.second.dropped)):
        yield Paragraph(dropped_sentence(first, aside))
    yield Paragraph(sentence(first, query, found), tone="strong")
    unit = unit_told(query)
    rows = [(f"first: {first.case.title}{judges_said(first.case)}", answer_said(query, found.first.mean), "")]
    for share in found.shares:
        error = "" if share.error is None else f" ± {size_said(share.error, unit)}"
        rows.append(
            (f"  {part_said(first, share.part)}", f"{shift(share.value, unit)}{error}", shift(share.alone, unit))
        )
    rows.append((f"second: {second.case.title}{judges_said(second.case)}", answer_said(query, found.second.mean), ""))
    columns = ("what differs", f"makes{unit_words(unit, ', in ')}", "alone")
    yield Sheet("", columns, tuple(rows), numeric=frozenset({1, 2}))
    how = "every mixture of the parts that differ" if found.exact else "orders of exchange sampled, with their error"
    footer = (
        f"{counted(found.first.worlds, 'world')}; {counted(found.mixtures, 'game')} solved: {how}. Makes: the Shapley "
        "value on the mean answer; they add up to the difference. Alone: what this change does to the first case."
    )
    yield Paragraph(footer, tone="aside")


def judges_said(case: Case) -> str:
    """Return who judged numbers of a case, and how many, in brackets; empty where nobody is named."""
    judges = Counter(one.judged_by for one in written_numbers(case) if one.judged_by is not None)
    told = listing([f"{counted(count, 'number')} by {judge}" for judge, count in judges.items()])
    return f" ({told})" if told else ""


def sentence(names: CaseNames, query: Expression, found: Comparison) -> str:
    """Return both answers and the part that makes most of the difference."""
    assert found.first.mean is not None
    assert found.second.mean is not None
    ends = f"{answer_said(query, found.first.mean)} against {answer_said(query, found.second.mean)}"
    if not found.shares:
        return f"{ends}: the cases do not differ in anything that counts."
    whole = found.second.mean - found.first.mean
    if abs(found.shares[0].value) > 2 * abs(whole):
        parts = " and ".join(
            f"{part_said(names, share.part)} ({moved(query, share.value)})" for share in found.shares[:2]
        )
        return f"{ends}: what differs nearly cancels, {parts}."
    largest = found.shares[0]
    return f"{ends}: most of it lies in the {part_said(names, largest.part)} ({moved(query, largest.value)})."


def part_said(names: CaseNames, part: Part) -> str:
    """Return a part in words; what only the second case has, by its name."""
    kind, name = part
    match kind:
        case "assumption":
            return f"assumption “{names.marked(names.assumption(name), name)}”"
        case "actor":
            return f"rationality of {names.actor_inside(name)}"
        case "chance" | "decision":
            return f"{kind} “{names.variable(name)}”"
        case "belief":
            return f"beliefs of {names.actor_inside(name)}"
        case "stake":
            return f"stake “{names.owned(name)}”"
        case "event":
            return f"event “{names.event(name)}”"
        case "words":
            return "table of words"
    return kind if kind in ("correlations", "evidence") else f"{kind} {spaced(name)}"


def answer_said(query: Expression, mean: float | None) -> str:
    """Return a mean with its unit; a truth as the share of worlds in which it holds."""
    return said(mean, unit_told(query))


def moved(query: Expression, value: float | None) -> str:
    """Return a signed difference of means."""
    return moved_said(value, unit_told(query))
