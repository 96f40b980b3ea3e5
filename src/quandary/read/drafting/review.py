"""Going through a draft in the terminal: each proposal beside its sentence; accept, edit, reject, or stop.

A claim with a test shows the test in words below its quote, with one key each for right, turned round, other variable
and no test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from quandary.case.draft import Draft, Proposal, gap
from quandary.case.draft_writer import entry_lines
from quandary.case.model import Claim, Test
from quandary.language.printing import written
from quandary.language.syntax import Compare, Comparison, Number
from quandary.read.drafting.sentences import sentence_of
from quandary.read.records import Article

_KEYS = "[a]ccept  [e]dit  [r]eject  [s]kip  accept [A]ll that follow  [q]uit: "
_TEST_KEYS = "the test is [a] right  [t]urned round  on an[o]ther variable  [n]o test at all\n"
_TURNED: dict[Comparison, Comparison] = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_MARKED = "»{}«"


def walk_through(draft: Draft, article: Article, answers: TextIO, screen: TextIO) -> Draft:
    """Return the draft as the reader left it; what was not reached stays proposed.

    ``answers`` gives one line per question (an edit ends with an empty line); the end of the input stops the walk.
    """
    done: list[Proposal] = []
    total = len(draft.proposals)
    for number, proposal in enumerate(draft.proposals):
        screen.write(shown(proposal, article, number + 1, total))
        try:
            choice = _choice(answers, screen, tested=_is_tested(proposal))
        except KeyboardInterrupt:
            choice = "q"  # what is done is kept
        if choice == "q":
            done.extend(draft.proposals[number:])
            break
        if choice == "A":
            done.extend(replace(p, status="accepted") for p in draft.proposals[number:])
            break
        done.append(_answered(proposal, choice, answers, screen))
    kept = sum(p.status == "accepted" for p in done)
    edited = sum(p.status == "edited" for p in done)
    rejected = sum(p.status == "rejected" for p in done)
    screen.write(
        f"\n{kept} accepted, {edited} edited, {rejected} rejected, {total - kept - edited - rejected} still proposed.\n"
    )
    return replace(draft, proposals=tuple(done))


def shown(proposal: Proposal, article: Article, number: int, total: int) -> str:
    """Return a proposal with the sentence it came from, the quoted words marked."""
    lines = [f"\n--- {number} of {total}: {proposal.section} " + "-" * 40]
    if proposal.span is not None:
        lines += [f"  {sentence_with_mark(article, *proposal.span)}", ""]
    lines += [f"    {line}" for line in entry_lines(proposal, noted=False)]
    return "\n".join(lines) + "\n"


def sentence_with_mark(article: Article, start: int, end: int) -> str:
    """Return the sentence around a passage with the passage between marks."""
    text = article.text
    low = max(text.rfind("\n", 0, start) + 1, text.rfind(". ", 0, start) + 1)
    after = [p for p in (text.find("\n", end), text.find(". ", end)) if p >= 0]
    high = min(after) + 1 if after else len(text)
    marked = text[low:start] + _MARKED.format(text[start:end]) + text[end:high]
    return " ".join(marked.split())


def _is_tested(proposal: Proposal) -> bool:
    """Return whether a proposal is a claim with a test that says something, not a gap alone."""
    entry = proposal.entry
    return isinstance(entry, Claim) and any(isinstance(test.query, Compare) for test in entry.tests)


def _choice(answers: TextIO, screen: TextIO, *, tested: bool) -> str:
    known = "aersqA" + "ton" * tested
    while True:
        screen.write((_TEST_KEYS if tested else "") + _KEYS)
        screen.flush()
        line = answers.readline()
        if not line:
            return "q"
        word = line.strip()[:1] or "s"
        if word in known:
            return word
        screen.write(f"Please answer {', '.join(known[:-1])} or {known[-1]}.\n")


def _answered(proposal: Proposal, choice: str, answers: TextIO, screen: TextIO) -> Proposal:
    if choice == "a":
        return replace(proposal, status="accepted")
    if choice in ("t", "o", "n") and isinstance(proposal.entry, Claim):
        return _retested(proposal, proposal.entry, choice)
    if choice == "r":
        return replace(proposal, status="rejected")
    if choice == "e":
        screen.write("Type the entry anew; an empty line ends it.\n")
        screen.flush()
        lines = _typed(answers)
        return replace(proposal, typed=tuple(lines), status="edited") if lines else proposal
    return proposal


def _retested(proposal: Proposal, claim: Claim, choice: str) -> Proposal:
    """Return a claim with its tests turned round, asked anew, or taken away."""
    if choice == "n":
        asks = "why can this not be tested? Or write kind: factual, normative or question"
        untested = replace(claim, tests=(), kind="claim", not_testable=gap(asks))
        remarks = {key: told for key, told in proposal.remarks.items() if not key.startswith("test ")}
        return replace(proposal, entry=untested, status="accepted", remarks=remarks)
    tests = tuple(_turned(test) if choice == "t" else _asked(test) for test in claim.tests)
    told = {f"test {test.name}": said for test in tests if (said := sentence_of(test))}
    remarks = {key: said for key, said in proposal.remarks.items() if not key.startswith("test ")} | told
    return replace(proposal, entry=replace(claim, tests=tests), status="accepted", remarks=remarks)


def _turned(test: Test) -> Test:
    """Return a comparison the other way round; what is no comparison of two settings stays."""
    query = test.query
    if not isinstance(query, Compare) or query.op not in _TURNED:
        return test
    if isinstance(query.right, Number):  # it spoke of the likely way of the other reading
        return Test(test.name, gap("how likely, given that the claim reads the other way?"), "")
    return replace(test, query=(other := replace(query, op=_TURNED[query.op])), written=written(other))


def _asked(test: Test) -> Test:
    if not isinstance(test.query, Compare):
        return test
    return Test(test.name, gap(f"on another variable than in {test.written.split(' | ')[0].removeprefix('P(')}?"), "")


def _typed(answers: TextIO) -> Sequence[str]:
    lines: list[str] = []
    while line := answers.readline():
        if not line.strip():
            break
        lines.append(line.rstrip("\n"))
    return lines
