"""A document: a frozen record whose fields are the keys of a JSON object, in their order, each with its meaning."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, ClassVar, TypeVar, dataclass_transform

from quandary.base.characters import escaped_json
from quandary.version import __version__

Document = TypeVar("Document")


def key(
    meaning: str,
    *,
    name: str | None = None,
    left_out: bool = False,
    inline: bool = False,
) -> Any:  # noqa: ANN401 - what describes a field stands in the place of a value of any type
    """Return what describes a field of a document: its ``meaning``, with its unit, as the schema says it.

    ``name`` is the key where that is a word of Python; with ``left_out`` there is no key where the value is ``None``;
    with ``inline`` the keys of the field's own document stand in its place.
    """
    return dataclasses.field(metadata={"meaning": meaning, "name": name, "left_out": left_out, "inline": inline})


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(key,))
def document(kind: type[Document]) -> type[Document]:
    """Return a class as a document: a frozen, slotted dataclass whose fields are described by ``key``."""
    return dataclasses.dataclass(frozen=True, slots=True, eq=False)(kind)


@document
class ResultDocument:
    """The result of a task: its first two keys are the name of its ``schema`` and the ``version`` of the program."""

    SCHEMA: ClassVar[str]


def head(kind: type[ResultDocument]) -> dict[str, str]:
    """Return the first two keys of a result: which schema it follows, and which version of the program made it."""
    return {"schema": kind.SCHEMA, "version": __version__}


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a document as dicts, lists, strings and numbers; ``None`` for a number that is not finite."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _keys(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    number = float(value)
    return number if math.isfinite(number) else None


def _keys(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any document
    body: dict[str, Any] = dict(head(type(value))) if isinstance(value, ResultDocument) else {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if item is None and field.metadata["left_out"]:
            continue
        if field.metadata["inline"]:
            body |= plain(item)
        else:
            body[field.metadata["name"] or field.name] = plain(item)
    return body


def dumps(result: ResultDocument) -> str:
    """Return a result as JSON text; hidden characters are escapes."""
    return escaped_json(json.dumps(plain(result), ensure_ascii=False, indent=2, allow_nan=False))
