"""A process that makes pages: as that of jobs, but what it answers with is HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quandary.use.results import Hands
from quandary.web.jobs.worker import TaskWork, main
from quandary.web.views.compare import compare_page
from quandary.web.views.draft import answered, draft_page
from quandary.web.views.ledger import ledger_page, question_page, scores_page

VIEWS: dict[str, Callable[[Mapping[str, str], Hands], str]] = {
    "ledger": ledger_page,
    "ledger question": question_page,
    "ledger scores": scores_page,
    "compare": compare_page,
    "draft": draft_page,
    "draft answer": answered,
}
"""What makes each page of what its address asks for, or writes what a form says."""


class ViewWork(TaskWork):
    """What a process that makes pages is at."""

    def made(self, name: str, given: Mapping[str, object], hands: Hands) -> str:
        """Return a page."""
        return VIEWS[name]({key: str(value) for key, value in given.items()}, hands)


if __name__ == "__main__":
    main(ViewWork)
