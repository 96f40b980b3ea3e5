"""Which document each task returns: by name, and loaded when someone asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from quandary.report.documents.document import ResultDocument

PLACES = {
    "ask": "answers.AskDocument",
    "run": "run.RunDocument",
}
"""Each task's document: its module in this package, and its class."""


class TaskDocuments(Mapping[str, type[ResultDocument]]):
    """The type of the document of every task, by the task's name."""

    def __getitem__(self, task: str) -> type[ResultDocument]:
        module, _, name = PLACES[task].partition(".")
        found: type[ResultDocument] = getattr(import_module(f"{__package__}.{module}"), name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


DOCUMENTS = TaskDocuments()
