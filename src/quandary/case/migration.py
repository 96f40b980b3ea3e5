"""From a case of version 1 to one of version 2: the same words, and where they are to mean what they meant before.

Version 1 read ``do(x = v)`` as ``do_foreseen(x = v)`` is read now, and asked a check without the evidence unless it
said ``evidence: true``. Both versions are read alike; what is to keep its old sense is written so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from quandary.base.places import Place
from quandary.base.problems import Problem, Refusal
from quandary.case.model import VERSION, Case
from quandary.case.text import CaseText
from quandary.case.yaml.editing import Part
from quandary.language.heads import HEADS
from quandary.language.syntax import Expression, calls_in

Kind = Literal["claim", "question", "check", "forecast"]

_WORD = re.compile(rf'"[^"]*"|\b(?P<head>{"|".join(HEADS)})(?=\s*\()|\b(?P<do>do(?:_unseen|_foreseen)?)(?=\s*\()')
"""A name in quotation marks, in which nothing has a meaning; the head of a call; or the word of an intervention."""


@dataclass(frozen=True)
class WrittenQuery:
    """A query of the case: ``id`` is the claim's, question's, check's or forecast's, ``reading`` a claim's.

    ``path`` is where its text stands; ``evidence_path`` is that of a check which does not say whether it is asked with
    the evidence.
    """

    kind: Kind
    id: str
    reading: str | None
    query: Expression
    written: str
    place: Place
    path: tuple[Part, ...]
    evidence_path: tuple[Part, ...] | None = None

    @property
    def name(self) -> str:
        """Return what it is called: ``war-less-likely.probability``, or the name of a question, check or forecast."""
        return self.id if self.reading is None else f"{self.id}.{self.reading}"

    @property
    def says_do(self) -> bool:
        """Return whether it says ``do`` where the old sense was another; the change of a ``would`` never was."""
        return any(says_do for says_do in _interventions(self.written, self.query))

    @property
    def as_meant(self) -> str:
        """Return the query as it was meant in version 1, in the words of today."""
        return _foreseen(self.written, self)


def written_queries(case: Case, text: CaseText) -> tuple[WrittenQuery, ...]:
    """Return every query of a case without errors, in the order of its sections, each with its path in the text."""
    return tuple(_queries(case, text))


def _queries(case: Case, text: CaseText) -> Iterator[WrittenQuery]:
    for at, claim in enumerate(case.claims):
        for test in claim.tests:
            path = _of_mapping(text, ("claims", at, "tests", test.name))
            yield WrittenQuery("claim", claim.id, test.name, test.query, test.written, test.place, path)
    for question in case.questions:
        path = _of_mapping(text, ("questions", question.id))
        yield WrittenQuery("question", question.id, None, question.query, question.written, question.place, path)
    for at, check in enumerate(case.checks):
        entry: tuple[Part, ...] = ("checks", at)
        silent = (*entry, "evidence") if text.value((*entry, "evidence")) is None else None
        path = (*entry, "asks")
        yield WrittenQuery("check", check.id, None, check.query, check.written, check.place, path, silent)
    for at, item in enumerate(case.forecasts):
        yield WrittenQuery("forecast", item.id, None, item.query, item.written, item.place, ("forecasts", at, "asks"))


def _of_mapping(text: CaseText, path: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return where a query stands that is written by itself, or under ``query`` with what else is said of it."""
    return (*path, "query") if isinstance(text.value(path), dict) else path


def migrated(text: CaseText, kept: Collection[WrittenQuery]) -> CaseText:
    """Return the text as one of the newest version, in which the ``kept`` queries say what they meant in version 1.

    Refuses (Q818) what cannot be changed without another line.
    """
    text = text.with_value(("quandary",), VERSION)
    for query in kept:
        if query.says_do:
            text = text.with_words(query.path, partial(_foreseen, query=query))
        if query.evidence_path is not None:
            text = text.with_entry(query.evidence_path, False)
    return text


def _interventions(written: str, query: Expression) -> Iterator[bool]:
    """Yield for each intervention, from left to right, whether it is a ``do`` that had another sense."""
    calls = list(calls_in(query))
    found = [match for match in _WORD.finditer(written) if match["head"] or match["do"]]
    if [match["head"] for match in found if match["head"]] != [call.head for call in calls]:
        message = f'it cannot be told which words of "{written}" are interventions'
        raise Refusal(Problem("Q818", message, hint="change the file itself"))
    factual = False
    for match in found:
        if match["head"]:
            factual = not HEADS[match["head"]].counterfactual
        else:
            yield factual and match["do"] == "do"


def _foreseen(written: str, query: WrittenQuery) -> str:
    turned = _interventions(written, query.query)

    def word(found: re.Match[str]) -> str:
        return "do_foreseen" if found["do"] and next(turned, False) else found[0]

    return _WORD.sub(word, written)
