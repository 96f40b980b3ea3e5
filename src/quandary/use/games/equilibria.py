"""Whether worlds have several equilibria, and what hangs on which is played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.base.places import typed_text
from quandary.use.requests import QUESTION, About, AsOf, CaseName, Evidence, Memory, Seed, Worlds
from quandary.use.results import HANDS, Hands, Piece, Result, unconverged
from quandary.use.studies import by_evidence_alone, loaded_case, study_of, with_numbers

if TYPE_CHECKING:
    from quandary.ask.equilibria.equilibria import EquilibriaOfWorlds
    from quandary.ask.query.subject import AskedSubject
    from quandary.ask.study import Study
    from quandary.case.model import Case
    from quandary.report.documents.equilibria import EquilibriaDocument

MOST_STARTS = 10_000


@dataclass(frozen=True, kw_only=True)
class EquilibriaRequest:
    """A case, what is asked of it, and how far worlds are searched."""

    case: CaseName
    thing: Annotated[
        str | None,
        About(
            "A claim, question or forecast of the case, or a query.",
            metavar="[QUERY]",
            positional=True,
        ),
    ] = None
    worlds: Worlds = 200
    starts: Annotated[int, About("From how many starts each world is searched.", least=1, most=MOST_STARTS)] = 30
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


@dataclass(frozen=True, eq=False)
class EquilibriaResult(Result):
    """What a search finds beside the equilibrium selected, and what hangs on it."""

    case: Case
    found: EquilibriaOfWorlds
    worlds: int
    named: str

    @property
    def complete(self) -> bool:
        """Return whether every world was searched."""
        return self.found.complete

    def document(self) -> EquilibriaDocument:
        """Return what was found as ``quandary.equilibria/2``."""
        from quandary.report.documents.equilibria import equilibria_document

        return equilibria_document(self.case, self.found)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.equilibria_found import equilibria_parts
        from quandary.report.words.naming.names import CaseNames

        yield from equilibria_parts(CaseNames(self.case, code), self.found)
        yield from unconverged(self.found.unconverged, self.worlds, self.found.seed, self.named)


def run(request: EquilibriaRequest, hands: Hands) -> EquilibriaResult:
    """Return other equilibria of the worlds, and how an answer depends on which is played."""
    from quandary.ask.query.subject import subjects

    case, _ = loaded_case(request.case)
    thing = request.thing
    asked = () if thing is None else subjects(case, thing, None, typed_text(QUESTION, thing))
    study = study_of(case, request, request.worlds, hands, saying=None)
    return equilibria(study, asked, request.worlds, request.starts, hands, named=request.case)


def equilibria(
    study: Study,
    asked: Sequence[AskedSubject],
    worlds: int,
    starts: int,
    hands: Hands = HANDS,
    *,
    named: str = "CASE",
) -> EquilibriaResult:
    """Return what a search of the first worlds of a study finds."""
    from quandary.ask.equilibria import equilibria as searching
    from quandary.case.model import DecisionEvent

    by_evidence_alone(study, "a search for other equilibria")
    queries = [subject.query for subject in asked]
    with_numbers(
        study,
        "a search for other equilibria",
        queries,
        variables=[item.id for item in study.case.story if isinstance(item, DecisionEvent)],
    )
    progress = hands.telling("Searching worlds")
    found = searching.equilibria(study, queries, worlds=worlds, starts=starts, progress=progress)
    return EquilibriaResult(study.case, found, study.worlds, named)
