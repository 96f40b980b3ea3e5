"""Requests: frozen records whose fields say of themselves what they mean, how they are written, and their bounds.

A task's request is made from plain data (JSON, or what a command line was given) by ``request_from``.
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import Enum
from math import inf
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from quandary.base.characters import LONGEST_NAME, one_line, shortened, visible
from quandary.base.problems import CaseError, Problem, Refusal, nearest
from quandary.use.results import EARLIER, NEWEST
from quandary.use.values import read_day, read_size

R = TypeVar("R")
T = TypeVar("T")


class NamedPlace(Enum):
    """What the text in a field names outside of the request: a way in that works for others keeps these apart."""

    CASE = "a case, its folder, or a shipped one"
    READ = "a file or folder that is read"
    WRITTEN = "a file or folder that is written"
    LEDGER = "a ledger"
    MACHINE = "what belongs to the machine: a network address, a model, standard input"


@dataclass(frozen=True)
class About:
    """What a field of a request says of itself.

    ``read`` makes its value of text, as in ``2022-01-19`` or ``30%``; ``written`` is its default as text. What is
    ``positional`` stands without an option's name; ``option`` is that name where the field's own cannot be (``--if``).
    ``names`` says what it names outside of the request.
    """

    help: str
    short: str = ""
    metavar: str = ""
    positional: bool = False
    least: float | None = None
    most: float | None = None
    read: Callable[[str], Any] | None = None
    written: str = ""
    option: str = ""
    names: NamedPlace | None = None


@dataclass(frozen=True)
class RequestField:
    """One field of a request: its name, the type of its values, whether it takes several, its default."""

    name: str
    kind: type
    many: bool
    default: Any
    about: About

    @property
    def required(self) -> bool:
        """Return whether a request cannot be made without it."""
        return self.default is MISSING


LARGEST = sys.float_info.max
"""No number of a request, whole or not, is larger in size."""

QUESTION = "question"
"""The name that faults in a question typed for itself carry as their file."""

CaseName = Annotated[
    str,
    About(
        "A case file, its folder, or the name of a case that ships.",
        metavar="CASE",
        positional=True,
        names=NamedPlace.CASE,
    ),
]
Worlds = Annotated[int, About("How many worlds to draw.", "-w")]
Seed = Annotated[int, About("The seed; the same seed gives the same answer.", "-s", least=0)]
Memory = Annotated[
    int | None,
    About("How much it may take, as 8GiB (default: 2GiB).", metavar="SIZE", read=read_size, least=1 << 20),
]
AsOf = Annotated[
    date | None,
    About("Use evidence and resolutions up to this day (default: the case's).", metavar="DATE", read=read_day),
]
Evidence = Annotated[bool, About("Leave the evidence out: the prior.")]
DISCREPANCY = 1.5
"""The factor on the odds by which a case may miss a check, unless another is stated."""

Anchored = Annotated[bool, About("Weigh worlds by the case's checks too; every answer then says so.")]
Discrepancy = Annotated[
    float,
    About(
        "With --anchored: the factor on the odds by which the case may miss a check even with the right numbers.",
        metavar="FACTOR",
        least=1.0,
        most=1000.0,
    ),
]
Search = Annotated[
    bool,
    About("Skip searches: for what holds by construction, what verdicts rest on, bounds, and other equilibria."),
]
ShowAll = Annotated[bool, About("Show everything, and not only what matters most.")]
ArticleText = Annotated[
    Path | None,
    About("Check the quotes against this text of the case's article.", metavar="FILE", names=NamedPlace.READ),
]
Force = Annotated[bool, About("Write over what is there already.")]
SchemaVersion = Annotated[
    int,
    About("With --json: the version of the document; 1 goes away with the next release.", least=EARLIER, most=NEWEST),
]
Reading = Annotated[str | None, About("One reading of the claim (default: each).", metavar="READING", positional=True)]
GameFile = Annotated[
    str,
    About(
        "A game file (.efg, .nfg, .json, .bif, .bifxml, .xdsl, .net), or a case: file, folder or shipped name.",
        metavar="FILE",
        positional=True,
        names=NamedPlace.CASE,
    ),
]
SeenBy = Annotated[
    str | None,
    About("Of a case, the game that this actor believes in instead of the one that the case has.", metavar="ACTOR"),
]
WorldNumber = Annotated[int | None, About("Of a case, this world (counted from 0) instead of the one at every median.")]


def fields_of(request: type) -> tuple[RequestField, ...]:
    """Return the fields of a request's type, in order."""
    hints = get_type_hints(request, include_extras=True)
    found = []
    for one in fields(request):
        kind, about = get_args(hints[one.name])
        many = get_origin(kind) is tuple
        if many:
            kind = get_args(kind)[0]
        elif get_origin(kind) in {Union, types.UnionType}:
            kind = next(part for part in get_args(kind) if part is not types.NoneType)
        found.append(RequestField(one.name, kind, many, one.default, about))
    return tuple(found)


def request_from(request: type[R], given: Mapping[str, object]) -> R:
    """Return a request made from plain data: names of its fields and their values, as JSON or a command line has them.

    Raises ``CaseError`` with every fault: unknown names and wrong kinds of value (Q819), values out of bounds (Q806),
    and what text cannot be read as.
    """
    if not isinstance(given, Mapping):
        raise CaseError([Problem("Q819", f"{_repeated(given)} is no request", hint="a request is an object of fields")])
    known = {one.name: one for one in fields_of(request)}
    problems = [
        Problem(
            "Q819",
            f'a request has no "{visible(str(name))}"',
            hint=(nearest(name, known) if isinstance(name, str) else None) or f"known: {', '.join(known)}",
        )
        for name in given
        if name not in known
    ]
    values = {}
    for name, one in known.items():
        if name in given:
            try:
                values[name] = _value(one, given[name])
            except Refusal as refusal:
                problems.append(refusal.problem)
        elif one.required:
            problems.append(Problem("Q819", f'the request lacks "{name}"', hint=one.about.help))
    if problems:
        raise CaseError(problems)
    return request(**values)


def within(request: type, name: str, given: T) -> T:
    """Return a value that a request's field of that name can have; any other is refused as in a request."""
    _single(next(one for one in fields_of(request) if one.name == name), given)
    return given


def _value(field: RequestField, given: object) -> object:
    """Return the value of a field; raises ``Refusal`` where it cannot have it."""
    if given is None and not field.required:
        return field.default
    if not field.many:
        return _single(field, given)
    if not isinstance(given, list | tuple):
        raise _wrong(field, given)
    return tuple(_single(field, part) for part in given)


def _single(field: RequestField, given: object) -> object:
    kind, read = field.kind, field.about.read
    if isinstance(given, str):
        if read is not None:
            return read(given)
        if kind is Path:
            return Path(given)
        if issubclass(kind, Enum) and given in {one.value for one in kind}:
            return kind(given)
    if not isinstance(given, (int, float) if kind is float else kind) or (isinstance(given, bool) and kind is not bool):
        raise _wrong(field, given)
    _hold_to_bounds(field, given)
    return float(given) if kind is float and isinstance(given, int) else given


def _hold_to_bounds(field: RequestField, value: object) -> None:
    """Refuse (Q806) a number that is out of a field's bounds, or that cannot be reckoned with."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    about = field.about
    least, most = (-inf if about.least is None else about.least), (inf if about.most is None else about.most)
    if max(least, -LARGEST) <= value <= min(most, LARGEST):
        return
    bounds = f"from {least:,}" if most == inf else f"from {least:,} to {most:,}"
    hint = f"name a number {bounds}" if least > -inf else "name a number"
    raise Refusal(Problem("Q806", f'{_repeated(value)} is no value for "{field.name}"', hint=hint))


def _repeated(given: object) -> str:
    """Return a value as a sentence repeats it, however long, deep or unseen it is."""
    try:
        return one_line(shortened(json.dumps(given, ensure_ascii=False), LONGEST_NAME))
    except (TypeError, ValueError, RecursionError):  # no JSON, or none that can be told
        return f"a {type(given).__name__}"


KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text", Path: "the name of a file"}


def _wrong(field: RequestField, given: object) -> Refusal:
    if issubclass(field.kind, Enum):
        wanted = "one of " + ", ".join(str(one.value) for one in field.kind)
    else:
        wanted = KINDS.get(field.kind, "text")
    message = f'{_repeated(given)} is no value for "{field.name}"'
    return Refusal(Problem("Q819", message, hint=f"it takes {'a list of ' if field.many else ''}{wanted}"))


SCHEMA_TYPES: dict[type, str] = {int: "integer", float: "number", bool: "boolean"}


def request_schema(request: type) -> dict[str, Any]:
    """Return the JSON Schema of a request, made of what its fields say of themselves."""
    known = fields_of(request)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": request.__name__,
        "type": "object",
        "properties": {one.name: _field_schema(one) for one in known},
        "required": [one.name for one in known if one.required],
        "additionalProperties": False,
    }


def _field_schema(field: RequestField) -> dict[str, Any]:
    about = field.about
    types_taken = ["string"] if about.read is not None else []
    if about.read is None or field.kind in SCHEMA_TYPES:
        types_taken.append(SCHEMA_TYPES.get(field.kind, "string"))
    schema: dict[str, Any] = {"type": types_taken[0] if len(types_taken) == 1 else types_taken}
    if issubclass(field.kind, Enum):
        schema["enum"] = [one.value for one in field.kind]
    schema |= {} if about.least is None else {"minimum": about.least}
    schema |= {} if about.most is None else {"maximum": about.most}
    if field.many:
        schema = {"type": "array", "items": schema}
    if not field.required and field.default is None:
        schema["type"] = [*([schema["type"]] if isinstance(schema["type"], str) else schema["type"]), "null"]
    schema["description"] = about.help
    if not field.required:
        schema["default"] = list(field.default) if field.many else about.written or field.default
    return schema
