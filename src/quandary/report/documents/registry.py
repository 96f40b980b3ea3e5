"""Which documents each task returns: by the task's name, and loaded when someone asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Union

from quandary.report.documents.document import ResultDocument

PLACES: Mapping[str, tuple[str, ...]] = {
    "run": ("run.RunDocument",),
    "demo": ("run.RunDocument",),
    "report": ("run.ReportDocument",),
    "migrate": ("migration.MigrateDocument",),
    "check": ("problems.ProblemsDocument",),
    "ask": ("answers.AskDocument",),
    "why": ("explanation.WhyDocument",),
    "solve": ("game.SolveDocument",),
    "show": ("cases.ShowDocument",),
    "new": ("cases.NewDocument",),
    "explain": ("problems.ExplainDocument",),
    "read": ("article.ReadDocument",),
    "timeline": ("changes.TimelineDocument",),
    "paths": ("changes.PathsDocument",),
    "suppose": ("changes.SupposeDocument",),
    "flips": ("turning.FlipsDocument", "turning.StructureDocument"),
    "information": (
        "information.InformationDocument",
        "information.StudyingDocument",
        "information.AdviceDocument",
    ),
    "compare": ("turning.ComparisonDocument",),
    "equilibria": ("equilibria.EquilibriaDocument",),
}
"""Each task's documents: their modules in this package, and their classes. Faults are ``check``'s document."""

EARLIER: Mapping[str, tuple[str, ...]] = {
    "run": ("earlier.EarlierRunDocument",),
    "demo": ("earlier.EarlierRunDocument",),
    "report": ("earlier.EarlierReportDocument",),
    "ask": ("earlier.EarlierAskDocument",),
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
    module, _, name = place.partition(".")
    found: type[ResultDocument] = getattr(import_module(f"{__package__}.{module}"), name)
    return found


DOCUMENTS = TaskDocuments()


def document_of(task: str, version: int) -> Any | None:  # noqa: ANN401 - a type or a union of types
    """Return the type of what a task returns in one version, newest or earlier; ``None`` where it has none such."""
    places = (*PLACES[task], *EARLIER.get(task, ()))
    found = tuple(kind for kind in map(_loaded, places) if kind.SCHEMA.endswith(f"/{version}"))
    return Union[found] if found else None  # noqa: UP007 - of types found here
