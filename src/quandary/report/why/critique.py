"""A critique in words: each item as one sentence with its numbers, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from math import isfinite

from quandary.ask.outside import OutsideFigure
from quandary.ask.why.critique.items import (
    AsksNothing,
    Carrying,
    CriticItem,
    Critique,
    Detail,
    FarFromOutside,
    Grade,
    HeadlineBounds,
    HowListed,
    IdleRanges,
    IdleVariables,
    LateSources,
    MissedCheck,
    NearCoinFlip,
    NearlyIndifferent,
    NotMetTogether,
    NumbersUnknown,
    OneSidedSource,
    Restating,
    StuckStake,
    UndatedSources,
    Unsourced,
    WithoutStake,
)
from quandary.ask.why.critique.ranges import FIXED_WORLDS
from quandary.base.problems import counted
from quandary.case.model import Source
from quandary.compile.numbers import UncertainNumber
from quandary.language.heads import Unit
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.contents import met_in_a_world, source_line
from quandary.report.words.method import coin_flip_said, nearly_indifferent_said
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.naming.numbers import value_said as quantity_said
from quandary.report.words.questions import check_title, question_title
from quandary.report.words.units import moved_said, said_interval, unit_told, with_interval
from quandary.report.words.units import said as value_said
from quandary.report.words.wording import (
    all_carrying,
    day,
    in_hundred_worlds,
    listing,
    of_worlds,
    percent,
    portion,
    worth_points,
)

TITLE = "What a critic would say"
"""The heading of a critique, in a report too."""

GRADES = {Grade.SERIOUS: "serious", Grade.KNOW: "know", Grade.NOTE: "note"}

MOST_NAMED = 4


@dataclass(frozen=True)
class ItemWords:
    """An item in words: one sentence, and what would mend it."""

    said: str
    do: str


def critique_parts(names: CaseNames, found: Critique) -> Iterator[ReportPart]:
    """Yield how many items there are, each with what would mend it, and what was looked for in vain."""
    yield Paragraph(f"{TITLE}, worst first: {counts_said(found)}", tone="title")
    if found.items:
        yield Paragraph()
        yield critique_sheet(names, found)
        yield Paragraph()
    yield from (Paragraph(line, tone="aside") for line in closing_lines(found))


def critique_sheet(names: CaseNames, found: Critique) -> Sheet:
    """Return each item and what would mend it; what is serious is set apart."""
    rows: list[tuple[str, str]] = []
    serious = set()
    for item in found.items:
        words = item_words(names, found, item)
        serious |= {len(rows)} if item.grade is Grade.SERIOUS else set()
        rows += [(GRADES[item.grade], words.said), ("", f"Do: {words.do}")]
    return Sheet("", ("", "What, and what would mend it"), tuple(rows), frozenset(serious), close=True)


def counts_said(found: Critique) -> str:
    """Return how many items of each grade there are, as a sentence."""
    serious, know, notes = (len(found.of(grade)) for grade in Grade)
    if not found.items:
        return "nothing was found."
    return f"{serious} serious, {know} to know, {counted(notes, 'note')}."


def closing_lines(found: Critique) -> Iterator[str]:
    """Yield what holds of the numbers, how it was looked for, and whether all of it was."""
    if found.total and found.sourced == found.total:
        yield f"{all_carrying(found.total)}. Nothing else was found."
    else:
        yield "Nothing else was found."
    if not found.complete:
        yield "Interrupted: not everything was looked at."
    anew = counted(found.searched, "world")
    fixed = min(found.searched, FIXED_WORLDS)
    yield (
        f"Options listed twice and bounds were looked at in {anew}, ranges at their medians in {fixed}; all else in "
        "those of the run. A critic sees what the case writes, not what it leaves out."
    )


def item_words(names: CaseNames, found: Critique, item: CriticItem) -> ItemWords:
    """Return an item of a critique in words."""
    unit = Unit.SHARE if found.headline is None else unit_told(found.headline)
    return ItemWords(*Wording(names, unit).of(item.detail))


Words = tuple[str, str]
"""What is said of an item, and what would mend it."""


@dataclass(frozen=True)
class Wording:
    """Items in the words of a case; ``unit`` is that of its headline."""

    names: CaseNames
    unit: Unit

    @singledispatchmethod
    def of(self, detail: Detail) -> Words:
        """Return what is said of an item, and what would mend it."""
        raise TypeError(detail)

    @of.register
    def _(self, one: FarFromOutside) -> Words:
        event = self.names.happening(one.compared.event)
        what = "The headline" if one.is_headline else f"The answer on “{event}”"
        views = "; ".join(_view(figure) for figure in one.compared.figures)
        said = f"{what} is far from the outside view: {percent(one.compared.inside.mean)} here; {views}."
        classes = any(figure.view.kind == "class" for figure in one.far)
        asked = (
            "say what this case has that its class has not" if classes else "say what the case sees and others do not"
        )
        pool = one.compared.pool
        return said, asked + ("." if pool is None else f", or print the pooled {percent(pool.probability)} beside it.")

    @of.register
    def _(self, one: HowListed) -> Words:
        move = one.clones.depends[0]
        where = self.names.variable(move.decision)
        twice = f"“{self.names.state(move.decision, move.option)}” ({where}) stood there twice"
        said = (
            f"The headline depends on how options were listed: it would be {percent(move.mean)} if {twice}, instead of "
            f"{percent(one.clones.before)}."
        )
        kinds = one.kinds
        if kinds is None:
            return said, f"say what is usual at “{where}” where all options are worth the same."
        named = listing([f"“{self.names.state(kinds.decision.id, option)}”" for option in kinds.together])
        title = self.names.variable(kinds.decision.id)
        return said, f"say what is usual at “{title}”: with {named} as one kind the headline is {percent(kinds.mean)}."

    @of.register
    def _(self, one: NearCoinFlip) -> Words:
        what = "The headline" if one.question is None else f"“{question_title(self.names, one.question)}”"
        chance, counted_so = percent(one.counting.chance), percent(one.counting.counted)
        near = coin_flip_said(edge=one.counting.edge)
        said = f"{what} is {near}: {chance}, and counting options alone gives {counted_so}."
        return said, "add what tells the options apart, or say what is usual; until then read it as not known."

    @of.register
    def _(self, one: MissedCheck) -> Words:
        result = one.result
        unit = unit_told(result.check.query)
        here, known = with_interval(result.answer, unit), said_interval(result.low, result.high, unit)
        said = f"A check is missed: “{check_title(self.names, result.check)}” is {here} here, {known} elsewhere."
        if one.remedy is not None:
            remedy = one.remedy
            value = quantity_said(remedy.number, remedy.threshold)
            side = "above" if remedy.above else "below"
            mean = value_said(remedy.mean, unit)
            where = f"where it is {side} {value}, so in {of_worlds(remedy.beyond)}"
            return said, f"look at {self._number(remedy.number)}: {where}, the check is {mean}, in its range."
        alone = "no part of any one range alone meets the check."
        if one.most is None:
            return said, f"look at what it depends on; {alone}"
        return said, f"look at {self._carrying(one.most)} in it; {alone}"

    @of.register
    def _(self, one: NotMetTogether) -> Words:
        joint = one.joint
        said = f"All {joint.checks} checks are met together in {in_hundred_worlds(joint.all_met.share)}"
        said += f"; on average {met_in_a_world(joint)}"
        do = "look at what each asks for"
        if one.apart is not None:
            names = [f"“{check_title(self.names, result.check)}”" for result in (one.apart.first, one.apart.second)]
            alone = f"{of_worlds(one.apart.first_met)} and in {of_worlds(one.apart.second_met)}"
            do = f"look first at {listing(names)}: met in {alone}, together in {of_worlds(one.apart.both_met)}"
        if one.anchored is not None:
            left = f"{one.anchored.effective_worlds:,.0f} effective worlds"
            mean = value_said(one.anchored.mean, self.unit)
            do += f". With worlds weighted by the checks the headline is {mean}, on {left}"
        return f"{said}.", f"{do}."

    @of.register
    def _(self, one: NearlyIndifferent) -> Words:
        table = one.table
        who, title = self.names.actor_inside(one.decision.by), self.names.variable(one.decision.id)
        named = listing([f"“{self.names.state(one.decision.id, option.option)}”" for option in table.indifferent])
        totals = [option.total.mean or 0.0 for option in table.indifferent]
        apart = worth_points(max(totals) - min(totals), 2)
        nearly = nearly_indifferent_said(edge=bool(table.indifferent_edge))
        within = of_worlds(min(option.near_in for option in table.indifferent))
        said = (
            f"{sentence(who)} is {nearly} at “{title}”: {named} are {apart} apart, "
            f"and within x1.25 in the odds in {within}."
        )
        if not isfinite(table.double):
            return said, "give the actor some rationality: at none, nothing that it wants tells its options apart."
        return (
            said,
            f"add what tells them apart: {worth_points(table.double, 2)} make one twice as likely as the other.",
        )

    @of.register
    def _(self, _one: AsksNothing) -> Words:
        said = "The case asks nothing: it has no question, no forecast, no event and no claim that is tested."
        return said, "write under `questions` what it is to answer; what that answer hangs on can then be looked into."

    @of.register
    def _(self, one: NumbersUnknown) -> Words:
        said = f"Nobody has put numbers to {counted(one.things, 'thing')}: what averages over worlds was not looked at."
        return said, "put them with quandary elicit, the one that settles most first."

    @of.register
    def _(self, one: WithoutStake) -> Words:
        who = self.names.actor_inside(one.decision.by)
        how = "as is usual" if one.decision.usual or one.decision.kinds else "evenly"
        title = self.names.variable(one.decision.id)
        said = f"{sentence(who)} has no stake that “{title}” can change, so its options are chosen {how}."
        return said, "give it a stake that this decision can change, or make the decision a chance event."

    @of.register
    def _(self, one: IdleVariables) -> Words:
        named = self._named([f"“{self.names.variable(name)}”" for name in one.names])
        it = "it" if len(one.names) == 1 else "them"
        return f"Nothing that is asked or was seen depends on {named}.", f"leave {it} out, or ask something of {it}."

    @of.register
    def _(self, one: StuckStake) -> Words:
        stake = sentence(self.names.wanted(one.stake.actor, one.stake.id))
        if one.weight == 0.0:
            return f"{stake} weighs nothing.", "give it a weight, or leave it out."
        if one.by_anyone:
            takes = "" if one.weight is None else f", and takes {portion(one.weight)} of the weight"
            said = f"{stake} cannot move: it is worth the same whatever happens{takes}."
            return said, "say what it depends on, or leave it out."
        who = self.names.actor_inside(one.stake.actor)
        return f"{stake} is moved by nothing that {who} decides, so it changes no choice.", (
            f"say how a decision of {who} bears on it, or keep it for what you ask of it."
        )

    @of.register
    def _(self, one: Restating) -> Words:
        named = self._named([f"“{claim.claim.quote}” ({claim.claim.speaker})" for claim in one.claims])
        verb = "restates" if len(one.claims) == 1 else "restate"
        said = f"{counted(len(one.claims), 'claim')} only {verb} a line of the case: {named}."
        left = f"{one.tested} {'is' if one.tested == 1 else 'are'} left"
        return said, f"do not count {'it' if len(one.claims) == 1 else 'them'} as tested; {left}."

    @of.register
    def _(self, one: OneSidedSource) -> Words:
        source = self._source(one.source)
        if one.channel is not None:
            says = f"“{self.names.channel(one.channel.id)}”"
            if one.unused:
                number = counted(one.lines, "number")
                said = f"{source} is cited for {number}, and what it also says, {says}, is in no line of the case."
                return said, "write that as effects of its own, or say why it counts for nothing."
            own, other = (moved_said(move, Unit.DIFFERENCE) for move in (one.own, one.other))
            said = (
                f"{source} is used for one of its two sides: the effects that cite it make the headline {own}, and "
                f"what it also says, {says}, which makes it {other}, cites others."
            )
        else:
            assert one.claim is not None
            quote = f"“{one.claim.claim.quote}”"
            said = (
                f"{source} is used against what it says itself: {quote} is right in {of_worlds(one.own)}, and in "
                f"{of_worlds(one.other)} without the effects that cite it."
            )
        return said, "cite it for both, or say why it is believed on one side only."

    @of.register
    def _(self, one: LateSources) -> Words:
        named = self._named([f"{self._source(s)} ({day(s.published)})" for s in one.sources if s.published is not None])
        said = f"The case rests on {counted(len(one.sources), 'source')} later than the day it speaks from: {named}."
        return said, "rest it on what was known by then, or let it speak from a later day."

    @of.register
    def _(self, one: UndatedSources) -> Words:
        named = self._named([self._source(source) for source in one.sources])
        verb = "has" if len(one.sources) == 1 else "have"
        said = f"{counted(len(one.sources), 'source')} that the case rests on {verb} no date: {named}."
        return said, "write the day each was published: hindsight shows by it alone."

    @of.register
    def _(self, one: IdleRanges) -> Words:
        said = (
            f"{len(one.numbers)} of {counted(one.total, 'range')} never matter: each carries less than "
            f"{portion(one.threshold)} of the doubt in the headline and in every claim."
        )
        now, then = (self._spread(*row) for row in (one.after, one.before))
        return said, f"spend no work on them: with all at their medians the headline is {now} instead of {then}."

    @of.register
    def _(self, one: HeadlineBounds) -> Words:
        said = (
            f"The ranges allow the headline to be anything from {self._end(one.low)} to {self._end(one.high)}, and "
            f"may allow more: {counted(one.searched, 'world')} were searched."
        )
        if one.most is None:
            return said, "narrow the ranges that matter most; no single one stands out."
        return said, f"narrow {self._carrying(one.most)} in it."

    @of.register
    def _(self, one: Unsourced) -> Words:
        named = self._named([self._number(number) for number in one.numbers])
        said = (
            f"{len(one.numbers)} of {counted(one.total, 'uncertain number')} carry neither reason nor source: {named}."
        )
        return said, "write why each is as it is, or who says so."

    def _spread(self, mean: float, low: float, high: float) -> str:
        return f"{value_said(mean, self.unit)} ({said_interval(low, high, self.unit)})"

    def _end(self, value: float) -> str:
        return portion(value) if self.unit is Unit.SHARE else value_said(value, self.unit)

    def _number(self, number: UncertainNumber) -> str:
        return number_name(self.names, number)

    def _carrying(self, one: Carrying) -> str:
        return f"{self._number(one.number)}, which carries {portion(one.share)} of the doubt"

    def _source(self, source: Source) -> str:
        return f"“{source_line({source.id: source}, source.id)}”"

    @staticmethod
    def _named(names: Sequence[str]) -> str:
        if len(names) <= MOST_NAMED:
            return listing(names)
        return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"


def _view(figure: OutsideFigure) -> str:
    view, rate = figure.view, percent(figure.probability)
    if view.kind == "crowd":
        return f"{view.name} said {rate}"
    which = f"{view.n:,} cases" if view.n is not None else "cases"
    return f"of {which} ({view.name}) {rate} came to it"
