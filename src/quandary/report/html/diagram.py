"""The influence diagram as SVG: what each variable depends on, who decides and sees what, what each actor wants.

Chance events are ellipses, decisions boxes with their actor's name, stakes hexagons. What was seen to happen has a
heavier outline and its state in words. A dashed arc leads to a stake. graphlay places and routes; drawing is ours, so
that names, shapes and colours follow the page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case, ChanceEvent, DecisionEvent
from quandary.report.palette import LIGHT
from quandary.report.sheets import Sheet
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.wording import listing

WIDTH, HEIGHT = 150, 56
LETTERS = 23
LINE = 13
MARGIN = 10
ACTOR_COLOURS = 4
OPTIONS = {
    "direction": "topbottom",
    "routing": {"style": "diagonal"},
    "spacing": {"layer_gap": 42.0, "node_gap": 16.0, "dummy_gap": 10.0},
}

Arc = tuple[str, str]


@dataclass(frozen=True)
class DrawnNode:
    """One thing in the diagram: ``kind`` is chance, decision or stake; ``title`` is what stands in it."""

    id: str
    kind: str
    title: str
    owner: str | None = None
    seen: str | None = None

    @property
    def lines(self) -> list[str]:
        """Return the title in lines that fit the shape."""
        return textwrap.wrap(self.title, LETTERS - 3 if self.kind == "chance" else LETTERS)


def diagram_svg(names: CaseNames, seen: Mapping[str, str]) -> str:
    """Return the diagram laid out; ``seen`` names the observed state of each variable that was observed."""
    import graphlay

    case = names.case
    nodes = list(_nodes(names, seen))
    graph = graphlay.Graph()
    for node in nodes:
        graph.node(node.id, width=WIDTH, height=_height(node), shape="ellipse" if node.kind == "chance" else "box")
    arcs = arcs_of(case)
    for source, target in arcs:
        graph.edge(source, target)
    layout = graphlay.layout(graph, options=OPTIONS)
    centres = layout.positions()
    stakes = {node.id for node in nodes if node.kind == "stake"}
    paths = [
        _path([(p["x"], p["y"]) for p in edge["points"]], dashed=target in stakes)
        for edge, (_, target) in zip(layout.edges, arcs, strict=True)
    ]
    actors = list(case.actors)
    shapes = [_shape(names, node, centres[node.id], actors) for node in nodes]
    return _framed(paths + shapes, [p for e in layout.edges for p in e["points"]], centres)


def arcs_of(case: Case) -> tuple[Arc, ...]:
    """Return every arc: causes, what is newly seen, what a private type tells its owner, what stakes depend on."""
    arcs: dict[Arc, None] = {}
    for item in case.story:
        if isinstance(item, DecisionEvent):
            arcs.update(dict.fromkeys((name, item.id) for name in item.sees))
            continue
        arcs.update(dict.fromkeys((name, item.id) for name in item.given))
        first = _first_decision(case, item)
        if first is not None:
            arcs[item.id, first] = None
    for stake in case.stakes:
        for rule in (*stake.weight, *stake.worth, *stake.effects):
            arcs.update(dict.fromkeys((name, f"{stake.actor}.{stake.id}") for name in mentioned(case, rule.condition)))
    return tuple(arcs)


def diagram_sheet(names: CaseNames, seen: Mapping[str, str]) -> Sheet:
    """Return the diagram as a table: each variable and stake, what kind it is, and what leads to it."""
    into: dict[str, list[str]] = {}
    for source, target in arcs_of(names.case):
        into.setdefault(target, []).append(names.variable(source))
    rows = []
    for node in _nodes(names, seen):
        kind = {"chance": "chance", "decision": "decision", "stake": "stake"}[node.kind]
        if node.owner is not None:
            kind += f" of {names.actor_inside(node.owner)}" if node.kind != "chance" else ""
            kind += f", known to {names.actor_inside(node.owner)} only" if node.kind == "chance" else ""
        rows.append((node.title, kind, listing(into.get(node.id, [])) or "nothing here", node.seen or "–"))
    return Sheet("What leads to what", ("What", "Kind", "Follows from, or sees", "Seen to be"), tuple(rows))


def _first_decision(case: Case, item: ChanceEvent) -> str | None:
    after = case.story[case.story.index(item) :]
    return next((d.id for d in after if isinstance(d, DecisionEvent) and d.by == item.private), None)


def _nodes(names: CaseNames, seen: Mapping[str, str]) -> Iterator[DrawnNode]:
    for item in names.case.story:
        title = names.variable(item.id)
        if isinstance(item, DecisionEvent):
            yield DrawnNode(item.id, "decision", title, item.by, seen.get(item.id))
        else:
            yield DrawnNode(item.id, "chance", title, item.private, seen.get(item.id))
    for stake in names.case.stakes:
        yield DrawnNode(f"{stake.actor}.{stake.id}", "stake", sentence(names.stake(stake.actor, stake.id)), stake.actor)


def _words(names: CaseNames, node: DrawnNode) -> list[tuple[str, str]]:
    """Return the lines in a node with the style of each: owner above, what was seen below."""
    words = [(line, "plain") for line in node.lines[:3]]
    if node.owner is not None and node.kind != "chance":
        words.insert(0, (textwrap.shorten(names.actor(node.owner), LETTERS, placeholder="…"), "small"))
    if node.owner is not None and node.kind == "chance":
        words.append(("known to its actor only", "small"))
    if node.seen is not None:
        words.append((f"seen: {node.seen}", "bold"))
    return words


def _height(node: DrawnNode) -> int:
    lines = min(len(node.lines), 3) + (node.owner is not None) + (node.seen is not None)
    return max(HEIGHT, LINE * lines + (26 if node.kind == "chance" else 18))


def _shape(names: CaseNames, node: DrawnNode, centre: tuple[float, float], actors: list[str]) -> str:
    x, y = centre
    half, tall = WIDTH / 2, _height(node) / 2
    stroke = f'stroke="{LIGHT["ink" if node.seen else "edge"]}" stroke-width="{2.5 if node.seen else 1.2}"'
    if node.kind == "chance":
        body = f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{half:.0f}" ry="{tall:.0f}" fill="{LIGHT["chance"]}" {stroke}/>'
    elif node.kind == "decision":
        fill = LIGHT[f"actor-{actors.index(node.owner or actors[0]) % ACTOR_COLOURS + 1}"]
        body = (
            f'<rect x="{x - half:.0f}" y="{y - tall:.0f}" width="{WIDTH}" height="{2 * tall:.0f}" rx="3" '
            f'fill="{fill}" {stroke}/>'
        )
    else:
        corners = (
            (-half, 0),
            (-half + 14, -tall),
            (half - 14, -tall),
            (half, 0),
            (half - 14, tall),
            (-half + 14, tall),
        )
        points = " ".join(f"{x + dx:.0f},{y + dy:.0f}" for dx, dy in corners)
        body = f'<polygon points="{points}" fill="{LIGHT["stake"]}" {stroke}/>'
    return body + _text(_words(names, node), x, y)


def _text(words: list[tuple[str, str]], x: float, y: float) -> str:
    styles = {"plain": 'font-size="11.5"', "small": 'font-size="10"', "bold": 'font-size="10.5" font-weight="bold"'}
    top = y - LINE * (len(words) - 1) / 2 + 4
    spans = "".join(
        f'<text x="{x:.0f}" y="{top + LINE * number:.0f}" {styles[style]}>{escape(line)}</text>'
        for number, (line, style) in enumerate(words)
    )
    return f'<g text-anchor="middle" fill="{LIGHT["ink"]}">{spans}</g>'


def _path(points: list[tuple[float, float]], *, dashed: bool) -> str:
    drawn = "M" + "L".join(f"{x:.0f},{y:.0f}" for x, y in points)
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    line = f'<path d="{drawn}" fill="none" stroke="{LIGHT["edge"]}" stroke-width="1.2"{dashes}/>'
    return line + _head(points[-2], points[-1])


def _head(before: tuple[float, float], tip: tuple[float, float]) -> str:
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    ux, uy = 8 * dx / length, 8 * dy / length
    left = (tip[0] - ux - uy / 2.2, tip[1] - uy + ux / 2.2)
    right = (tip[0] - ux + uy / 2.2, tip[1] - uy - ux / 2.2)
    corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in (tip, left, right))
    return f'<polygon points="{corners}" fill="{LIGHT["edge"]}"/>'


def _framed(pieces: list[str], points: list[Mapping[str, float]], centres: Mapping[str, tuple[float, float]]) -> str:
    xs = [p["x"] for p in points] + [x + side * WIDTH / 2 for x, _ in centres.values() for side in (-1, 1)]
    ys = [p["y"] for p in points] + [y + side * HEIGHT for _, y in centres.values() for side in (-1, 1)]
    left, top = min(xs) - MARGIN, min(ys)
    width, height = max(xs) - left + MARGIN, max(ys) - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" font-family="{FONT}">{"".join(pieces)}</svg>'
    )


FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
