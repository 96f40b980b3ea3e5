"""A claim's ladder in words, one row a specification; and whether an answer depends on how options are listed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress

from quandary.ask.answer import Answer
from quandary.ask.changes.clones import CloneMove, Clones
from quandary.ask.changes.ladder import Ladder, LadderRow, LadderRung
from quandary.ask.query.combining import comparison_of
from quandary.ask.results import Verdict
from quandary.ask.turning.headline import Headline
from quandary.base.problems import clause, counted
from quandary.case.model import Channel
from quandary.language.heads import Unit
from quandary.language.syntax import Compare
from quandary.report.sheets import Paragraph, ReportPart, Sheet, Strip, StripSpan
from quandary.report.words.claims import VERDICTS, verdict_label, verdict_said
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.questions import aside_of, asides_said
from quandary.report.words.rests import Rests
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
    yield from (Paragraph(line) for line in turning_lines(names, ladder))
    yield from (Paragraph(line, tone="aside") for line in _channel_lines(names, ladder))
    for row in ladder.rows:
        if row.result is None and row.why_not is not None:
            why = clause(names.remark(row.why_not))
            yield Paragraph(f"No answer: {row_said(names, ladder, row)}: {why}.", tone="aside")
    if not ladder.complete:
        yield Paragraph("Interrupted: not every row was solved.")
    yield Paragraph(ladder_footer(ladder), tone="aside")


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
    kept = [True, True, True, True, any(row[-2] for row in rows), any(row[-1] for row in rows)]
    columns = ("", "of worlds", "verdict", "change", "difference", "ranges allow")
    return Sheet(
        "",
        tuple(compress(columns, kept)),
        tuple(tuple(compress(row, kept)) for row in rows),
        flagged,
        frozenset(range(1, sum(kept))) - {2},
        strip=None if unit is Unit.NUMBER else _strip(names, ladder, unit),
    )


HEADINGS = {
    LadderRung.OWN: "What the author names",
    LadderRung.RIVAL: "One rival reason added",
    LadderRung.ALL: "All that is said",
    LadderRung.READING: "Read otherwise",
    LadderRung.FORM: "Read otherwise",
    LadderRung.WIDE: "With wider ranges",
}
"""What stands over rows; over all others that choices are made otherwise."""


def _strip(names: CaseNames, ladder: Ladder, unit: Unit) -> Strip:
    """Return the rows drawn on one axis: the range and the middle of the difference, the verdict, the share."""
    spans = []
    for row in ladder.rows:
        effect = row.result.effect if row.result is not None and _difference(ladder, row, unit) else None
        times = 100.0 if unit.in_hundred else 1.0
        low, middle, high = (None if effect is None or end is None else times * end for end in _ends(effect))
        result = row.result
        share = None if result is None else result.share
        spans.append(
            StripSpan(
                heading=HEADINGS.get(row.rung, "Leaders choose otherwise"),
                label=row_said(names, ladder, row),
                middle=middle,
                low=low,
                high=high,
                mark=(Verdict.NOT_TESTABLE if result is None else result.verdict).value,
                told="–" if share is None else f"{100 * share.share:.0f}",
                beside=allowed_said(ladder, row, unit),
            )
        )
    below, above = ("worth less", "worth more") if unit is Unit.POINTS else ("less likely", "likelier")
    return Strip(below, above, "of 100", "ranges allow", tuple(spans))


def _ends(effect: Answer | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if effect is None else (effect.low, effect.mean, effect.high)


def turning_lines(names: CaseNames, ladder: Ladder) -> Iterator[str]:
    """Yield the break-even of the case as it stands, and the rival reason that speaks most for the opposite."""
    if ladder.rests_on is not None:
        told = "; ".join(Rests(names, ladder.numbers, ladder.rests_on).said())
        yield f"Break-even: it {told}."
    if opposite := opposite_said(names, ladder):
        yield f"Opposite: {opposite}."


def opposite_said(names: CaseNames, ladder: Ladder) -> str:
    """Return the rival reason that speaks most for the opposite, with who voiced it; empty where none does."""
    return "" if ladder.opposite is None else voiced_said(names, ladder.opposite)


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


def _cells(ladder: Ladder, row: LadderRow, unit: Unit) -> tuple[str, str, str, str, str]:
    result = row.result
    if result is None or result.share is None:
        return "", VERDICTS[Verdict.NOT_TESTABLE], "", "", ""
    share = result.share
    change = "" if row.change is None else shift(row.change, Unit.WORLDS)
    holds = f"{100 * share.share:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})"
    return holds, verdict_label(result), change, _difference(ladder, row, unit), allowed_said(ladder, row, unit)


def allowed_said(ladder: Ladder, row: LadderRow, unit: Unit) -> str:
    """Return the least and the most that the ranges allow the difference to be; empty where that is not known."""
    if row.bounds is None or not _difference(ladder, row, unit):
        return ""
    low, high = (shift(end, unit) for end in (row.bounds.low, row.bounds.high))
    return f"always {low}" if low == high else f"{low} to {high}"


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
        yield f"{ladder.claim.speaker} names {'; '.join(channel_said(names, one) for one in ladder.own)}."
    if ladder.rivals:
        yield f"Rivals: {'; '.join(voiced_said(names, one) for one in ladder.rivals)}."


def voiced_said(names: CaseNames, channel: Channel) -> str:
    """Return what a channel says, and who voiced it."""
    return f"{channel_said(names, channel)}{_voiced(names, channel)}"


def channel_said(names: CaseNames, channel: Channel) -> str:
    """Return what a channel says, in quotation marks."""
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
    unit = unit_words(unit_of(query), ", in ")
    return f"Difference: left minus right side{unit}; its mean and, where it is drawn, nine worlds in ten. "


def ladder_footer(ladder: Ladder) -> str:
    """Return how a ladder was made."""
    lost = max((row.impossible for row in ladder.rows), default=0)
    told = f" With wider ranges {counted(lost, 'world')} would be impossible and count nowhere." if lost else ""
    best = "What is best: an option better by one point of worth is chosen 20 times as often. "
    return (
        f"{counted(ladder.worlds, 'world')}, seed {ladder.seed}, the same in every row; each row differs from the case "
        f"in this one thing. A change, where one is listed, is that of the share of worlds, in "
        f"percentage points. {_difference_said(ladder)}{best}"
        f"Ranges allow: least and most of the difference that a search found, which may not be all.{told}"
    )


def clones_said(names: CaseNames, found: Clones, headline: Headline) -> str:
    """Return whether listing an option twice would move the answer, and to what, and what counting options gives.

    Empty for an answer that no choice moves.
    """
    unit = unit_told(headline.query)
    if not found.moves_it:
        return ""
    if found.depends:
        told = listing([_listed_twice(names, move, unit) for move in found.depends[:MOST_NAMED]])
        first = (
            f"The answer depends on how the options were listed: it would be {told}, instead of "
            f"{said(found.before, unit)}. What is usual at a decision says how it divides where all options are worth "
            "the same."
        )
    else:
        first = (
            "Listing any one option twice moves the answer by 3 percentage points at most, so it hardly depends on how "
            "finely options are told apart."
        )
    return f"{first}{_counted_said(found, unit)}"


def _counted_said(found: Clones, unit: Unit) -> str:
    if found.counted is None:
        return ""
    told = f" If nobody minded what is best, options would only be counted, and it would be {said(found.counted, unit)}"
    return f"{told}: that is near the answer." if found.near_counted else f"{told}."


def _listed_twice(names: CaseNames, move: CloneMove, unit: Unit) -> str:
    where = names.variable_inside(move.decision)
    return f"{said(move.mean, unit)} if “{names.state(move.decision, move.option)}” ({where}) stood there twice"
