"""What changes in a case of version 1, in words: its queries in both senses, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence

from quandary.ask.claims.rereading import Rereading, Sense
from quandary.base.problems import clause, counted
from quandary.case.migration import WrittenQuery
from quandary.case.model import VERSION, Case
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.claims import VERDICTS
from quandary.report.words.units import said, said_interval, unit_of
from quandary.report.words.wording import UNDEFINED, percent

SENSES = (
    "In version 1, do(x = v) meant that everybody had known of x = v before anyone moved. Now it asks what follows "
    "when x = v happens and nobody foresaw it; the old sense is written do_foreseen(x = v)."
)
EVIDENCE = (
    "In version 1, a check was asked without the case's evidence unless it said so. Now it is asked with it, like "
    "everything else; the old sense is written evidence: false."
)


def senses_parts(case: Case, found: Sequence[Rereading], kept: Collection[WrittenQuery]) -> Iterator[ReportPart]:
    """Yield what the two senses are, and what each query says in both."""
    if case.version >= VERSION:
        yield Paragraph(
            f"This case is of version {case.version}: it means what it says, and nothing changes.", "strong"
        )
        return
    if not found:
        yield Paragraph("Everything that this case asks means the same as before.", tone="strong")
        return
    changes = sum(one.differs for one in found)
    asked = counted(len(found), "query has", "queries have")
    told = "every one of them says the same in both." if not changes else f"{counted(changes, 'answer')} would change."
    yield Paragraph(f"{asked} a new sense; {told}", tone="strong")
    yield Paragraph()
    if any(one.query.says_do for one in found):
        yield Paragraph(SENSES)
    if any(one.query.evidence_path is not None for one in found):
        yield Paragraph(EVIDENCE)
    yield Paragraph()
    rows = tuple(
        (f"{one.query.kind} {one.query.name}", _said(one, one.now), _said(one, one.meant), _fate(one, kept))
        for one in found
    )
    flagged = frozenset(number for number, one in enumerate(found) if one.differs)
    yield Sheet("", ("what is asked", "as it is read now", "as it was meant", "so"), rows, flagged)
    for one in found:
        for sense in (one.now, one.meant):
            if sense.answer.mean is None and sense.reason is not None:
                yield Paragraph(f"{one.query.name}: {clause(sense.reason)}.", indent=2)
                break


def next_steps(case: Case, found: Sequence[Rereading], kept: Collection[WrittenQuery], named: str) -> Iterator[str]:
    """Yield the commands that come next, where nothing was written."""
    if case.version >= VERSION:
        return
    command = f"quandary migrate {shlex.quote(named)}"
    yield "Nothing was written."
    if kept:
        options = " ".join(f"--keep-old {shlex.quote(name_of(query, found))}" for query in kept)
        yield f"    {command} {options} --write    writes this change"
        return
    yield f"    {command} --write    takes everything as it is read now"
    if any(one.differs for one in found):
        yield f"    {command} --keep-old changed    keeps the old sense where the answer would change"


def name_of(query: WrittenQuery, found: Sequence[Rereading]) -> str:
    """Return a name that means this query alone."""
    alone = sum(query.name in (one.query.id, one.query.name) for one in found) == 1
    return query.name if alone and query.name not in ("all", "changed") else f"{query.kind}:{query.name}"


def _fate(one: Rereading, kept: Collection[WrittenQuery]) -> str:
    if one.query in kept:
        return "keeps its old sense"
    return "changes" if one.differs else "stays"


def _said(one: Rereading, sense: Sense) -> str:
    """Return what a query says in one sense: a verdict with its share of worlds, or an answer with its interval."""
    if sense.verdict is not None:
        told = VERDICTS[sense.verdict]
        return told if sense.share is None else f"{told}, in {percent(sense.share.share)} of worlds"
    answer = sense.answer
    if answer.mean is None:
        return UNDEFINED
    unit = unit_of(one.query.query)
    told = said(answer.mean, unit)
    if answer.low is not None:
        told += f" ({said_interval(answer.low, answer.high, unit)})"
    return told if sense.meets is None else f"{told}, {'meets' if sense.meets else 'misses'} its range"
