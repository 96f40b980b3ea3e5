"""An answer over fillings of numbers that nobody has put, as a document."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.ask.results import OverFillings
from quandary.report.documents.document import document, key


@document
class FillingsDocument:
    """What an answer or a reading is over fillings of numbers that nobody has put; shares of fillings are no odds."""

    low: float | None = key("the least found of what is asked, in the query's own unit; null where it is no one number")
    high: float | None = key("the most found")
    decides: Sequence[str] = key("the paths of the unknown things that decide it most: two where only both together do")
    explained: float | None = key("the share of its variance over fillings that they explain, 0 to 1")
    tried: int = key("how many fillings were drawn that allow what was seen")
    searched: int = key("how many worlds were looked at beyond those drawn: corners, and a search against it")
    share: float | None = key("in what share of the fillings drawn a reading holds, each counted once", left_out=True)
    by_kinds: float | None = key("the same where states that nothing asked tells apart count as one", left_out=True)
    least_share: float | None = key(
        "with ranges beside the unknowns: the least share of their worlds in which one filling was found to hold",
        left_out=True,
    )
    proved: bool = key("whether it is proved by signs, whatever the numbers are")


def fillings_document(over: OverFillings | None) -> FillingsDocument | None:
    """Return an answer over fillings, ``None`` where it hangs on no unknown number."""
    return None if over is None else filled_document(over)


def filled_document(over: OverFillings) -> FillingsDocument:
    """Return an answer over fillings."""
    return FillingsDocument(
        low=over.low,
        high=over.high,
        decides=[thing.path for thing in over.decides],
        explained=over.explained,
        tried=over.tried,
        searched=over.searched,
        share=over.share,
        by_kinds=over.by_kinds,
        least_share=over.least_share,
        proved=over.proved,
    )
