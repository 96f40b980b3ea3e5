"""What changes in a case of version 1, in words: its queries in both senses, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence

from quandary.ask.changes.rereading import Rereading, Sense
from quandary.base.problems import clause, counted
from quandary.case.migration import WrittenQuery
from quandary.case.model import VERSION, Case
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.claims import EDGES, VERDICTS, few_said
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.questions import asides_said
from quandary.report.words.units import said, unit_of
from quandary.report.words.wording import UNDEFINED, percent

SENSES = (
    "In version 1, do(x = v) meant that everybody had known of x = v before anyone moved. Now it asks what follows "
    "when x = v happens and nobody foresaw it; the old sense is written do_foreseen(x = v)."
)
EVIDENCE = (
    "In version 1, a check was asked without the case's evidence unless it said so. Now it is asked with it, like "
    "everything else; the old sense is written evidence: false."
)

SAME = "no verdict changes, no answer to a question or check, and no check meets its range in one sense only."


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
    told = SAME if not changes else f"{counted(changes, 'answer')} would change."
    yield Paragraph(f"{asked} a new sense; {told}", tone="strong")
    yield Paragraph()
    if any(one.query.says_do for one in found):
        yield Paragraph(SENSES)
    if any(one.query.evidence_path is not None for one in found):
        yield Paragraph(EVIDENCE)
    yield Paragraph()
    shown = sorted(found, key=lambda one: not one.differs)
    yield from map(Paragraph, _asides(case, shown))
    rows = tuple(
        (f"{one.query.kind} {one.query.name}", _said(one, one.now), _said(one, one.meant), _fate(one, kept))
        for one in shown
    )
    flagged = frozenset(number for number, one in enumerate(shown) if one.differs)
    yield Sheet("", ("what is asked", "now", "as it was meant", "so"), rows, flagged)
    if any(one.now.verdict is not None for one in found):
        yield Paragraph("Beside a verdict stands the share of worlds in which the reading holds.", tone="aside")
    for one in shown:
        for sense in (one.now, one.meant):
            if sense.answer.mean is None and sense.reason is not None:
                yield Paragraph(f"{one.query.name}: {clause(sense.reason)}.", indent=2)
                break


def _asides(case: Case, found: Sequence[Rereading]) -> Iterator[str]:
    """Yield about which worlds the queries ask in either sense, where their interventions set evidence aside."""
    for sense, told in (("now", [one.now for one in found]), ("as it was meant", [one.meant for one in found])):
        asked = [
            (f"{one.query.kind} {one.query.name}", said.answer.aside) for one, said in zip(found, told, strict=True)
        ]
        yield from (f"{sense[0].upper()}{sense[1:]}: {line}" for line in asides_said(CaseNames(case), asked))


def next_steps(case: Case, found: Sequence[Rereading], wanted: Sequence[str], named: str) -> Iterator[str]:
    """Yield the commands that come next, where nothing was written; ``wanted`` is what was to keep its old sense."""
    if case.version >= VERSION:
        return
    command = f"quandary migrate {shlex.quote(named)}"
    yield "Nothing was written."
    if wanted:
        options = " ".join(f"--keep-old {shlex.quote(name)}" for name in wanted)
        yield f"    {command} {options} --write    writes this change"
        return
    yield f"    {command} --write    takes everything as it is read now"
    if any(one.differs for one in found):
        yield f"    {command} --keep-old changed    keeps the old sense where the answer would change"


def _fate(one: Rereading, kept: Collection[WrittenQuery]) -> str:
    if one.query in kept:
        return "kept"
    if one.is_lost:
        return "cannot be kept"
    if not one.differs and one.now.meets is not None and _said(one, one.now) != _said(one, one.meant):
        return "still meets it" if one.now.meets else "still misses it"
    return "changes" if one.differs else "same"


def _said(one: Rereading, sense: Sense) -> str:
    """Return what a query says in one sense: a verdict with its share of worlds, or a mean answer."""
    if sense.verdict is not None:
        told = VERDICTS[sense.verdict] + (f", on the edge of {EDGES[sense.edge]}" if sense.edge is not None else "")
        told += "".join(f", {few}" for few in few_said(sense.few_worlds, sense.few_edge))
        return told if sense.share is None else f"{told}, {percent(sense.share.share)}"
    answer = sense.answer
    if answer.mean is None:
        return UNDEFINED
    told = said(answer.mean, unit_of(one.query.query))
    return told if sense.meets is None else f"{told}, {'meets' if sense.meets else 'misses'} its range"
