"""A draft case as YAML, written so that a person reads and edits it with pleasure."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.read.drafting.draft import Draft, Proposal

_SECTIONS = (
    ("actors", "who chooses: those to whom the article gives a move"),
    ("story", "what happens, in order of time; arcs from the article's conditionals and causal claims"),
    ("stakes", "what each wants, on 0 to 100"),
    ("evidence", "what the article reports as having happened"),
    ("claims", "who said what"),
    ("questions", "what the article asks"),
)

_NEEDED = {
    "actors": "{}  # the article gives nobody a move",
    "story": "???  # the article names no condition, cause or dated event; write what may happen",
}


def as_yaml(draft: Draft) -> str:
    """Return the draft as the text of a case file; rejected proposals are left out."""
    lines = list(draft.head)
    for section, heading in _SECTIONS:
        kept = [p for p in draft.proposals if p.section == section and p.status != "rejected"]
        lines += ["", f"# --- {heading} " + "-" * max(0, 108 - len(heading))]
        if not kept:
            if section in _NEEDED:
                lines.append(f"{section}: {_NEEDED[section]}")
            continue
        lines.append(f"{section}:")
        for proposal in kept:
            lines += _indented(proposal)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _indented(proposal: Proposal) -> Sequence[str]:
    status = "accepted" if proposal.status in ("accepted", "edited") else "proposed"
    lines = [
        f"  {line.replace('proposed', status) if line.strip() == 'status: proposed' else line}"
        for line in proposal.lines
    ]
    return [*lines, ""] if proposal.section in ("story", "claims") else lines
