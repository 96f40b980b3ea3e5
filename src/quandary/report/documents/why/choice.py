"""Why an actor chooses as it does, as a document: options by stakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quandary.ask.why.choice import ChoiceExplanation, ChoiceTable, ExplainedOption, FacedSituation, SpeakingNumber
from quandary.ask.why.tipping import NumberChange
from quandary.case.model import Case
from quandary.language.printing import written
from quandary.report.analyses.choice import choice_sentence
from quandary.report.documents.answers import ErrorSpreadDocument, error_spread_document
from quandary.report.documents.cases import NumberReferenceDocument, reference_document
from quandary.report.documents.document import document, key
from quandary.report.words.naming.names import CaseNames


@document
class SpeakingNumberDocument:
    """One line of a stake as it bears on one option."""

    stake: str = key("the stake")
    path: str = key("the stable name of the number in the case")
    line: int | None = key("the line of the case where it stands")
    written: str = key("the number as written")
    because: str | None = key("the reason given there")
    source: str | None = key("the source's name in the case")
    worth: float = key("its mean, in points on the stake's own scale")
    applies: float = key("how likely it counts after the option, 0 to 1")
    adds: float = key("by how many points of worth it lifts the option above the mean of the options")


@document
class ExplainedOptionDocument:
    """One option by the stakes of the one who decides."""

    option: str = key("the option")
    stakes: Mapping[str, ErrorSpreadDocument] = key("what each stake comes to, weight times worth, in points of worth")
    sum: ErrorSpreadDocument = key("the sum over the stakes, in points of worth")
    chosen: float = key("how likely it is chosen, 0 to 1")
    best_in: float = key("the weighted share of worlds and situations, 0 to 1, in which no other option is worth more")
    near_in: float = key(
        "the weighted share of worlds and situations, 0 to 1, in which the odds that worth makes between it and the "
        "best option are within x1.25; 1 for the best"
    )
    counted: float = key("how likely counting options would have it chosen, 0 to 1")
    speaks_for: Sequence[SpeakingNumberDocument] = key("the three numbers that speak most for it, the strongest first")
    speaks_against: Sequence[SpeakingNumberDocument] = key("the three that speak most against it, the strongest first")


@document
class NumberChangeDocument:
    """One number that alone would make the second option as good as the best."""

    number: NumberReferenceDocument = key("the number", inline=True)
    because: str | None = key("the reason given for its range")
    source: str | None = key("the source's name in the case")
    stands: float = key("its middle value as the evidence leaves it, in its own unit")
    needed: float = key("the value at which both options are worth the same, in its own unit")
    above: bool = key("whether the second option is the better above that value, or below it")
    beyond: float = key("how likely the analyst's own range makes a value beyond it, 0 to 1")
    low: float = key("5 % of the analyst's range lies below, in its own unit")
    high: float = key("95 % lies below")
    lead_left: float = key("what is left of the lead at the value needed, in points of worth, solved anew")
    worlds: int = key("in how many worlds the case was solved anew to find it")


@document
class ChoiceTableDocument:
    """Options by stakes, where the same options are open."""

    weight: float = key("how likely that is, 0 to 1, of all that the evidence leaves possible")
    effective_worlds: float = key("how many equally weighted worlds its numbers rest on")
    options: Sequence[ExplainedOptionDocument] = key("the options open there, the best first")
    lead: ErrorSpreadDocument = key("the sum of the best less that of the second, in points of worth")
    clear: bool = key("whether the lead is more than what the drawing of worlds leaves open")
    changes: Sequence[NumberChangeDocument] = key("single numbers that would turn it, the likeliest first")
    nearly_indifferent: Sequence[str] = key("the options between which the actor is nearly indifferent")
    indifferent_edge: Sequence[str] = key("those of them of which other worlds may say otherwise")
    coin_flip: bool = key(
        "whether each option is chosen within .03 of what counting options gives, also in most worlds and situations"
    )
    coin_edge: bool = key("whether other worlds may say otherwise of `coin_flip`")
    double: float | None = key("how many points of worth apart one option is chosen twice as often as another")


@document
class FacedSituationDocument:
    """What is best at one information set."""

    saw: Mapping[str, str] = key("the state of each variable that the actor sees and that matters")
    weight: float = key("how likely the situation is, 0 to 1")
    best: str = key("the option with the highest worth there")
    second: str = key("the next")
    lead: float = key("the worth of the best less that of the second, in points of worth")


@document
class ChoiceDocument:
    """Why an actor chooses as it does at a decision."""

    actor: str = key("the actor")
    decision: str = key("the decision")
    option: str | None = key("the option asked about, if one was")
    said: str = key("the result in one sentence")
    given: Sequence[str] = key("conditions that were taken as given beside the evidence")
    seen: Sequence[str] = key("what of the evidence and the conditions the actor has seen")
    not_seen: Sequence[str] = key("what of them it has not seen: it weighs worlds and situations only")
    set_aside: Sequence[str] = key("the evidence set aside: the choice itself, and what may come of it")
    no_choice: float = key("how likely only one option is open, 0 to 1")
    arises: float | None = key("of a decision with `when`: how likely it arises, 0 to 1", left_out=True)
    tables: Sequence[ChoiceTableDocument] = key(
        "one for each set of options that is open together, the likeliest first"
    )
    situations: Sequence[FacedSituationDocument] = key("the likeliest situations that offer a choice")
    possible_situations: int = key("how many such situations there are")
    best_in: Mapping[str, float] = key("how likely it is that no option is better in the situation met, 0 to 1")


def choice_document(case: Case, found: ChoiceExplanation) -> ChoiceDocument:
    """Return why an actor chooses as it does."""
    view = found.vantage
    return ChoiceDocument(
        actor=found.asked.decision.by,
        decision=found.asked.decision.id,
        option=found.asked.option,
        said=choice_sentence(CaseNames(case), found),
        given=[written(piece) for piece in found.asked.given],
        seen=[written(piece) for piece in view.told],
        not_seen=[written(piece) for piece in view.hidden],
        set_aside=[written(piece) for piece in view.aside],
        no_choice=found.no_choice,
        arises=found.arises,
        tables=[_choice_table(found, table) for table in found.tables],
        situations=[_situation(one) for one in found.situations],
        possible_situations=found.sets,
        best_in=found.best_of_options,
    )


def _choice_table(found: ChoiceExplanation, table: ChoiceTable) -> ChoiceTableDocument:
    return ChoiceTableDocument(
        weight=table.weight,
        effective_worlds=table.effective_worlds,
        options=[_option(found, one) for one in table.options],
        lead=error_spread_document(table.lead),
        clear=table.is_clear,
        changes=[_change(change) for change in table.changes],
        nearly_indifferent=[one.option for one in table.indifferent],
        indifferent_edge=[one.option for one in table.indifferent_edge],
        coin_flip=table.is_coin_flip,
        coin_edge=table.coin_edge,
        double=table.double,
    )


def _option(found: ChoiceExplanation, option: ExplainedOption) -> ExplainedOptionDocument:
    stakes = {stake.id: error_spread_document(one) for stake, one in zip(found.stakes, option.stakes, strict=True)}
    return ExplainedOptionDocument(
        option=option.option,
        stakes=stakes,
        sum=error_spread_document(option.total),
        chosen=option.chosen,
        best_in=option.best_in,
        near_in=option.near_in,
        counted=option.counted,
        speaks_for=[_speaking(one) for one in option.speaks_for],
        speaks_against=[_speaking(one) for one in option.speaks_against],
    )


def _speaking(one: SpeakingNumber) -> SpeakingNumberDocument:
    sourced = one.amount.sourced
    return SpeakingNumberDocument(
        one.stake.id,
        sourced.path,
        sourced.place.line or None,
        written(sourced.quantity),
        sourced.because,
        sourced.source,
        one.worth,
        one.applies,
        one.adds,
    )


def _change(one: NumberChange) -> NumberChangeDocument:
    return NumberChangeDocument(
        number=reference_document(one.number),
        because=one.number.because,
        source=one.number.source,
        stands=one.stands,
        needed=one.needed,
        above=one.above,
        beyond=one.beyond,
        low=one.low,
        high=one.high,
        lead_left=one.lead,
        worlds=one.worlds,
    )


def _situation(one: FacedSituation) -> FacedSituationDocument:
    return FacedSituationDocument(dict(one.saw), one.weight, one.best, one.second, one.lead)
