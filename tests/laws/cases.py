"""Random small valid cases for laws: every one loads, compiles and can be written and read again.

``cases()`` draws a ``Case`` made in code; ``without_places`` and ``same_case`` compare two cases by what they say.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from hypothesis import strategies as st

from quandary.base import NOWHERE, Place
from quandary.case import (
    Actor,
    Assumption,
    Case,
    ChanceEvent,
    Check,
    Claim,
    Correlation,
    DecisionEvent,
    EventDefinition,
    Evidence,
    Forecast,
    OddsRule,
    OnlyRule,
    OptionKind,
    OutsideView,
    PoolWeights,
    Question,
    Resolution,
    Rule,
    Source,
    Sourced,
    Stake,
    Test,
    path_of_rule,
)
from quandary.language import Condition, parse_condition, parse_quantity, parse_query

ACTORS = ("north", "south")
VARIABLES = ("rain", "talks", "raid", "reply", "mood")
STATES = ("calm", "tense", "open_war")
DAY = date(2030, 1, 1)
WORDS = (
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp"), exclude_characters="\ufeff"),
        min_size=1,
        max_size=12,
    )
    .map(lambda words: " ".join(words.split()))
    .filter(lambda words: any(unicodedata.category(sign)[0] not in "CZ" for sign in words))
)  # a case's texts are one line, and more than signs that nobody sees

WEIGHTS = st.integers(1, 9).map(float) | st.floats(0.125, 8.0, allow_nan=False)


def without_places(value: Any) -> Any:
    """Return a record with every place, path of a file and digest left out, so that ``==`` compares what it says."""
    if isinstance(value, Place):
        return NOWHERE
    if isinstance(value, Case):
        value = dataclasses.replace(value, path="", sha256="")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: without_places(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return type(value)(**fields)
    if isinstance(value, tuple):
        return tuple(without_places(item) for item in value)
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items()}
    return value


def same_case(first: Case, second: Case) -> bool:
    """Return whether two cases say the same, wherever they were written."""
    return bool(without_places(first) == without_places(second))


@st.composite
def ranges(draw: st.DrawFn, low: int, high: int, sign: str = "") -> str:
    """Return a number or ``a to b`` with ends between ``low`` and ``high`` (``sign`` is put behind each)."""
    first = draw(st.integers(low, high - 1))
    if draw(st.booleans()):
        return f"{first}{sign}"
    return f"{first}{sign} to {draw(st.integers(first + 1, high))}{sign}"


@st.composite
def sourced(draw: st.DrawFn, text: str, path: str, sources: Sequence[str] = ()) -> Sourced:
    """Return the number that ``text`` writes, with or without reasons."""
    because = draw(st.none() | WORDS)
    source = draw(st.sampled_from([None, *sources]))
    quote = draw(st.none() | WORDS) if source else None
    called = draw(st.none() | st.just(f"the number {path}")) if text != "rest" else None
    return Sourced(parse_quantity(text), path, because, source, quote, called=called)


def _condition(text: str) -> Condition:
    return parse_condition(text)


def _states(item: ChanceEvent | DecisionEvent) -> tuple[str, ...]:
    return item.states if isinstance(item, ChanceEvent) else item.options


@st.composite
def conditions(draw: st.DrawFn, items: Sequence[ChanceEvent | DecisionEvent]) -> str:
    """Return a condition on one or two of the variables."""
    item = draw(st.sampled_from(list(items)))
    states = _states(item)
    first = draw(st.sampled_from(states))
    simple = draw(
        st.sampled_from([f"{item.id} = {first}", f"{item.id} != {first}", f"{item.id} in ({', '.join(states[:2])})"])
    )
    if len(items) > 1 and draw(st.booleans()):
        other = draw(st.sampled_from(list(items)))
        word = draw(st.sampled_from(["and", "or", "and not"]))
        return f"{simple} {word} {other.id} = {draw(st.sampled_from(_states(other)))}"
    return simple


@st.composite
def condition_lists(draw: st.DrawFn, items: Sequence[ChanceEvent | DecisionEvent]) -> list[Condition]:
    """Return the conditions of a first-match list: none to two, no two alike, then ``otherwise``."""
    texts = draw(st.lists(conditions(items), max_size=2, unique=True)) if items else []
    return [_condition(text) for text in [*texts, "otherwise"]]


@st.composite
def odds_rules(
    draw: st.DrawFn,
    path: str,
    states: tuple[str, ...],
    given: Sequence[ChanceEvent | DecisionEvent],
    sources: Sequence[str],
) -> tuple[OddsRule, ...]:
    """Return odds for every combination; they leave at least a tenth to the state with ``rest``.

    In one rule at most some are unknown.
    """
    rules = []
    listed = draw(condition_lists(given))
    unknown_rule = draw(st.none() | st.integers(0, len(listed) - 1))
    for number, condition in enumerate(listed):
        where = path_of_rule(path, condition)
        odds: list[tuple[str, Sourced]] = []
        for state in states[:-1]:
            text = draw(ranges(1, 40, "%"))
            if number == unknown_rule:
                text = draw(st.sampled_from(["unknown", "at most 40%", "at least 1%", text]))
            elif len(odds) > 0 and draw(st.booleans()):
                text += " of rest"
            odds.append((state, draw(sourced(text, f"{where}.{state}", sources))))
        odds.append((states[-1], draw(sourced("rest", f"{where}.{states[-1]}", sources))))
        rules.append(OddsRule(condition, tuple(odds)))
    return tuple(rules)


@st.composite
def effects(
    draw: st.DrawFn, path: str, states: tuple[str, ...], given: Sequence[ChanceEvent | DecisionEvent]
) -> tuple[OddsRule, ...]:
    """Return factors on the odds of the first state, under up to two different conditions."""
    rules = []
    for text in draw(st.lists(conditions(given), max_size=2, unique_by=lambda t: str(_condition(t)))):
        condition = _condition(text)
        where = path_of_rule(path, condition)
        amount = draw(st.sampled_from(["x2", "x2 to x5", "x0.5 to x0.9", "raises", "lowers", "unknown", "at most x3"]))
        rules.append(OddsRule(condition, ((states[0], draw(sourced(amount, f"{where}.{states[0]}"))),)))
    return tuple(rules)


@st.composite
def named(draw: st.DrawFn, states: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return words for every state or option, or for none."""
    if not draw(st.booleans()):
        return ()
    return tuple((state, f"{draw(WORDS)} {number}") for number, state in enumerate(states))


@st.composite
def chances(
    draw: st.DrawFn, name: str, earlier: Sequence[ChanceEvent | DecisionEvent], sources: Sequence[str]
) -> ChanceEvent:
    """Return a chance event that depends on up to two earlier variables."""
    given = draw(st.lists(st.sampled_from(list(earlier)), max_size=2, unique=True)) if earlier else []
    states = STATES[: draw(st.integers(2, 3))]
    names = tuple(item.id for item in given)
    private = draw(st.sampled_from([None, None, *ACTORS]))
    title = draw(st.none() | WORDS)
    path = f"story.{name}"
    with_effects = draw(st.booleans())
    if given and with_effects:
        base = draw(odds_rules(f"{path}.base", states, given, sources))
        some = draw(effects(f"{path}.effects", states, given))
        return ChanceEvent(
            name, states, names, private, base=base, effects=some, title=title, words=draw(named(states))
        )
    odds = draw(odds_rules(f"{path}.odds", states, given, sources))
    return ChanceEvent(name, states, names, private, odds=odds, title=title, words=draw(named(states)))


@st.composite
def decisions(draw: st.DrawFn, name: str, earlier: Sequence[ChanceEvent | DecisionEvent]) -> DecisionEvent:
    """Return a decision that sees some earlier variables, none of them private to the other actor."""
    by = draw(st.sampled_from(ACTORS))
    visible = [i for i in earlier if not isinstance(i, ChanceEvent) or i.private in (None, by)]
    sees = draw(st.lists(st.sampled_from(visible), max_size=2, unique=True)) if visible else []
    options = STATES[: draw(st.integers(2, 3))]
    only: tuple[OnlyRule, ...] = ()
    limited = draw(st.booleans())
    if sees and limited:
        kept = tuple(draw(st.lists(st.sampled_from(options), min_size=1, unique=True)))
        only = (OnlyRule(_condition(draw(conditions(sees))), kept),)
    kinds: tuple[OptionKind, ...] = ()
    parted = draw(st.booleans())
    if parted:
        kinds = (OptionKind("keeping", options[:1]), OptionKind("turning", options[1:]))
    usual: tuple[OddsRule, ...] = ()
    habit = draw(st.booleans())
    if habit:
        usual = draw(shares(f"story.{name}.usual", options, kinds, sees))
    seen, words = tuple(i.id for i in sees), draw(named(options))
    return DecisionEvent(name, by, options, seen, only=only, usual=usual, kinds=kinds, words=words)


@st.composite
def shares(
    draw: st.DrawFn,
    path: str,
    options: tuple[str, ...],
    kinds: tuple[OptionKind, ...],
    seen: Sequence[ChanceEvent | DecisionEvent],
) -> tuple[OddsRule, ...]:
    """Return what is usual for every combination: shares of options, or of kinds and perhaps inside one of them."""
    rules = []
    for condition in draw(condition_lists(seen)):
        where = path_of_rule(path, condition)
        names = [kind.id for kind in kinds] or list(options)
        inside = draw(st.booleans())
        if kinds and inside:
            names += kinds[1].options
        own = draw(st.sampled_from([ranges(1, 9) | st.just("0.5"), ranges(1, 40, "%")]))
        texts = [draw(own) for _ in names]
        made = [(name, draw(sourced(text, f"{where}.{name}"))) for name, text in zip(names, texts, strict=True)]
        rules.append(OddsRule(condition, tuple(made)))
    return tuple(rules)


@st.composite
def stakes(draw: st.DrawFn, story: Sequence[ChanceEvent | DecisionEvent], names: Sequence[str]) -> tuple[Stake, ...]:
    """Return one or two stakes for each actor."""
    made = []
    for actor in ACTORS:
        for stake in ("gain", "peace")[: draw(st.integers(1, 2))]:
            path = f"stakes.{actor}.{stake}"
            weight: tuple[Rule, ...] = ()
            if draw(st.booleans()):
                weight = (
                    Rule(
                        _condition("otherwise"),
                        draw(sourced(draw(st.sampled_from(["10% to 30%", "unknown"])), f"{path}.weight")),
                    ),
                )
            worth = []
            for condition in draw(condition_lists(story)):
                where = path_of_rule(f"{path}.worth", condition)
                amount = draw(ranges(0, 100) | st.sampled_from([f"100 - {n}" for n in names] or ["50"]))
                amount = draw(st.just(amount) | st.sampled_from(["unknown", "at least 60"]))
                worth.append(Rule(condition, draw(sourced(amount, where))))
            title = draw(st.none() | st.just(f"{stake} for {actor}"))
            made.append(Stake(actor, stake, weight, tuple(worth), title=title))
    return tuple(made)


@st.composite
def statements(draw: st.DrawFn, case: Case) -> Case:
    """Return the case with events, evidence, claims, questions, checks and forecasts about its story."""
    condition = draw(conditions(case.story))
    other = draw(conditions(case.story))
    query = f"P({condition} | {other})"
    test = f"{query} < P({other})"
    source = draw(st.sampled_from([None, *case.sources]))
    outcome = draw(st.sampled_from([True, False, cast(Any, "void"), cast(Any, "not_settled")]))
    resolution = Resolution(date(2030, 6, 1), outcome, source)
    answered, words = draw(st.none() | st.just(resolution)), draw(st.none() | WORDS)
    tested = (Test("sign", parse_query(test), test, resolved=answered, title=words),)
    day, could = draw(st.none() | st.just(DAY)), draw(st.booleans())
    title = draw(st.none() | WORDS)
    claim = Claim("c-1", draw(WORDS), draw(WORDS), source=source, tests=tested, on=day, could=could, title=title)
    kind = draw(st.sampled_from(["event", "commitment", "conditional commitment"]))
    remark = Claim("c-2", draw(WORDS), draw(WORDS), kind=kind, paraphrase=True, resolved=resolution, joins=("c-1",))
    known = draw(sourced("10% to 30%", "checks.known"))
    rate, said = (draw(sourced(draw(ranges(1, 99, "%")), f"outside.{number}", list(case.sources))) for number in (0, 1))
    of, same_as = _condition("trouble"), draw(st.sampled_from([None, "base"]))
    counted, how = draw(st.none() | st.integers(1, 10**6)), draw(st.none() | WORDS)
    by = draw(WORDS.filter(lambda words: words != "base"))
    pool = draw(st.just(PoolWeights()) | st.builds(PoolWeights, WEIGHTS, WEIGHTS, WEIGHTS, st.none() | WORDS))
    return dataclasses.replace(
        case,
        events={"trouble": EventDefinition("trouble", _condition(condition), title=draw(st.none() | WORDS))},
        evidence=(Evidence(DAY, _condition(other), source, draw(st.none() | WORDS)),),
        claims=(claim, remark),
        questions=(Question("q", parse_query(query), query, draw(st.none() | WORDS), title=draw(st.none() | WORDS)),),
        checks=(Check("known", parse_query(query), query, known, draw(st.booleans()), title=draw(st.none() | WORDS)),),
        outside=(
            OutsideView("base", "class", of, draw(WORDS), rate, counted),
            OutsideView(by, "crowd", of, by, said, on=DAY, how=how, same_as=same_as, pooled=draw(st.booleans())),
        ),
        pool=pool,
        forecasts=(Forecast("f", parse_query(query), query, date(2030, 12, 31), draw(WORDS), resolution),),
    )


@st.composite
def cases(draw: st.DrawFn, *, variables: int = 4, talk: bool = True) -> Case:
    """Return a case of up to ``variables`` variables and two actors; without ``talk`` it has no claims or queries."""
    sources = {name: Source(name, draw(st.none() | WORDS)) for name in ("paper", "wire")[: draw(st.integers(0, 2))]}
    assumptions = {}
    for name, text in (("cost", "20 to 60"), ("drag", draw(ranges(1, 30))))[: draw(st.integers(0, 2))]:
        assumptions[name] = Assumption(name, draw(sourced(text, name, list(sources))))
    story: list[ChanceEvent | DecisionEvent] = []
    for name in VARIABLES[: draw(st.integers(1, variables))]:
        if draw(st.booleans()):
            story.append(draw(chances(name, story, list(sources))))
        else:
            story.append(draw(decisions(name, story)))
    actors = {}
    for name in ACTORS:
        rationality = draw(
            sourced(
                draw(st.sampled_from(["x2 per 10", "x2 to x6 per 10", "unknown", "at most x3 per 10"])),
                f"actors.{name}.rationality",
            )
        )
        actors[name] = Actor(name, draw(WORDS), rationality)
    correlations: tuple[Correlation, ...] = ()
    if len(assumptions) == 2 and " to " in str(assumptions["drag"].value.quantity):
        correlations = (Correlation("cost", "drag", 0.5),)
    case = Case(
        draw(WORDS),
        DAY,
        "case.yaml",
        "",
        sources=sources,
        actors=actors,
        assumptions=assumptions,
        correlations=correlations,
        story=tuple(story),
        stakes=draw(stakes(story, list(assumptions))),
    )
    return draw(statements(case)) if talk else case
