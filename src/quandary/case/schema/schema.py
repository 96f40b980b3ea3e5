"""The shape of a case file as pydantic models: the one source of what the loader accepts,
of the JSON Schema and of the language reference.

Only shapes live here (which keys, which types); names, order and odds are checked in ``case/checks``. Every field
says what it means, for editors that complete and for the language reference.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from quandary.case.schema.schema_fields import (
    CHANNEL,
    AnnotatedModel,
    AssumptionField,
    BelieverModel,
    Day,
    Identifier,
    Kind,
    Name,
    NamedStates,
    OddsOrRules,
    Outcome,
    PlainNumber,
    PlainQuantity,
    PoolWeight,
    QuantityField,
    QuantityOrRules,
    Rules,
    RulesOfOdds,
    RulesOfOptions,
    SharesOrRules,
    Text,
    Truth,
    Version,
    WholeCount,
    key_present,
)


class SourceModel(AnnotatedModel):
    """A third-party text, named and not shipped."""

    title: Text | None = Field(None, description="the title of the text")
    publisher: Text | None = Field(None, description="who published it")
    author: Text | None = Field(None, description="who wrote it")
    published: Day | None = Field(None, description="the day of publication; after as_of it counts as hindsight")
    url: Text | None = Field(None, description="its address")
    sha256: Text | None = Field(None, description="the SHA-256 of the text that the quotes were taken from")
    note: Text | None = Field(None, description="anything a reader should know about it")


class PrecisionModel(AnnotatedModel):
    """A raw logit precision."""

    precision: QuantityField = Field(description="the logit precision: the log-odds per point of payoff")


def _rationality_kind(value: Any) -> str:  # noqa: ANN401 - raw YAML has any shape
    return "<precision>" if isinstance(value, dict) and "precision" in value else "<quantity>"


class ActorModel(AnnotatedModel):
    """Someone who chooses."""

    name: Text | None = Field(None, description="the name for people; default: the key")
    rationality: Annotated[
        Annotated[QuantityField, Tag("<quantity>")] | Annotated[PrecisionModel, Tag("<precision>")],
        Discriminator(_rationality_kind),
    ] = Field(
        description="how strongly better options are preferred: `x2 to x6 per 10` (an option better by 10 points is "
        "chosen 2 to 6 times as often), `exact` (always a best option), or {precision: 0.05 to 0.2}"
    )

    weights: Text | None = Field(
        None,
        description="what its stakes weigh where nobody has put numbers: `unknown`, or their order from the least to "
        "the most: economy < influence < security",
    )


class ConventionsModel(BaseModel):
    """How numbers are read that nobody has put."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)

    factor: PlainQuantity | None = Field(
        None, description="the largest factor of an effect of unknown size: `x20`, which is the default"
    )
    rationality: PlainQuantity | None = Field(
        None, description="the range of an unknown rationality: `x1.5 to x10 per 10`, which is the default"
    )
    because: Text | None = Field(None, description="the reason in words")


class CorrelationModel(AnnotatedModel):
    """Two assumptions that go together."""

    between: list[Identifier] = Field(description="the two assumptions", min_length=2, max_length=2)
    value: PlainNumber = Field(description="the correlation of their normal scores, between -1 and 1", ge=-1, le=1)


class ChanceModel(AnnotatedModel):
    """Something that happens without anyone in the story choosing it."""

    chance: Identifier = Field(description="the variable's name")
    title: Text | None = Field(None, description="the name for people")
    private: Identifier | None = Field(None, description="the actor who alone knows it when it happens")
    given: list[Identifier] = Field([], description="the earlier variables it depends on")
    channel: dict[Identifier, Identifier] = Field(
        {}, description="the channel that an arc belongs to: {variable under given: channel}"
    )
    states: NamedStates = Field(
        description="what may happen, each state once: a list, or {state: words for people}, such as {none: quiet}"
    )
    odds: OddsOrRules | None = Field(
        None,
        description="{state: probability, last: rest}, or a list of rules `- condition: {...}`, first match",
    )
    base: OddsOrRules | None = Field(None, description="odds before the effects; written like odds")
    effects: RulesOfOdds | None = Field(
        None, description="rules that change the base, all that match: `x2 to x5` (factor), `+1 to +6 points`"
    )


class DecisionModel(AnnotatedModel):
    """A choice that an actor makes."""

    decision: Identifier = Field(description="the variable's name")
    by: Identifier = Field(description="the actor who decides")
    title: Text | None = Field(None, description="the name for people")
    when: Text | None = Field(
        None,
        description="the condition, on earlier variables, under which the decision arises; elsewhere it does not, and "
        "has no option. `arises(decision)` stands in conditions and queries; default: it always arises",
    )
    sees: list[Identifier] = Field(
        [], description="what is new to the actor; it also remembers its own moves and what it saw before"
    )
    forgets: list[Identifier] = Field([], description="what the actor no longer knows from here on")
    options: NamedStates = Field(description="what may be chosen: a list, or {option: words for people}")
    only: RulesOfOptions | None = Field(
        None, description="which options are open, by what is seen: `- condition: [options]`; no match: all"
    )
    usual: SharesOrRules | None = Field(
        None,
        description="how the choice divides where all options are worth the same to the actor: {option: share} above "
        "0, or a list of rules `- condition: {...}` by what is seen, first match; divided by the sum of those open; "
        "default: even",
    )
    kinds: dict[Identifier, list[Identifier]] = Field(
        {},
        description="{kind: [options]}: what is usual divides over kinds first, then inside each; every option once. "
        "With it `usual` names kinds, and may name the options inside them too",
    )


class StakeModel(AnnotatedModel):
    """One thing an actor wants, on 0 to 100."""

    title: Text | None = Field(None, description="the name for people, a noun phrase such as: influence in Ukraine")
    weight: QuantityOrRules | None = Field(
        None,
        description="its share of the actor's concern, or rules on what is private to the actor; divided by the sum "
        "of the actor's weights; a stake without one counts in points as it stands",
    )
    worth: QuantityOrRules | None = Field(
        None, description="how good the outcome is on 0 to 100: a number, or rules, first match; default 0"
    )
    order: Text | None = Field(
        None,
        description="in the place of a worth: outcomes from the worst (0) to the best (100), where only their order is "
        "known: war < siege < peace, or conditions: outcome = war < outcome = peace",
    )
    effects: Rules | None = Field(None, description="rules that add points, all that match: `+10 to +25 points`")
    channel: Identifier | None = Field(None, description=CHANNEL)


class ChannelModel(AnnotatedModel):
    """A way by which one thing bears on another; rules, stakes and arcs are tagged `channel: name`."""

    says: Text | None = Field(None, description="how it works, in words")
    voiced_by: Text | None = Field(None, description="who says so: a source, or the speaker of a claim")
    claims: list[Text] = Field([], alias="for", description="the claims that it bears on; default: all")


class EventModel(AnnotatedModel):
    """A named condition with words for people."""

    condition: Text = Field(description="the condition itself")
    title: Text | None = Field(None, description="the name for people, a noun phrase such as: a full invasion")


EventField = Annotated[
    Annotated[Text, Tag("<condition>")] | Annotated[EventModel, Tag("<event>")],
    Discriminator(lambda value: "<event>" if isinstance(value, dict) else "<condition>"),
]


class EvidenceModel(AnnotatedModel):
    """Something seen to have happened."""

    on: Day = Field(description="the day it was seen; later than as_of it waits for a later --as-of")
    saw: Text = Field(description="the condition that was seen to hold, such as `unrest = regime_threat`")


class ResolutionModel(AnnotatedModel):
    """What history answered."""

    on: Day = Field(description="the day it was settled; used only with --as-of at or after it")
    outcome: Outcome = Field(
        alias="as",
        description="came_true (or true), did_not (or false); of a commitment kept or broken; void: the condition did "
        "not happen; not_settled: one history cannot show it",
    )


class TestModel(AnnotatedModel):
    """A formal reading of a claim with what history answered of it."""

    query: Text = Field(description="the reading: a query that holds or not")
    title: Text | None = Field(None, description="the reading's name for people")
    resolved: ResolutionModel | None = Field(None, description="what history answered of this reading")


TestField = Annotated[
    Annotated[Text, Tag("<query>")] | Annotated[TestModel, Tag("<test>")],
    Discriminator(lambda value: "<test>" if isinstance(value, dict) else "<query>"),
]


class ClaimModel(AnnotatedModel):
    """A quoted statement and its formal readings."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")] = Field(description="a short name")
    title: Text | None = Field(None, description="a short name for people; default: the words themselves")
    speaker: Text = Field(description="who said it")
    quote: Text = Field(description="the words themselves, matched to the text of the source")
    kind: Kind = Field(
        "claim",
        description="what kind of statement it is, in one or more of the words listed: question, normative, "
        "conditional commitment, ...; only a `claim` must have tests",
    )
    paraphrase: Truth = Field(False, description="true: the words are a paraphrase and are not matched to the text")
    on: Day | None = Field(
        None,
        description="the day it was made; it is tested with what had been seen by then, or by as_of if that is first",
    )
    could: Truth = Field(
        False, description="true: it says that something could or may happen, which its not happening does not refute"
    )
    tests: dict[Name, TestField] = Field(
        {}, description="named formal readings, each a query that holds or not, or {query, resolved}"
    )
    joins: list[Text] = Field(
        [], description="the claims that these words link, as an editor's \"agrees\" does; it is nobody's claim"
    )
    note: Text | None = Field(None, description="anything a reader should know")
    not_testable: Text | None = Field(None, description="why this claim has no test")
    resolved: ResolutionModel | None = Field(
        None, description="what history answered; of several readings each has its own"
    )


class NamedQuestionModel(AnnotatedModel):
    """A question with words for people."""

    asks: Text | None = Field(None, description="the question in words")
    title: Text | None = Field(None, description="a short name for people; default: the question")
    query: Text = Field(description="the query, answered in every report")


QuestionField = Annotated[
    Annotated[Text, Tag("<query>")] | Annotated[NamedQuestionModel, Tag("<named>")],
    Discriminator(lambda value: "<named>" if isinstance(value, dict) else "<query>"),
]


class CheckModel(AnnotatedModel):
    """A range known from elsewhere that the solved answer is compared with, never an input."""

    id: Identifier = Field(description="a short name")
    title: Text | None = Field(None, description="the name for people; default: the query in words")
    asks: Text = Field(description="the query whose answer is compared")
    range: QuantityField = Field(description="the range known from elsewhere, such as 20% to 60%")
    evidence: Truth = Field(True, description="false: ask without the case's evidence, as before anything was seen")


class ForecastModel(AnnotatedModel):
    """A question with a date and a rule by which history will answer it."""

    id: Identifier = Field(description="a short name")
    title: Text | None = Field(None, description="the name for people; default: the query in words")
    asks: Text = Field(description="the query whose answer is the forecast")
    until: Day | None = Field(None, description="the last day of the period asked about")
    rule: Text | None = Field(None, description="how it will be decided whether it came true")
    resolved: ResolutionModel | None = Field(None, description="what history answered")


class OutsideModel(AnnotatedModel):
    """What others say of an event: a class of cases with its rate, or somebody with what was said. Never an input."""

    of: Text = Field(description="the event it is about, or a condition")
    id: Identifier | None = Field(None, description="a short name, for `same_as`; default: `class` or `by`")
    of_class: Text | None = Field(None, alias="class", description="the class of cases, in words")
    rate: QuantityField | None = Field(
        None, description="of a class: how often the event came about in it, such as 6% to 10.4%"
    )
    n: WholeCount | None = Field(None, description="of a class: how many cases it has")
    by: Text | None = Field(None, description="who said it: a person, a survey, a forecasting site")
    said: QuantityField | None = Field(None, description="the probability that was said, such as 47%")
    on: Day | None = Field(None, description="the day it was said; never after as_of")
    how: Text | None = Field(
        None, description="how the figure was come by, where it was not read off: interpolated, ..."
    )
    same_as: Text | None = Field(
        None, description="another entry about the same event: the two count as one and share its weight in the pool"
    )
    pooled: Truth = Field(True, description="false: shown beside the answer and left out of the pool; say why")


class PoolModel(BaseModel):
    """What each group weighs in the pool; equal where nothing is written."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)

    inside: PoolWeight = Field(1.0, description="the weight of the case's own answer")
    of_class: PoolWeight = Field(1.0, alias="class", description="the weight of all classes of cases together")
    crowd: PoolWeight = Field(1.0, description="the weight of all that others said together")
    because: Text | None = Field(None, description="the reason in words")


StoryItem = Annotated[
    Annotated[ChanceModel, Tag("<chance>")] | Annotated[DecisionModel, Tag("<decision>")],
    Discriminator(key_present("chance", "decision")),
]


class PartModel(BaseModel):
    """The sections of a case, all of which an included file may hold too."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)

    sources: dict[Identifier, SourceModel] = Field({}, description="third-party texts, by short name")
    actors: dict[Identifier, ActorModel] = Field({}, description="who chooses, by short name")
    assumptions: dict[Identifier, AssumptionField] = Field(
        {}, description="what the analyst is unsure of; any number elsewhere may name one"
    )
    correlations: list[CorrelationModel] = Field([], description="assumptions that go together")
    story: list[StoryItem] = Field([], description="chance events and decisions in order of time")
    stakes: dict[Identifier, dict[Identifier, StakeModel]] = Field(
        {}, description="what each actor wants: {actor: {stake: {weight, worth, effects}}}"
    )
    believes: dict[Identifier, BelieverModel] = Field(
        {},
        description="what an actor sees otherwise than the case has it: {actor: {variable: odds, other_actor.stake: "
        "worth, known_to: [actors]}}; it plays the game that it believes in, in which everybody sees things so",
    )
    channels: dict[Identifier, ChannelModel] = Field(
        {}, description="ways by which one thing bears on another, and who says so: {channel: {says, voiced_by, for}}"
    )
    events: dict[Identifier, EventField] = Field(
        {}, description="named conditions, for short queries and rules: each by itself, or {condition, title}"
    )
    evidence: list[EvidenceModel] = Field([], description="what was seen to happen, with its day")
    claims: list[ClaimModel] = Field([], description="statements quoted from the text")
    questions: dict[Name, QuestionField] = Field({}, description="queries answered in every report")
    checks: list[CheckModel] = Field([], description="ranges known from elsewhere, compared and never used")
    forecasts: list[ForecastModel] = Field([], description="questions that history will answer")
    outside: list[OutsideModel] = Field([], description="what others say of an event, beside the case's own answer")
    pool: PoolModel | None = Field(None, description="what each group weighs where these are pooled")


class CaseModel(PartModel):
    """A case file: a political crisis as actors, a story, stakes and claims."""

    quandary: Version = Field(
        description="the version of the case language: 2; a file of version 1 is read the same, and `quandary migrate` "
        "shows where it meant something else"
    )
    title: Text = Field(description="the title of the case")
    as_of: Day = Field(description="the day the analysis speaks from; later evidence waits for a later --as-of")
    text: Text | None = Field(None, description="the prose that the claims may quote: a path beside the case file")
    unknown: ConventionsModel | None = Field(
        None,
        description="how numbers are read that nobody has put, where not as usual: {factor: x20, rationality: "
        "x1.5 to x10 per 10}",
    )
    words: Text | None = Field(None, description="the table that words of probability are read from")
    include: list[Text] = Field([], description="other files of the same folder tree whose sections are added")
    status: Text | None = Field(None, description="how far the draft has been edited; not used in any answer")
    note: Text | None = Field(None, description="anything a reader should know about the case")


class IncludedModel(PartModel):
    """A file named under `include`: sections only."""

    include: list[Text] = Field([], description="further files")
    status: Text | None = Field(None, description="how far the draft has been edited; not used in any answer")
    note: Text | None = Field(None, description="anything a reader should know")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of case files, as ``quandary schema`` prints it."""
    schema = CaseModel.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


if __name__ == "__main__":  # writes case.schema.json beside this file anew
    import json
    from pathlib import Path

    from quandary.base.files import write_atomically

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    write_atomically(Path(__file__).with_name("case.schema.json"), text)
