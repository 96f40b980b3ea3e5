"""The JSON Schema of a document: made by pydantic from its fields, and strict, so that no key is without a meaning.

Which documents each task returns stands here too: by the task's name, and loaded when someone asks.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any, Literal, NotRequired, Union, cast, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict  # before Python 3.12 pydantic, which brings it along, asks for this one

from quandary.report.documents.document import ResultDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"


PLACES: Mapping[str, tuple[str, ...]] = {
    "run": ("runs.run.RunDocument",),
    "demo": ("runs.run.RunDocument",),
    "report": ("runs.run.ReportDocument",),
    "migrate": ("changes.MigrateDocument",),
    "check": ("problems.ProblemsDocument",),
    "ask": ("answers.AskDocument",),
    "why": ("why.explanation.WhyDocument",),
    "solve": ("game.SolveDocument",),
    "show": ("cases.ShowDocument",),
    "new": ("cases.NewDocument",),
    "explain": ("problems.ExplainDocument",),
    "read": ("article.ReadDocument",),
    "timeline": ("changes.TimelineDocument",),
    "paths": ("changes.PathsDocument",),
    "ladder": ("changes.LadderDocument",),
    "critique": ("cases.CritiqueDocument",),
    "suppose": ("changes.SupposeDocument",),
    "flips": ("turning.flips.FlipsDocument", "turning.flips.StructureDocument"),
    "information": (
        "turning.information.InformationDocument",
        "turning.information.StudyingDocument",
        "turning.information.AdviceDocument",
    ),
    "compare": ("turning.flips.ComparisonDocument",),
    "equilibria": ("equilibria.EquilibriaDocument",),
    "next": ("turning.elicitation.NextDocument",),
    "elicit": ("turning.elicitation.ElicitDocument",),
    "ledger add": (".ledger.documents.LedgerAddDocument",),
    "ledger import": (".ledger.documents.LedgerImportDocument",),
    "ledger list": (".ledger.documents.LedgerListDocument",),
    "ledger show": (".ledger.documents.LedgerShowDocument",),
    "ledger resolve": (".ledger.documents.LedgerResolveDocument",),
    "ledger score": (".ledger.score_documents.LedgerScoreDocument",),
    "ledger today": (".ledger.documents.LedgerTodayDocument",),
    "ledger verify": (".ledger.documents.LedgerVerifyDocument",),
    "ledger export": (".ledger.documents.LedgerExportDocument",),
    "ledger forget": (".ledger.documents.LedgerForgetDocument",),
    "ledger backup": (".ledger.documents.LedgerBackupDocument",),
    "ledger restore": (".ledger.documents.LedgerBackupDocument",),
    "ledger demo": (".ledger.score_documents.LedgerDemoDocument",),
}
"""Each task's documents: their modules, from this package on, and their classes. Faults are ``check``'s document."""

EARLIER_PLACES: Mapping[str, tuple[str, ...]] = {
    "run": ("runs.earlier.EarlierRunDocument",),
    "demo": ("runs.earlier.EarlierRunDocument",),
    "report": ("runs.earlier.EarlierReportDocument",),
    "ask": ("runs.earlier.EarlierAskDocument",),
}
"""Documents of the version before, which a request may still ask for: for one release."""


class TaskDocuments(Mapping[str, Any]):
    """The type of what a task returns, by the task's name: a document, or a union of several."""

    def __getitem__(self, task: str) -> Any:  # noqa: ANN401 - a type or a union of types
        return Union[tuple(_loaded(place) for place in PLACES[task])]  # noqa: UP007 - of types found here

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


def _loaded(place: str) -> type[ResultDocument]:
    module, _, name = place.rpartition(".")
    found: type[ResultDocument] = getattr(import_module(f".{module}", __package__), name)
    return found


DOCUMENTS = TaskDocuments()


def document_of(task: str, version: int) -> Any | None:  # noqa: ANN401 - a type or a union of types
    """Return the type of what a task returns in one of its two versions; ``None`` where it has no such one."""
    if task not in EARLIER_PLACES:
        return None
    places = {1: EARLIER_PLACES[task], 2: PLACES[task]}.get(version, ())
    return Union[tuple(map(_loaded, places))] if places else None  # noqa: UP007 - of types found here


class _Untitled(GenerateJsonSchema):
    """Fields without titles, which would only repeat their names."""

    def field_title_should_be_set(self, schema: object) -> bool:
        """Return that no field has a title."""
        return False


def schema_of(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a type or a union of types
    """Return the JSON Schema (2020-12) of what documents become: every key with its meaning, and no other key.

    ``kind`` is a document's type, or a union of several.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(_plain_type(kind))
    return {"$schema": DIALECT, **adapter.json_schema(schema_generator=_Untitled)}


@cache
def _as_keys(kind: type) -> Any:  # noqa: ANN401 - a type made here
    """Return a document's type as that of its plain form, which pydantic knows: a dict with these keys and no others.

    The keys of an ``inline`` document are taken from its own plain form.
    """
    keys: dict[str, Any] = {}
    if issubclass(kind, ResultDocument):
        keys["schema"] = Annotated[Literal[kind.SCHEMA], Field(description="which schema this follows")]
        keys["version"] = Annotated[str, Field(description="the version of Quandary that made this")]
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        about = field.metadata
        optional = about["left_out"]
        made = _plain_type(hints[field.name], nullable=not optional)
        if about["inline"]:
            own = made.__annotations__
        else:
            own = {about["name"] or field.name: Annotated[made, Field(description=about["meaning"])]}
        keys |= {name: _not_required(one) for name, one in own.items()} if optional else own
    whole = cast(Any, TypedDict)(kind.__name__, keys)
    whole.__pydantic_config__ = ConfigDict(extra="forbid", json_schema_extra={"description": kind.__doc__ or ""})
    return whole


def _not_required(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    return hint if get_origin(hint) is NotRequired else NotRequired[hint]


def _plain_type(hint: Any, *, nullable: bool = True) -> Any:  # noqa: ANN401 - any annotation
    """Return a field's type with every document in it as its plain form; without ``None`` unless ``nullable``."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _as_keys(hint)
    whole, parts = get_origin(hint), get_args(hint)
    if whole is None or whole is Literal:
        return hint
    made = tuple(_plain_type(part) for part in parts if nullable or part is not types.NoneType)
    return Union[made] if whole in (Union, types.UnionType) else whole[made]  # noqa: UP007 - of parts found here
