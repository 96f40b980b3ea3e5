"""The fields that the models of ``case/schema/schema.py`` are built from: text, days, names, quantities and rules."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from math import inf
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from quandary.language.vocabulary import RULE_KEYS, UNKNOWN

EMPTY_TEXT = "quandary_empty"
"""The kind of pydantic's error for a text of spaces and unseen signs only."""

OUTCOMES = ("came_true", "did_not", "kept", "broken", "void", "not_settled")
"""What history may have answered, beside true and false."""

KINDS = (
    "claim",
    "question",
    "normative",
    "factual",
    "event",
    "commitment",
    "conditional",
    "forecast",
    "causal",
    "path",
    "utility",
    "assessment",
    "purpose",
    "link",
    "attributed",
    "hedged",
)
"""The words that the kind of a statement is made of, as in `conditional commitment`."""

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_QUANTITY_SCHEMA = {
    "type": ["string", "number"],
    "description": "a number, percentage, range `a to b`, factor `x2 to x5`, `+1 to +6 points`, word of probability, "
    "`unknown`, `at least 60%`, an effect that `raises`, `lowers` or `raises x2 to x5`, name of an assumption, or "
    "arithmetic on them",
}


def _day(value: Any) -> date:  # noqa: ANN401 - raw YAML has any shape
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            message = "there is no such day as {day}, written year-month-day"
            raise PydanticCustomError("quandary_day", message, {"day": value}) from None
    raise PydanticCustomError("quandary_day", "a day is written 2022-01-08 (year-month-day)")


def _text(value: Any) -> str:  # noqa: ANN401 - raw YAML has any shape
    if isinstance(value, str):
        if any(unicodedata.category(sign)[0] not in "CZ" for sign in value):
            return value
        raise PydanticCustomError(EMPTY_TEXT, "nothing stands in this text")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise PydanticCustomError("quandary_text", "text is expected here")


def _quantity(value: Any) -> str | int | float:  # noqa: ANN401 - raw YAML has any shape
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("quandary_quantity", "a number, a range or an expression is expected here")


def _outcome(value: Any) -> bool | str:  # noqa: ANN401 - raw YAML has any shape
    if isinstance(value, bool) or value in OUTCOMES:
        return value if isinstance(value, bool) else str(value)
    message = "came_true (or true), did_not (or false), kept, broken, void or not_settled is expected here"
    raise PydanticCustomError("quandary_outcome", message)


def _kind(value: Any) -> str:  # noqa: ANN401 - raw YAML has any shape
    words = value.split() if isinstance(value, str) else []
    if words and all(word in KINDS for word in words):
        return str(value)
    known = ", ".join(KINDS)
    raise PydanticCustomError("quandary_kind", "a kind of statement is expected here, in words of these: " + known)


def _version(value: Any) -> Any:  # noqa: ANN401 - raw YAML has any shape
    return None if isinstance(value, bool) else value


def _some_state(model: BaseModel) -> BaseModel:
    if not model.__pydantic_extra__:
        raise PydanticCustomError("quandary_nothing", "nothing is divided here: write each state and its share")
    return model


def _whole_count(value: Any) -> int:  # noqa: ANN401 - raw YAML has any shape
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise PydanticCustomError("quandary_count", "a whole number of cases from 1 on is expected here")


def _pool_weight(value: Any) -> float:  # noqa: ANN401 - raw YAML has any shape
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf:
        return float(value)
    raise PydanticCustomError("quandary_weight", "a plain number of at least 0 is expected here, such as 2")


def _whole_unknown(value: Any) -> str:  # noqa: ANN401 - raw YAML has any shape
    if value == UNKNOWN:
        return UNKNOWN
    raise PydanticCustomError("quandary_unknown", "a mapping of `key: value` lines is expected here, or unknown")


def _whole_or_rules(value: Any) -> str:  # noqa: ANN401 - raw YAML has any shape
    """Return which of a mapping, rules or ``unknown`` (or a slip for it) stands for a whole."""
    if isinstance(value, str) and value.strip() and difflib.get_close_matches(value.casefold(), [UNKNOWN]):
        return "<unknown>"
    return "<rules>" if isinstance(value, list) else "<mapping>"


def key_present(*keys: str) -> Callable[[Any], str | None]:
    """Return a discriminator that picks the first of ``keys`` a mapping holds."""

    def pick(value: Any) -> str | None:  # noqa: ANN401 - raw YAML has any shape
        if isinstance(value, dict):
            return next((f"<{key}>" for key in keys if key in value), None)
        name = type(value).__name__.lower()
        return next((f"<{key}>" for key in keys if name.startswith(key)), None)

    return pick


def _list_or_mapping(value: Any) -> str:  # noqa: ANN401 - raw YAML has any shape
    if isinstance(value, list) or (isinstance(value, dict) and "value" not in value):
        return "<rules>"
    return "<mapping>" if isinstance(value, dict) else "<quantity>"


Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY.pattern})
]
Outcome = Annotated[
    bool | str,
    BeforeValidator(_outcome),
    WithJsonSchema({"enum": [*OUTCOMES, True, False]}),
]
_ANY_KIND = f"({'|'.join(KINDS)})"
Kind = Annotated[
    str,
    BeforeValidator(_kind),
    WithJsonSchema({"type": "string", "pattern": f"^{_ANY_KIND}( {_ANY_KIND})*$"}),
]
"""What kind of statement a claim is."""

Version = Annotated[Literal[1, 2], BeforeValidator(_version)]
"""A version of the case language; ``true`` is not 1."""

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_ .-]*$")]
"""What a reading or a question is called: it is named on command lines and in tables."""

Truth = Annotated[bool, Strict()]
"""``true`` or ``false``; ``no``, ``off`` and ``0`` are none in YAML, and nobody's guess decides what they mean."""

PlainNumber = Annotated[float, Strict()]
"""A number as YAML has it: one in quotation marks is a text, and ``true`` is not 1."""

WholeCount = Annotated[int, BeforeValidator(_whole_count), WithJsonSchema({"type": "integer", "minimum": 1})]
PoolWeight = Annotated[float, BeforeValidator(_pool_weight), WithJsonSchema({"type": "number", "minimum": 0})]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "number"]})]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
WholeUnknown = Annotated[str, BeforeValidator(_whole_unknown), WithJsonSchema({"const": UNKNOWN})]
"""``unknown`` in the place of a whole map: every entry of it is."""

PlainQuantity = Annotated[str | int | float, BeforeValidator(_quantity), WithJsonSchema(_QUANTITY_SCHEMA)]


CHANNEL = "the channel under `channels` that it belongs to"
CALLED = "the number's name for people, such as: how much a success emboldens Moscow"


class AnnotatedModel(BaseModel):
    """Optional notes that every entry may carry; they source all bare numbers below it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)  # most validate within another

    because: Annotated[str, BeforeValidator(_text)] | None = Field(None, description="the reason in words")
    source: str | None = Field(None, description="the name of a source under `sources`")
    quote: Annotated[str, BeforeValidator(_text)] | None = Field(None, description="the words of the source")
    status: Annotated[str, BeforeValidator(_text)] | None = Field(
        None, description="how far this entry has been edited; not used in any answer"
    )


class SourcedQuantity(AnnotatedModel):
    """A number with its reason."""

    value: PlainQuantity = Field(description="the number, range or expression itself")
    called: Text | None = Field(None, description=CALLED)
    judged_by: Text | None = Field(None, description="who gave this number when asked")
    not_known_by: Text | None = Field(None, description="who was asked for this number and did not know")


class AssumptionModel(SourcedQuantity):
    """What the analyst is unsure of, with its reason."""

    title: Text | None = Field(None, description="the same as `called`")


AssumptionField = Annotated[
    Annotated[PlainQuantity, Tag("<quantity>")] | Annotated[AssumptionModel, Tag("<mapping>")],
    Discriminator(lambda value: "<mapping>" if isinstance(value, dict) else "<quantity>"),
]
NamedStates = Annotated[
    Annotated[list[Identifier], Field(min_length=1), Tag("<list>")]
    | Annotated[dict[Identifier, Text], Field(min_length=1), Tag("<named>")],
    Discriminator(lambda value: "<named>" if isinstance(value, dict) else "<list>"),
]
QuantityField = Annotated[
    Annotated[PlainQuantity, Tag("<quantity>")] | Annotated[SourcedQuantity, Tag("<mapping>")],
    Discriminator(lambda value: "<mapping>" if isinstance(value, dict) else "<quantity>"),
]


class RuleModel(AnnotatedModel):
    """`condition: value`, with optional notes and channel; the condition is the key."""

    model_config = ConfigDict(extra="allow")
    channel: Identifier | None = Field(None, description=CHANNEL)
    called: Text | None = Field(None, description=CALLED)
    __pydantic_extra__: dict[str, QuantityField]


class OddsModel(AnnotatedModel):
    """`state: probability` for each state, with optional notes."""

    model_config = ConfigDict(extra="allow")
    called: Text | None = Field(None, description=CALLED)
    __pydantic_extra__: dict[str, QuantityField]
    _divides = model_validator(mode="after")(_some_state)


OddsOrUnknown = Annotated[
    Annotated[OddsModel, Tag("<mapping>")] | Annotated[WholeUnknown, Tag("<unknown>")],
    Discriminator(_whole_or_rules),
]


class OddsRuleModel(AnnotatedModel):
    """`condition: {state: probability}`, with optional notes and channel."""

    model_config = ConfigDict(extra="allow")
    channel: Identifier | None = Field(None, description=CHANNEL)
    called: Text | None = Field(None, description=CALLED)
    __pydantic_extra__: dict[str, OddsOrUnknown]


class SharesModel(AnnotatedModel):
    """`option: share` for each option, with optional notes."""

    model_config = ConfigDict(extra="allow")
    called: Text | None = Field(None, description=CALLED)
    __pydantic_extra__: dict[str, QuantityField]
    _divides = model_validator(mode="after")(_some_state)


SharesOrUnknown = Annotated[
    Annotated[SharesModel, Tag("<mapping>")] | Annotated[WholeUnknown, Tag("<unknown>")],
    Discriminator(_whole_or_rules),
]


class SharesRuleModel(AnnotatedModel):
    """`condition: {option: share}`, with optional notes."""

    model_config = ConfigDict(extra="allow")
    called: Text | None = Field(None, description=CALLED)
    __pydantic_extra__: dict[str, SharesOrUnknown]


class OnlyRuleModel(AnnotatedModel):
    """`condition: [options]`, with optional notes."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, list[Identifier]]


Rules = Annotated[list[RuleModel], Field(min_length=1)]
RulesOfOdds = Annotated[list[OddsRuleModel], Field(min_length=1)]
RulesOfOptions = Annotated[list[OnlyRuleModel], Field(min_length=1)]
RulesOfShares = Annotated[list[SharesRuleModel], Field(min_length=1)]
OddsOrRules = Annotated[
    Annotated[OddsModel, Tag("<mapping>")]
    | Annotated[RulesOfOdds, Tag("<rules>")]
    | Annotated[WholeUnknown, Tag("<unknown>")],
    Discriminator(_whole_or_rules),
]
SharesOrRules = Annotated[
    Annotated[SharesModel, Tag("<mapping>")]
    | Annotated[RulesOfShares, Tag("<rules>")]
    | Annotated[WholeUnknown, Tag("<unknown>")],
    Discriminator(_whole_or_rules),
]


def _odds_or_worth(value: Any) -> str:  # noqa: ANN401 - raw YAML has any shape
    """Return which of odds, rules of odds, rules of worth or a plain number something believed is written as."""
    if isinstance(value, list):
        first = value[0] if value and isinstance(value[0], dict) else {}
        said = next((inner for key, inner in first.items() if key not in RULE_KEYS), None)
        return "<rules of odds>" if isinstance(said, dict) and "value" not in said else "<rules>"
    if isinstance(value, dict):
        return "<quantity>" if "value" in value else "<mapping>"
    return "<plain>"


OddsOrWorth = Annotated[
    Annotated[OddsModel, Tag("<mapping>")]
    | Annotated[RulesOfOdds, Tag("<rules of odds>")]
    | Annotated[Rules, Tag("<rules>")]
    | Annotated[SourcedQuantity, Tag("<quantity>")]
    | Annotated[PlainQuantity, Tag("<plain>")],
    Discriminator(_odds_or_worth),
]
"""Odds, or a worth, that an actor believes in."""


class BelieverModel(AnnotatedModel):
    """What an actor sees otherwise: `variable: odds` or `actor.stake: worth` for each, with optional notes."""

    model_config = ConfigDict(extra="allow")
    known_to: list[Identifier] = Field(
        [],
        description="who knows that this actor sees things so; without it nobody does, and all think it sees rightly",
    )
    channel: Identifier | None = Field(None, description=CHANNEL)
    __pydantic_extra__: dict[str, OddsOrWorth]


QuantityOrRules = Annotated[
    Annotated[PlainQuantity, Tag("<quantity>")]
    | Annotated[SourcedQuantity, Tag("<mapping>")]
    | Annotated[Rules, Tag("<rules>")],
    Discriminator(_list_or_mapping),
]
