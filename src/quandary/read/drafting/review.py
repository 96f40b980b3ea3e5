"""Going through a draft in the terminal: each proposal beside its sentence; accept, edit, reject, or stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from quandary.case.draft import Draft, Proposal
from quandary.case.draft_writer import entry_lines
from quandary.read.records import Article

_KEYS = "[a]ccept  [e]dit  [r]eject  [s]kip  accept [A]ll that follow  [q]uit: "
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
            choice = _choice(answers, screen)
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


def _choice(answers: TextIO, screen: TextIO) -> str:
    while True:
        screen.write(_KEYS)
        screen.flush()
        line = answers.readline()
        if not line:
            return "q"
        word = line.strip()[:1] or "s"
        if word in "aersqA":
            return word
        screen.write("Please answer a, e, r, s, A or q.\n")


def _answered(proposal: Proposal, choice: str, answers: TextIO, screen: TextIO) -> Proposal:
    if choice == "a":
        return replace(proposal, status="accepted")
    if choice == "r":
        return replace(proposal, status="rejected")
    if choice == "e":
        screen.write("Type the entry anew; an empty line ends it.\n")
        screen.flush()
        lines = _typed(answers)
        return replace(proposal, typed=tuple(lines), status="edited") if lines else proposal
    return proposal


def _typed(answers: TextIO) -> Sequence[str]:
    lines: list[str] = []
    while line := answers.readline():
        if not line.strip():
            break
        lines.append(line.rstrip("\n"))
    return lines
