"""The first screen of a run on a terminal: what was asked, what came out, how sure, and what it hangs on."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from quandary.base.problems import counted
from quandary.case.logic.conditions import states_of
from quandary.language.printing import written
from quandary.report.media.columns import FIXED
from quandary.report.media.marks import VERDICT_MARKS
from quandary.report.media.quotes import cut_quote
from quandary.report.words.claim_rows import ClaimRow, ClaimTable, Fold, is_contested, needs_no_test
from quandary.report.words.record import Report
from quandary.report.words.screen import HangsRow, Screen, StripKind, StripRow

STRIP_SIGNS: dict[StripKind, str] = {"inside": "●", "class": "◆", "crowd": "○", "pool": "▮"}

AXES = (49, 41, 33, 25)
"""Columns of the strip, the widest that leaves room for what is said beside it; quarters fall on whole columns."""

LABEL, FIGURE = 11, 9
"""Columns of a row's name, and of its probability."""

NARROW = 62
"""Columns below which a row of the strip is a sentence and claims are paragraphs."""

MOST_LINES = 10
"""Lines of claims beyond which quotes are cut, the longest first."""

BUILT_IN = "built into the case"
"""Of what a case says already: a reading that restates a line, or that comes out alike whatever the ranges allow."""

EVERY_LINE = 10_000
"""Room for the claims of a screen that cuts none."""

WIDE, SCREEN_LINES, NEXT_LINES = 100, 34, 3
"""From so many columns the whole has so many lines at most: of more, the last claims are only counted. Its last part
are commands."""


@dataclass(frozen=True)
class ClaimColumns:
    """How wide the columns of claims are: verdict, speaker, share, all."""

    verdict: int
    speaker: int
    told: int
    all: int


def screen_lines(screen: Screen, width: int) -> Iterator[Text]:
    """Yield the first screen down to its checks, for so many columns; parts that a case lacks have no line at all."""
    strip, hangs, closing = (list(part(screen, width)) for part in (_strip, _resting, _closing))
    title = _ends(Text(screen.title, style="bold"), Text(screen.as_of, style="dim"), width)
    head = [Text("─" * width, style="dim"), *title, *_answer(screen, width)]
    others = len(head) + sum(len(part) + 1 for part in (strip, hangs, closing) if part)
    claims = list(_claims(screen, width, SCREEN_LINES - NEXT_LINES - others - 1))
    yield from head
    for lines in (strip, hangs, claims, closing):
        if lines:
            yield Text()
            yield from lines


def draft_lines(screen: Screen, width: int) -> Iterator[Text]:
    """Yield how the headline and every claim of a draft stand before any number is known."""
    yield Text("─" * width, style="dim")
    yield from _ends(Text("A first answer, before any number is known", style="bold"), Text(screen.made, "dim"), width)
    yield from _answer(screen, width)
    claims = list(_claims(screen, width, EVERY_LINE))
    for lines in (claims, list(_closing(screen, width))):
        if lines:
            yield Text()
            yield from lines


def next_lines(report: Report, *, everything: bool) -> list[str]:
    """Return three commands to go on with: one on what is contested or asked, one on what is weak, one for the rest."""
    named = shlex.quote(report.named)
    tests = ((claim.claim.id, test) for claim in report.findings.claims for test in claim.tests)
    leaning = dict.fromkeys(claim for claim, test in tests if is_contested(test) and not needs_no_test(test))
    argued = {claim for channel in report.case.channels.values() for claim in channel.claims}  # rivals are named there
    contested = sorted(leaning, key=lambda claim: claim not in argued)
    query = None if report.leading is None else shlex.quote(written(report.leading))
    lines = [f"quandary show {named} --stage relevance"]
    if query is not None:
        lines = [f"quandary ladder {named} {contested[0]}" if contested else f"quandary flips {named} {query}"]
    if report.findings.unknowns is not None and report.findings.unknowns.things:
        lines = [f"quandary elicit {named}"]
        if everything:
            return [*lines, f"quandary critique {named}", f"quandary next {named}"]
    rest = f"quandary run {named} --all" if not everything else f"quandary why {named} {query or _last_state(report)}"
    return [*lines, f"quandary critique {named}", rest]


def _last_state(report: Report) -> str:
    """Return the name of something that can be asked why: the last variable of the story in its first state."""
    item = report.case.story[-1]
    return shlex.quote(f"{item.id}={states_of(item)[0]}")


def _answer(screen: Screen, width: int) -> Iterator[Text]:
    if screen.unknowns:
        yield from _folded(screen.unknowns, width)
    if screen.question:
        yield from _folded(screen.question, width, style="bold")
    if screen.aside:
        yield from _folded(screen.aside, width, style="dim")
    if screen.answer:
        yield from _folded(screen.answer, width)
    for line in screen.beside:
        yield from _folded(line, width)


def _strip(screen: Screen, width: int) -> Iterator[Text]:
    rows = screen.strip
    if not rows:
        return
    beside = max(cell_len(row.note) for row in rows)
    room = width - 2 - LABEL - 2 - FIGURE - 2
    columns = next((axis for axis in AXES if axis + beside <= room), AXES[-1])
    if width < NARROW:
        for row in rows:
            yield from _folded(f"{row.label} {row.told}, {row.note}", width, indent=2)
    else:
        yield Text(f"  {'':{LABEL}}{_scale(columns)}".rstrip(), style="dim")
        for row in rows:
            yield from _strip_row(row, columns, room - columns)
    if screen.strip_line:
        yield from _folded(screen.strip_line, width, indent=2)


def _strip_row(row: StripRow, columns: int, room: int) -> Iterator[Text]:
    said = wrapped(row.note, max(room, 10))
    yield Text(f"  {row.label:{LABEL}}{_dots(row, columns)}  {row.told:>{FIGURE}}  {said[0]}".rstrip())
    for more in said[1:]:
        yield Text(f"{'':{2 + LABEL + columns + 2 + FIGURE + 2}}{more}")


def _scale(columns: int) -> str:
    """Return the words over the strip, each centred on its place."""
    line = [" "] * (columns + 4)
    for place, word in ((0, "0 %"), (0.25, "25"), (0.5, "even"), (0.75, "75"), (1, "100 %")):
        at = max(0, round(place * (columns - 1)) - len(word) // 2)
        line[at : at + len(word)] = word
    return "".join(line)


def _dots(row: StripRow, columns: int) -> str:
    """Return a row of the strip: ticks at the quarters, a line for the range, a sign for the probability."""
    last = columns - 1
    line = [" "] * columns
    for tick in (0, last // 4, 3 * last // 4, last):
        line[tick] = "·"
    low, high = (None if end is None else round(end * last) for end in (row.low, row.high))
    if low is not None and high is not None:
        line[low : high + 1] = "━" * (high + 1 - low)
    line[last // 2] = "┿" if line[last // 2] == "━" else "│"
    for probability in row.several or (row.probability,):
        line[round(probability * last)] = STRIP_SIGNS[row.kind]
    return "".join(line)


def _resting(screen: Screen, width: int) -> Iterator[Text]:
    """Yield what the answer hangs on: numbers of the case, and how its options are listed."""
    yield from _hangs_on(screen, width)
    if screen.listed:
        yield from _folded(screen.listed, width)


def _hangs_on(screen: Screen, width: int) -> Iterator[Text]:
    if screen.hangs_line:
        yield from _folded(screen.hangs_line, width)
    if not screen.hangs_on:
        return
    least = max(len("if least"), *(cell_len(row.least) for row in screen.hangs_on))
    most = max(len("if most"), *(cell_len(row.most) for row in screen.hangs_on))
    room = width - 2 - 2 - least - 2 - most
    longest = max(cell_len(row.name) for row in screen.hangs_on)
    names = min(max(longest, len("It hangs on")), max(room, 16))
    head = f"{'It hangs on':{names + 2}}  {'if least':>{least}}  {'if most':>{most}}"
    yield Text(head, style="bold")
    for row in screen.hangs_on:
        yield from _hanging(row, names, (least, most))


def _hanging(row: HangsRow, names: int, ends: tuple[int, int]) -> Iterator[Text]:
    first, *more = wrapped(row.name, names)
    yield Text(f"  {first:{names}}  {row.least:>{ends[0]}}  {row.most:>{ends[1]}}")
    yield from (Text(f"    {line}") for line in more)


def _claims(screen: Screen, width: int, room: int) -> Iterator[Text]:
    """Yield the claims, in so many lines (``room``) if one claim and what is counted fit into them."""
    table = screen.claims
    if table is None:
        return
    head = Text(_counts(table), style="bold")
    told = max((len(row.told) for row in table.rows), default=0)
    if not told:
        yield head
    else:
        yield from _ends(head, Text("right in … of 100 worlds", style="dim"), width)
    rows, folds = _rows(table, told, width), list(_folds(table, width))
    while width >= WIDE and 1 + sum(map(len, rows)) + len(folds) > room and len({r.claim for r in table.rows}) > 1:
        table = _one_less(table)
        rows, folds = rows[: len(table.rows)], list(_folds(table, width))
    yield from (line for lines in rows for line in lines)
    yield from folds


def _one_less(table: ClaimTable) -> ClaimTable:
    """Return the table without its last claim, which is counted instead."""
    kept = tuple(row for row in table.rows if row.claim != table.rows[-1].claim)
    before = 0 if table.others is None else table.others.claims
    return replace(table, rows=kept, others=Fold(before + 1, "", ""))


def _rows(table: ClaimTable, told: int, width: int) -> list[list[Text]]:
    """Return each row of claims in lines; where these are many, quotes are cut, the longest first."""
    longest = max((cell_len(row.speaker) for row in table.rows), default=0)
    shape = ClaimColumns(
        max((len(row.verdict) for row in table.rows), default=0), min(longest, _speaking(table, width)), told, width
    )
    rows = [_claim(row, shape, whole=True) for row in table.rows]
    if width >= NARROW:
        for number in sorted(range(len(rows)), key=lambda i: -len(table.rows[i].quote)):
            if sum(map(len, rows)) <= MOST_LINES:
                break
            rows[number] = min(rows[number], _claim(table.rows[number], shape, whole=False), key=len)
    return rows


def _speaking(table: ClaimTable, width: int) -> int:
    """Return how wide the column of speakers may be: no word of a name is broken that fits into a third of all."""
    words = max((cell_len(word) for row in table.rows for word in row.speaker.split()), default=0)
    return max(width // 4, min(words, width // 3))


def _counts(table: ClaimTable) -> str:
    counts = ((table.tested, "tested"), (table.needless, BUILT_IN), (table.recorded, "recorded without a test"))
    parts = [(count, what) for count, what in counts if count]
    if len(parts) == 1:
        return f"{counted(parts[0][0], 'claim')} {parts[0][1]}"
    every = sum(count for count, _ in parts)
    return f"{counted(every, 'claim')}: {', '.join(f'{count} {what}' for count, what in parts)}"


def _claim(row: ClaimRow, shape: ClaimColumns, *, whole: bool) -> list[Text]:
    """Return a claim's row in lines; where the terminal is narrow, a paragraph."""
    sign, style = VERDICT_MARKS[row.mark]
    tail = "".join(f", {part}" for part in (row.reading_said, row.remark) if part)
    if shape.all < NARROW:
        first = Text(f"  {sign} {row.verdict}", style=style)
        first = Text.assemble(first, f" {row.told}" if row.told else "", "" if row.same else f"  {row.speaker}")
        return [first, *_folded(f"the same{tail}" if row.same else f"“{row.quote}”{tail}", shape.all, indent=4)]
    verdict = f"  {sign} {row.verdict:{shape.verdict}}"
    room = shape.all - cell_len(verdict) - 2 - shape.speaker - 2 - 2 - shape.told
    said = _quoted(row, tail, room, whole=whole)
    speakers = [] if row.same else wrapped(row.speaker, shape.speaker)
    lines = []
    for number, (line, speaker) in enumerate(zip_longest(said, speakers, fillvalue="")):
        begin = Text(verdict if not number else " " * cell_len(verdict), style=style)
        share = "" if number else row.told
        text = Text.assemble(begin, f"  {_filled(speaker, shape.speaker)}  {_filled(line, room)}  ")
        text.append(f"{share:>{shape.told}}")
        text.rstrip()
        lines.append(text)
    return lines


def _filled(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _quoted(row: ClaimRow, tail: str, room: int, *, whole: bool) -> list[str]:
    """Return a claim's words in lines; where not ``whole``, two lines of a long quote, if it can be cut there."""
    if row.same:
        return wrapped(f"the same{tail}", room)
    cut = None if whole else cut_quote(row.quote, 2 * room - 2 - cell_len(tail) - LOST)
    return wrapped(f"“{row.quote if cut is None else cut}”{tail}", room)


LOST = 12
"""Columns that the end of a line may lose to a long word."""


FOLDED = len("leans false")
"""Columns of a word before what is folded."""


def _folds(table: ClaimTable, width: int) -> Iterator[Text]:
    if table.others is not None:
        more = f"{table.others.claims} more that do not plainly hold: --all"
        yield from _hung(f"  … {'':{FOLDED}}  ", more, width)
    needless = _needless(table)
    if table.holds is not None:
        sign, style = VERDICT_MARKS["holds"]
        lead, said = f"  {sign} {'holds':{FOLDED}}  ", _holding(table, table.holds)
        if needless and cell_len(lead) + cell_len(said) + 4 + needless.cell_len <= width:
            yield Text.assemble(Text(lead, style=style), said, "    ", needless)
            return
        yield from _hung(lead, said, width, style)
    if needless:
        yield from _folded(needless.plain, width, indent=2)


def _holding(table: ClaimTable, fold: Fold) -> str:
    said = _more(fold) if table.rows else f"all {fold.claims}, {fold.spread}"
    notes = [f"{fold.hardly} by very little"] if fold.hardly else []
    notes += [f"{fold.edge} on the edge of being {BUILT_IN}"] if fold.edge else []
    return f"{said} ({', '.join(notes)})" if notes else said


def _needless(table: ClaimTable) -> Text:
    """Return that some claims need no test, after their sign; nothing where all do."""
    if not table.needless:
        return Text()
    sign, style = VERDICT_MARKS["restates"]
    return Text.assemble((sign, style), f" {table.needless} {BUILT_IN}: no test of it")


def _more(fold: Fold) -> str:
    return f"{fold.claims} more, {fold.spread}" if fold.spread else f"{fold.claims} more"


def _hung(lead: str, said: str, width: int, style: str = "") -> Iterator[Text]:
    """Yield a sentence after a lead, folded beside it."""
    lines = wrapped(said, max(width - cell_len(lead), 16))
    for number, line in enumerate(lines):
        yield Text.assemble(Text(lead if not number else " " * cell_len(lead), style=style), line)


def _closing(screen: Screen, width: int) -> Iterator[Text]:
    for line in screen.contradictions:
        yield from _folded(line, width)
    if screen.checks:
        yield from _folded(screen.checks, width)
    for limit in screen.limits:
        yield from _folded(limit, width, style="bold")


def beside(command: Text, made: Text, width: int) -> Text:
    """Return a command with how the run was made at the end of its line, or above it where both do not fit."""
    gap = width - command.cell_len - made.cell_len
    return Text.assemble(command, " " * gap, made) if gap >= 2 else Text.assemble(made, "\n", command)


def _ends(left: Text, right: Text, width: int) -> Iterator[Text]:
    """Yield one line with a text at either end, or two where they do not fit."""
    gap = width - left.cell_len - right.cell_len
    if gap >= 2:
        yield Text.assemble(left, " " * gap, right)
    else:
        yield from _folded(left.plain, width, style=str(left.style))
        yield from _folded(right.plain, width, style=str(right.style))


def _folded(text: str, width: int, *, indent: int = 0, style: str = "") -> Iterator[Text]:
    for line in wrapped(text, width - indent):
        yield Text(f"{'':{indent}}{line}", style=style)


def wrapped(text: str, width: int) -> list[str]:
    """Return text in lines of so many columns, at least one; a number stays with its unit."""
    kept = text.replace(" %", f"{FIXED}%")
    return [line.replace(FIXED, " ") for line in textwrap.wrap(kept, width, break_on_hyphens=False)] or [""]
