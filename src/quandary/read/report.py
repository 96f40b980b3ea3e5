"""What ``quandary read`` prints: who says what, what happened, what the draft still lacks."""

from __future__ import annotations

from pathlib import Path

from quandary.base.characters import one_line
from quandary.base.problems import counted
from quandary.case.draft import Draft, OpenPoint
from quandary.read.records import ArticleReading, ArticleStatement
from quandary.read.words.cues import disowned

_WIDTH = 96
_ACTORS = 12
FIRST = 6
"""So many of the open points are named."""


def summary(reading: ArticleReading, draft: Draft, case: Path | None, source: str) -> str:
    """Return the reading for people: one line a statement, then the events, the actors and what is next."""
    article = reading.article
    when = article.published.isoformat() if article.published else "no date found"
    lines = [
        f"{article.title or 'No title'}",
        f"  {article.author or 'no author named'}, {when}; read with {reading.model or reading.extractor}",
        "",
    ]
    told = reading.statements or reading.author_claims
    lines.append(
        f"{counted(len(reading.statements), 'statement')} by others, "
        f"{counted(len(reading.author_claims), 'claim')} of the author's own{':' if told else '.'}"
    )
    lines += [_statement(s) for s in reading.statements]
    lines += [f"  {'the author':<27} {c.kind:<12} {_short(c.passage.text)}" for c in reading.author_claims]
    if reading.events:
        lines += ["", f"{counted(len(reading.events), 'event')}:"]
        for event in reading.events:
            day = event.on.isoformat() if event.on else "no day"
            claimed = f" (says {event.attributed_to})" if event.attributed_to else ""
            lines.append(f"  {day:<12}{event.plover:<11}{event.actor or '-'} -> {event.target or '-'}{claimed}")
    if reading.actors:
        names = [a.name for a in reading.actors]
        if len(names) > _ACTORS + 1:
            names[_ACTORS:] = [f"and {len(names) - _ACTORS} more"]
        lines += ["", f"{counted(len(reading.actors), 'actor')}: {', '.join(names)}"]
    silent = [item for item in reading.not_placed if item.start is not None]
    if silent:
        lines += ["", f"{counted(len(silent), 'sentence')} in which nothing was found:"]
        lines += [f"  {_short(item.text)}" for item in silent]
    dropped = [item for item in reading.not_placed if item.start is None]
    if dropped and reading.drafted is None:  # else they are among the draft's notes
        lines += ["", f"{counted(len(dropped), 'part')} of the answer that cannot be used:"]
        lines += [f"  {_short(item.text)}: {item.reason}" for item in dropped]
    for remark in dict.fromkeys((*draft.notes, *reading.notes)):
        lines.append(f"  note: {remark}")
    return "\n".join(map(one_line, [*lines, "", *_next(draft, case, source)]))


def _statement(s: ArticleStatement) -> str:
    hedge = ""
    if disowned(s):
        hedge = f"  [not held by the speaker: {s.cue}]"
    elif s.hedge is not None and s.hedge.range is not None:
        hedge = f"  [{s.hedge.passage.text}: {s.hedge.range.low:.0%} to {s.hedge.range.high:.0%}]"
    elif s.hedge is not None and s.hedge.direction is not None:
        hedge = f"  [{s.hedge.passage.text}: {s.hedge.direction.sign} it]"
    return f"  {s.speaker[:26]:<27} {s.kind:<12} {_short(s.passage.text)}{hedge}"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _WIDTH else plain[: _WIDTH - 3].rsplit(" ", 1)[0] + " ..."


def _next(draft: Draft, case: Path | None, source: str) -> list[str]:
    if case is None:
        return ["To draft a case from it: add -o FOLDER (and --review to go through the proposals one by one)."]
    folder = case.parent
    return [
        f"Wrote {case}: {counted(len(draft.proposals), 'proposal')}, {counted(draft.gaps(), 'gap')} to fill.",
        f"    quandary check {case} --text {folder / 'article.txt'}      what is still open",
        *(["Most worth filling in first:", *map(_to_fill, draft.open[:FIRST])] if draft.open else []),
    ]


def _to_fill(point: OpenPoint) -> str:
    what = f"the odds of {point.name}" if point.kind == "odds" else f"what {point.name} wants (its stakes)"
    rests = f": {counted(point.tests, 'test')} rest{'s' if point.tests == 1 else ''} on it" if point.tests else ""
    return f"    {what}{rests}"
