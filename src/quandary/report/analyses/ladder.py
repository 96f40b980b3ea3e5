"""A claim's ladder in words, one row a specification; and whether an answer depends on how options are listed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress

from quandary.ask.changes.clones import CloneMove, Clones
from quandary.ask.changes.ladder import Ladder, LadderRow, LadderRung
from quandary.ask.claims.headline import Headline
from quandary.ask.query.combining import comparison_of
from quandary.ask.results import Verdict
from quandary.base.problems import clause, counted
from quandary.case.model import Channel
from quandary.language.heads import Unit
from quandary.language.syntax import Compare
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.claims import VERDICTS, verdict_label, verdict_said
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.questions import aside_of, asides_said
from quandary.report.words.units import said, shift, unit_of, unit_told, unit_words
from quandary.report.words.wording import listing, of_worlds

MOST_NAMED = 3

LADDERS = "What each unsettled claim hangs on"
"""The heading of the ladders in a report."""


def ladder_parts(names: CaseNames, ladder: Ladder, *, titled: bool = True) -> Iterator[ReportPart]:
    """Yield the claim, one sentence, the table, what the channels say, and how it was made."""
    if titled:
        yield Paragraph(title(names, ladder), tone="title")
    yield from map(Paragraph, asides(names, ladder))
    yield Paragraph(sentence(names, ladder), tone="strong")
    yield Paragraph()
    yield ladder_sheet(names, ladder)
    yield from (Paragraph(line, tone="aside") for line in _channel_lines(names, ladder))
    for row in ladder.rows:
        if row.result is None and row.why_not is not None:
            why = clause(names.remark(row.why_not))
            yield Paragraph(f"No answer: {row_said(names, ladder, row)}: {why}.", tone="aside")
    if not ladder.complete:
        yield Paragraph("Interrupted: not every row was solved.")
    yield Paragraph(_footer(ladder), tone="aside")


def title(names: CaseNames, ladder: Ladder) -> str:
    """Return the claim's words, with its speaker and, where there are several, the reading's name."""
    reading = f", reading “{names.reading(ladder.claim, ladder.reading)}”" if len(ladder.claim.tests) > 1 else ""
    return f"“{ladder.claim.quote}” ({ladder.claim.speaker}){reading}"


def asides(names: CaseNames, ladder: Ladder) -> list[str]:
    """Return about which world the rows ask, and those that ask about another one."""
    stands = ladder.stands.result
    common = () if stands is None else stands.aside
    others = [(row_said(names, ladder, row), row.result.aside) for row in ladder.rows if row.result is not None]
    first = [aside_of(names, common)] if common else []
    return first + asides_said(names, [(name, aside) for name, aside in others if set(aside) != set(common)])


def sentence(names: CaseNames, ladder: Ladder) -> str:
    """Return the verdict as the case stands, and the rows in which it is another one."""
    stands = ladder.stands.result
    if stands is None or stands.share is None:
        return "As the case stands it has no answer."
    first = f"As the case stands: {verdict_said(stands)}, in {of_worlds(stands.share.share)}"
    others = [row for row in ladder.rows if row.result is not None and row.result.verdict is not stands.verdict]
    if not others:
        return f"{first}; the same verdict in every row."
    named = [
        f"{row_said(names, ladder, row)} ({verdict_label(row.result)})" for row in others[:MOST_NAMED] if row.result
    ]
    more = f" and {counted(len(others) - MOST_NAMED, 'more row')}" if len(others) > MOST_NAMED else ""
    return f"{first}. Another verdict: {listing(named) if not more else '; '.join(named) + more}."


def ladder_sheet(names: CaseNames, ladder: Ladder) -> Sheet:
    """Return one row for each specification: share of worlds, verdict, change, mean difference."""
    asked = _query(ladder, ladder.stands)
    unit = Unit.NUMBER if asked is None else unit_of(asked)
    stands = ladder.stands.result
    rows = tuple((row_said(names, ladder, row), *_cells(ladder, row, unit)) for row in ladder.rows)
    flagged = frozenset(
        number
        for number, row in enumerate(ladder.rows)
        if row.result is not None and stands is not None and row.result.verdict is not stands.verdict
    )
    kept = [True, True, True, True, any(row[-1] for row in rows)]
    columns = ("", "of worlds", "verdict", "change", "difference")
    return Sheet(
        "",
        tuple(compress(columns, kept)),
        tuple(tuple(compress(row, kept)) for row in rows),
        flagged,
        frozenset({1, 3, 4} if kept[-1] else {1, 3}),
    )


def row_said(names: CaseNames, ladder: Ladder, row: LadderRow) -> str:
    """Return a specification in words."""
    match row.rung:
        case LadderRung.OWN:
            return "the author's channels only" if ladder.own else "none of the channels"
        case LadderRung.RIVAL:
            return (
                f"the author's and “{_channel(names, row.name)}”"
                if ladder.own
                else f"“{_channel(names, row.name)}” alone"
            )
        case LadderRung.ALL:
            return "all channels, as the case stands" if ladder.rivals else "as the case stands"
        case LadderRung.EVEN:
            return "nothing usual: even where worth is even"
        case LadderRung.BEST_REPLY:
            return "everybody chooses what is best"
        case LadderRung.NO_RATIONALITY:
            return "nobody minds what is best"
        case LadderRung.READING:
            return f"the reading “{names.reading(ladder.claim, row.name)}”"
        case LadderRung.FORM:
            return f"had {'everybody' if row.name == 'do_foreseen' else 'nobody'} foreseen it"
        case LadderRung.WIDE:
            return "all ranges 1.5 times as wide"


def _cells(ladder: Ladder, row: LadderRow, unit: Unit) -> tuple[str, str, str, str]:
    result = row.result
    if result is None or result.share is None:
        return "", VERDICTS[Verdict.NOT_TESTABLE], "", ""
    share = result.share
    change = "" if row.change is None else shift(row.change, Unit.WORLDS)
    holds = f"{100 * share.share:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})"
    return holds, verdict_label(result), change, _difference(ladder, row, unit)


def _difference(ladder: Ladder, row: LadderRow, unit: Unit) -> str:
    """Return by how much the two sides of one comparison differ on average, in the unit of the column."""
    query = _query(ladder, row)
    if row.result is None or row.result.effect is None or query is None or unit_of(query) is not unit:
        return ""
    return shift(row.result.effect.mean, unit)


def _query(ladder: Ladder, row: LadderRow) -> Compare | None:
    """Return the comparison that a row is about, ``None`` where it joins several."""
    wanted = row.name if row.rung is LadderRung.READING else ladder.reading
    asked = next((test.query for test in ladder.claim.tests if test.name == wanted), None)
    return None if asked is None else comparison_of(asked)


def _channel_lines(names: CaseNames, ladder: Ladder) -> Iterator[str]:
    if ladder.own and ladder.rivals:
        yield f"{ladder.claim.speaker} names {'; '.join(_says(names, one) for one in ladder.own)}."
    if ladder.rivals:
        told = "; ".join(f"{_says(names, one)}{_voiced(names, one)}" for one in ladder.rivals)
        yield f"Rivals: {told}."


def _says(names: CaseNames, channel: Channel) -> str:
    return f"“{_channel(names, channel.id)}”"


def _channel(names: CaseNames, channel: str) -> str:
    """Return what a channel says, or its name."""
    return names.marked(clause(names.channel(channel)), channel)


def _voiced(names: CaseNames, channel: Channel) -> str:
    source = names.case.sources.get(channel.voiced_by or "")
    if channel.voiced_by is None:
        return ""
    return f" ({channel.voiced_by if source is None else source.author or source.publisher or source.title})"


def _difference_said(ladder: Ladder) -> str:
    query = _query(ladder, ladder.stands)
    if query is None:
        return ""
    return f"Difference: left minus right side, on average{unit_words(unit_of(query), ', in ')}. "


def _footer(ladder: Ladder) -> str:
    lost = max((row.impossible for row in ladder.rows), default=0)
    told = f" With wider ranges {counted(lost, 'world')} would be impossible and count nowhere." if lost else ""
    best = "What is best: an option better by one point of worth is chosen 20 times as often. "
    return (
        f"{counted(ladder.worlds, 'world')}, seed {ladder.seed}, the same in every row; each row differs from the case "
        f"in this one thing. Change: of the share of worlds, in percentage points. {_difference_said(ladder)}{best}"
        f"Least and most within the ranges were not searched.{told}"
    )


def clones_said(names: CaseNames, found: Clones, headline: Headline) -> str:
    """Return whether listing an option twice would move the answer, and to what."""
    if not found.depends:
        return (
            "Listing any one option twice moves the answer by 3 percentage points at most, so it hardly depends on how "
            "finely options are told apart."
        )
    unit = unit_told(headline.query)
    told = listing([_listed_twice(names, move, unit) for move in found.depends[:MOST_NAMED]])
    stands = said(found.before, unit)
    return (
        f"The answer depends on how the options were listed: it would be {told}, instead of {stands}. "
        "What is usual at a decision says how it divides where all options are worth the same."
    )


def _listed_twice(names: CaseNames, move: CloneMove, unit: Unit) -> str:
    where = names.variable_inside(move.decision)
    return f"{said(move.mean, unit)} if “{names.state(move.decision, move.option)}” ({where}) stood there twice"
