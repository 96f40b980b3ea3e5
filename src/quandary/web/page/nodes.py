"""The influence diagram on a page: its drawing with nodes that can be chosen, and what is told of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quandary.report.charts.palette import with_variables
from quandary.report.dossier import Dossier, seen_days
from quandary.report.html.diagram import DiagramStates, DrawnNode, arcs_of, drawn_diagram, kind_said, nodes_in_order
from quandary.report.words.naming.numbers import number_name, range_said
from quandary.report.words.wording import brief_percent, listing
from quandary.web.page.shown import Shown


@dataclass(frozen=True)
class ShownDiagram:
    """The drawing as HTML, and its nodes in the order in which they are read."""

    svg: str
    nodes: tuple[DrawnNode, ...]


def _states(dossier: Dossier) -> DiagramStates:
    names = dossier.report.names
    outcomes = {one.variable: one for one in dossier.report.findings.outcomes if not one.fillings}
    likely = {}
    for name, one in outcomes.items():
        state = max(one.states, key=lambda s, states=one.states: states[s].mean or 0.0)  # type: ignore[misc]
        likely[name] = f"{names.state(name, state)} {brief_percent(one.states[state].mean)}"
    return DiagramStates(dossier.seen, seen_days(names, dossier.evidence), likely)


def drawn_nodes(shown: Shown) -> ShownDiagram:
    """Return the diagram of what is shown; its nodes are buttons named by their ids."""
    dossier = shown.dossier
    assert dossier is not None
    names, states = dossier.report.names, _states(dossier)
    drawn = drawn_diagram(names, states)
    body = with_variables(drawn.body).replace('role="img" tabindex="0"', 'role="button" tabindex="0"')
    for number, name in enumerate(_ids(dossier)):
        body = body.replace(
            f'<g class="nd k{number}" ', f'<g class="nd k{number}" data-node="{name}" data-n="n{number}" '
        )
    view = f"0 0 {drawn.width:.0f} {drawn.height:.0f}"
    size = f'viewBox="{view}" width="{drawn.width:.0f}" height="{drawn.height:.0f}" font-size="13"'
    opening = f'<svg class="dg" {size} role="group" aria-label="Influence diagram">'
    return ShownDiagram(f"{opening}{body}</svg>", tuple(nodes_in_order(names, states)))


def _ids(dossier: Dossier) -> list[str]:
    case = dossier.report.case
    return [*(one.id for one in case.story), *(f"{one.actor}.{one.id}" for one in case.stakes)]


def node_told(dossier: Dossier, name: str) -> dict[str, Any] | None:
    """Return what a node is, its numbers with their reasons, and its likeliest states; ``None`` for no such node."""
    names = dossier.report.names
    node = next((one for one in nodes_in_order(names, _states(dossier)) if one.id == name), None)
    if node is None:
        return None
    outcome = next((one for one in dossier.report.findings.outcomes if one.variable == name), None)
    states = [] if outcome is None else sorted(outcome.states.items(), key=lambda item: -(item[1].mean or 0.0))
    own = [one for one in dossier.report.numbers.values() if ".".join(one.role.of) == name or one.role.of == (name,)]
    return {
        "id": name,
        "title": node.title,
        "kind": kind_said(names, node),
        "seen": node.seen,
        "from": listing([names.variable(source) for source, target in arcs_of(names.case) if target == name]),
        "states": [
            {
                "name": names.state(name, state),
                "at": round(100 * (answer.mean or 0.0), 1),
                "told": brief_percent(answer.mean),
            }
            for state, answer in states
        ],
        "numbers": [
            {
                "name": number_name(names, one),
                "range": range_said(one, *one.estimate.at(0.05, 0.95)),
                "because": one.because or one.source or "",
            }
            for one in own
            if not one.unknown
        ],
    }
