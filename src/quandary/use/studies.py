"""Where cases are opened and studies are built: in one place for every task and every way in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from quandary.base.problems import CaseError, Problem, Refusal, counted
from quandary.case.shipped import find_case
from quandary.onegame.formats.endings import no_game
from quandary.quantities.worlds import checked_worlds
from quandary.use.results import EARLIER, HANDS, NEWEST, Hands

if TYPE_CHECKING:
    from quandary.ask.query.queries import Query
    from quandary.ask.study import Study
    from quandary.case.model import Case
    from quandary.compile.loader import Loaded

SOLVING = "Solving worlds"


class StudyRequest(Protocol):
    """What a request says of the worlds that answer it."""

    @property
    def case(self) -> str:
        """Return the name of the case."""

    @property
    def seed(self) -> int:
        """Return the seed."""

    @property
    def as_of(self) -> date | None:
        """Return the last day whose evidence is used; ``None`` for the case's own."""

    @property
    def evidence(self) -> bool:
        """Return whether the evidence is used."""


def opened(named: str, text: Path | None = None) -> Loaded:
    """Return the case and every fault found in it; an unknown name is refused."""
    from quandary.compile.loader import read_case

    return read_case(no_game(find_case(named), named), text)


def loaded_case(named: str, text: Path | None = None) -> tuple[Case, tuple[Problem, ...]]:
    """Return the case and its warnings; raises ``CaseError`` with every fault when it has errors."""
    loaded = opened(named, text)
    if loaded.case is None or any(p.is_error for p in loaded.problems):
        raise CaseError(loaded.problems)
    return loaded.case, loaded.problems


class AnchoredRequest(Protocol):
    """What a request says of the case's checks."""

    @property
    def anchored(self) -> bool:
        """Return whether worlds weigh by them."""

    @property
    def discrepancy(self) -> float:
        """Return the factor on the odds by which the case may miss them."""


def anchored_by(request: AnchoredRequest) -> float | None:
    """Return the discrepancy with which a request has worlds weigh by the case's checks; ``None`` where it does not.

    Refuses (Q806) a document of the earlier version, which could not say so.
    """
    if request.anchored and getattr(request, "schema", NEWEST) != NEWEST:
        message = f"a document of schema {EARLIER} cannot say that worlds are weighted by checks"
        raise Refusal(Problem("Q806", message, hint="leave --schema out, or --anchored"))
    return request.discrepancy if request.anchored else None


def study_of(
    case: Case,
    request: StudyRequest,
    worlds: int,
    hands: Hands = HANDS,
    *,
    saying: str | None = SOLVING,
    anchored: float | None = None,
) -> Study:
    """Return the study that a request asks for, in so many worlds; its progress is told as ``saying``.

    With ``anchored``, a discrepancy, its worlds weigh by the case's checks too.
    """
    return study(
        case,
        worlds,
        request.seed,
        as_of=request.as_of,
        evidence=request.evidence,
        hands=hands,
        saying=saying,
        anchored=anchored,
    )


def study(
    case: Case,
    worlds: int,
    seed: int,
    *,
    as_of: date | None = None,
    evidence: bool = True,
    threads: int | None = None,
    hands: Hands = HANDS,
    saying: str | None = SOLVING,
    anchored: float | None = None,
) -> Study:
    """Return a case ready to be asked; fewer than 16 worlds are refused (Q806)."""
    from quandary.ask.study import Study

    return Study(
        case,
        worlds=checked_worlds(worlds),
        seed=seed,
        as_of=as_of,
        use_evidence=evidence,
        threads=threads,
        stop=hands.stop,
        progress=None if saying is None else hands.telling(saying),
        anchored=anchored,
    )


def by_evidence_alone(study: Study, what: str) -> None:
    """Refuse (Q806) a study whose worlds weigh by the case's checks, which ``what`` is to be done leaves out."""
    if study.anchored is not None:
        message = f"{what} weighs worlds by the evidence alone, and these weigh by the case's checks too"
        raise Refusal(Problem("Q806", message, hint="solve the case without anchored"))


def with_numbers(study: Study, what: str, queries: Iterable[Query] = (), *, variables: Iterable[str] = ()) -> None:
    """Refuse (Q529) ``what``, which averages over worlds, where a query or variable hangs on unknown numbers.

    Such worlds are fillings, of which none is likelier than another, so that an average over them says nothing.
    """
    from quandary.ask.claims.unknowns.hanging import hanging

    if not study.model.unknowns:
        return
    if study.fillings.moved & set(variables) or hanging(study, queries):
        things = counted(len(study.model.unknowns), "thing")
        message = f"{what} would be an average over fillings of numbers nobody has put (to {things}), none likelier"
        hint = "put them: quandary elicit; between what an answer lies: quandary ask"
        raise Refusal(Problem("Q529", message, hint=hint))


def newest_with_unknowns(study: Study, schema: int) -> None:
    """Refuse (Q806) a document of the earlier version of a case with unknown numbers, of which it cannot tell."""
    if study.model.unknowns and schema != NEWEST:
        message = f"a document of schema {EARLIER} cannot say that nobody has put numbers to things"
        raise Refusal(Problem("Q806", message, hint="leave --schema out"))
