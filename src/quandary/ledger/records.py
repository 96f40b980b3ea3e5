"""What a ledger keeps: questions, forecasts and resolutions, each a frozen record that is written once.

A record becomes plain data by ``body`` and comes back by ``record_of``, which believes nothing: what was stored may
have been altered by hand.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import Any, Union, get_args, get_origin, get_type_hints

from quandary.ledger.moments import moment


class QuestionKind(StrEnum):
    """What an answer is: yes or no, one of several options, one of ordered options, a number, a day."""

    BINARY = "binary"
    CHOICE = "choice"
    ORDERED = "ordered"
    NUMBER = "number"
    DAY = "day"


class ForecasterKind(StrEnum):
    """Who states forecasts."""

    PERSON = "person"
    ORGANISATION = "organisation"
    CROWD = "crowd"
    MODEL = "model"
    BASE_RATE = "base rate"


class OutcomeKind(StrEnum):
    """How a question was settled. ``share`` is a part of yes, as markets settle some; ``void`` that its condition did
    not happen; ``ambiguous`` that its rule does not say.
    """

    YES = "yes"
    NO = "no"
    OPTION = "option"
    VALUE = "value"
    SHARE = "share"
    VOID = "void"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class CaseLink:
    """Where in a case something comes from: its name, the digest of its text, and the forecast or claim."""

    case: str
    digest: str
    name: str = ""


@dataclass(frozen=True)
class LedgerQuestion:
    """What is asked, and how it will be settled. Days are ISO text, ``until`` the last on which it can come.

    ``condition`` is what must happen for it to count. ``low`` and ``high`` are the ends of a scale of numbers (days: as
    ordinals); ``flat`` options of the kind choice or ordered. ``unscorable`` says why it cannot be settled, where it
    cannot.
    ``linked`` names what
    it hangs together with (questions of one event are not independent); ``same_as`` names the place that it was taken
    from (an address or a service's own number), by which it is known
    again;
    ``amends`` is the key of an earlier wording of the same question, which keeps that key.
    """

    text: str
    kind: QuestionKind = QuestionKind.BINARY
    options: tuple[str, ...] = ()
    rule: str = ""
    source: str = ""
    opened: str = ""
    closes: str = ""
    until: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()
    set: str = ""
    linked: str = ""
    low: float | None = None
    high: float | None = None
    link: CaseLink | None = None
    same_as: str = ""
    unscorable: str = ""
    amends: str = ""
    notes: str = ""


@dataclass(frozen=True)
class LedgerForecast:
    """What somebody said of a question on a day (ISO day, or time with its zone).

    One of: ``probability`` of yes; ``probabilities`` of the options; ``points`` with their ``cumulative``
    probabilities;
    a range ``low`` to ``high`` that holds ``share``; or none, where a forecast was withdrawn. ``words`` are as said,
    read
    as the probabilities ``read_low`` to ``read_high``. ``derived`` says how it was derived, where nobody said it so.
    ``by`` is the forecaster's key, ``judge`` what kind they are; ``model`` the case that computed it, with ``seed``
    and ``version``.
    """

    question: str
    by: str
    said: str
    judge: ForecasterKind = ForecasterKind.PERSON
    probability: float | None = None
    probabilities: tuple[float, ...] = ()
    points: tuple[float, ...] = ()
    cumulative: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    share: float | None = None
    words: str = ""
    read_low: float | None = None
    read_high: float | None = None
    quote: str = ""
    source: str = ""
    derived: str = ""
    model: CaseLink | None = None
    seed: int | None = None
    version: str = ""
    notes: str = ""

    @property
    def withdrawn(self) -> bool:
        """Return whether it says nothing, so that what was said before no longer stands."""
        said = self.probability is not None or self.low is not None
        return not (said or self.probabilities or self.points or self.words)


@dataclass(frozen=True)
class LedgerResolution:
    """What came of a question, from which source, on which day; ``corrects`` is the digest of an earlier one."""

    question: str
    outcome: OutcomeKind
    day: str
    option: str = ""
    value: float | None = None
    source: str = ""
    corrects: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Forgotten:
    """That a person's name was taken out; their entries stay under the key."""

    person: str


Record = LedgerQuestion | LedgerForecast | LedgerResolution | Forgotten
KINDS: dict[str, type[Record]] = {
    "question": LedgerQuestion,
    "forecast": LedgerForecast,
    "resolution": LedgerResolution,
    "forgotten": Forgotten,
}
DAYS = frozenset({"opened", "closes", "until", "said", "day"})
"""Fields that hold a day, or a time with its zone."""
SHARES = frozenset({"probability", "probabilities", "cumulative", "share", "read_low", "read_high"})
"""Fields that hold what lies between 0 and 1."""
KIND_OF = {kind: name for name, kind in KINDS.items()}


def body(record: Record | CaseLink) -> dict[str, Any]:
    """Return a record as plain data; what stands at its default is left out."""
    found: dict[str, Any] = {}
    defaults = _DEFAULTS[type(record)]
    for name, value in vars(record).items():
        if name in defaults and value == defaults[name]:
            continue
        found[name] = _as_data(value)
    return found


def _as_data(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    return body(value) if isinstance(value, CaseLink) else value


def record_of(kind: str, given: object) -> Record:
    """Return the record of a kind that plain data describes; raises ``ValueError`` with a sentence where it does
    not."""
    if kind not in KINDS:
        message = f'"{kind}" is no kind of entry'
        raise ValueError(message)
    made: Record = _made(KINDS[kind], given)
    return made


def _made(kind: type[Any], given: object) -> Any:  # noqa: ANN401 - a record of the kind
    if not isinstance(given, Mapping):
        message = f"a {_word(kind)} is no object"
        raise ValueError(message)
    known, defaults = _WANTED[kind], _DEFAULTS[kind]
    values = {}
    for name, one in given.items():
        wanted = known.get(name)
        if wanted is None:
            message = f'a {_word(kind)} has no "{name}"'
            raise ValueError(message)
        plain = wanted is str and type(one) is str and name not in DAYS and one.isascii()
        values[name] = one if plain else _value(name, wanted, one)
    if lacking := [name for name in known if name not in values and name not in defaults]:
        message = f'a {_word(kind)} lacks "{lacking[0]}"'
        raise ValueError(message)
    return kind(**values)


def _word(kind: type[Any]) -> str:
    """Return what a record is called in a sentence."""
    return KIND_OF.get(kind, "link to a case")


def _value(name: str, wanted: Any, given: object) -> object:  # noqa: ANN401 - a type, as annotated
    value = _typed(name, wanted, given)
    if name in DAYS and not _is_day(value):
        message = f'"{name}" is no day'
        raise ValueError(message)
    if name in SHARES and not all(0 <= one <= 1 for one in (value if isinstance(value, tuple) else (value,))):
        message = f'"{name}" does not lie between 0 and 1'
        raise ValueError(message)
    return value


def is_text(given: str) -> bool:
    """Return whether a string is text: half of a sign is not."""
    return given.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in given)


@lru_cache(maxsize=4_096)
def _is_day(written: str) -> bool:
    try:
        moment(written)
    except ValueError:
        return False
    return True


def _typed(name: str, wanted: Any, given: object) -> Any:  # noqa: ANN401 - a type, as annotated
    if wanted is float:
        if isinstance(given, int | float) and not isinstance(given, bool) and isfinite(given):
            return float(given)
    elif get_origin(wanted) is tuple:
        (part, _) = get_args(wanted)
        if isinstance(given, list):
            return tuple(_typed(name, part, one) for one in given)
    elif wanted is int:
        if isinstance(given, int) and not isinstance(given, bool):
            return given
    elif wanted is CaseLink:
        return _made(CaseLink, given)
    elif isinstance(given, str) and is_text(given):
        if not issubclass(wanted, StrEnum):
            return given
        with suppress(ValueError):
            return wanted(given)
    message = f'"{name}" cannot have the value that it has'
    raise ValueError(message)


def _defaults(kind: type[Any]) -> dict[str, Any]:
    """Return the defaults of the fields that have one."""
    return {one.name: one.default for one in fields(kind) if one.default is not MISSING}


def _wanted(kind: type[Any]) -> dict[str, Any]:
    """Return the type (without ``None``) of each field."""
    hints = get_type_hints(kind)
    found = {}
    for one in fields(kind):
        wanted = hints[one.name]
        if get_origin(wanted) in {Union, types.UnionType}:
            wanted = next(part for part in get_args(wanted) if part is not types.NoneType)
        found[one.name] = wanted
    return found


_DEFAULTS = {kind: _defaults(kind) for kind in (*KIND_OF, CaseLink)}
_WANTED = {kind: _wanted(kind) for kind in (*KIND_OF, CaseLink)}
