"""The influence diagram as SVG: who decides and sees what, what each variable depends on, what each actor wants.

Lanes are actors, time goes right. A decision is a heavy square box with a black corner, broken if it arises only
sometimes; a chance event a thin round
box, dashed if one actor alone knows it; what an actor wants a hexagon. What was seen has a black tab with its day. A
solid arc leads to, a dotted arc is seen by. Layout (``lanes.py``) and drawing are ours, so that names, shapes and
colours follow the page. Letters are 13 units high, and the page never shrinks a unit below 12/13 of a pixel where the
diagram is to be read without zooming.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from quandary.case.logic.arising import condition_variables
from quandary.case.logic.conditions import mentioned
from quandary.case.logic.memory import observed
from quandary.case.model import Case, ChanceEvent, DecisionEvent
from quandary.report.charts.palette import LIGHT
from quandary.report.html.lanes import MARGIN, WIDTH, DiagramLayout, LaneNode, PlacedArc, laid_out
from quandary.report.sheets import Sheet
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.wording import listing

LETTERS, MOST_LINES = 19, 4
"""Letters in a line of a node, and lines of its title; the rest is cut there and stands in the table."""
LINE, SIZE = 16.0, 13
BOLD = 7.4
"""Width of a bold letter, of which the name of a lane has many."""
PAD = 9.0
TAB_WIDTH, TAB_HEIGHT = 66.0, 19.0
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
NOBODY = "Nobody chooses"
"""The lane of what no actor decides, and no one actor alone knows."""

Arc = tuple[str, str]


@dataclass(frozen=True)
class DrawnNode:
    """One thing in the diagram: ``kind`` is chance, decision or stake; ``title`` is what stands in it.

    ``state`` is what it was seen to be, or most likely is; ``seen_on`` the day it was seen, in few letters. ``arises``
    is the condition of a decision that does so only sometimes.
    """

    id: str
    kind: str
    title: str
    owner: str | None = None
    seen: str | None = None
    state: str | None = None
    seen_on: str | None = None
    arises: str | None = None

    @property
    def lines(self) -> list[str]:
        """Return the title in lines that fit the shape."""
        return _wrapped(self.title, MOST_LINES)

    @property
    def state_lines(self) -> list[str]:
        """Return the state in lines that fit the shape; where it is cut, how likely it is stays."""
        return _wrapped(self.state or "", 2)

    @property
    def height(self) -> float:
        """Return how tall its shape is."""
        return max(2 * PAD + LINE * (len(self.lines) + len(self.state_lines)), 46.0)


@dataclass(frozen=True)
class DiagramStates:
    """What stands in the nodes beside their titles: states seen, their days, and the likeliest state of the others."""

    seen: Mapping[str, str]
    days: Mapping[str, str]
    likely: Mapping[str, str]


@dataclass(frozen=True)
class DrawnDiagram:
    """A diagram drawn: its shapes as SVG text, its size, and how many nodes it has."""

    body: str
    width: float
    height: float
    nodes: int

    @property
    def svg(self) -> str:
        """Return the drawing as a file of its own."""
        width, height = f"{self.width:.0f}", f"{self.height:.0f}"
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-size="{SIZE}" font-family="{FONT}">'
        return f"{opening}{self.body}</svg>"

    @property
    def in_page(self) -> str:
        """Return the drawing as it stands in a page: it fills its place, and a node looked at leaves its arcs alone."""
        view = f"0 0 {self.width:.0f} {self.height:.0f}"
        opening = f'<svg class="dg" viewBox="{view}" font-size="{SIZE}" style="--natural:{self.width:.0f}px">'
        rules = [f".dg:has(.k{number}:is(:hover,:focus-visible)) .arc.n{number}" for number in range(self.nodes)]
        style = f".dg:has(.nd:is(:hover,:focus-visible)) .arc{{opacity:.12}}{','.join(rules)}{{opacity:1}}"
        strokes = f"{','.join(f'{rule} path' for rule in rules)}{{stroke:var(--ink)}}"
        return f"{opening}<style>{style}{strokes}</style>{self.body}</svg>"


def diagram_svg(names: CaseNames, states: DiagramStates | Mapping[str, str]) -> str:
    """Return the diagram as a file; a plain mapping names the observed state of each variable that was observed."""
    return drawn_diagram(names, states).svg


def drawn_diagram(names: CaseNames, states: DiagramStates | Mapping[str, str]) -> DrawnDiagram:
    """Return the diagram laid out and drawn."""
    nodes = list(_nodes(names, states))
    lanes = _lane_names(names, nodes)
    placed = laid_out(_lane_nodes(nodes, list(lanes)), arcs_of(names.case), len(lanes))
    number = {node.id: place for place, node in enumerate(nodes)}
    stakes = {node.id for node in nodes if node.kind == "stake"}
    seeing = _seen_by(names.case)
    ordered = sorted(placed.arcs, key=lambda arc: arc.target not in stakes)
    arcs = [_arc(arc, number, wants=arc.target in stakes, dotted=(arc.source, arc.target) in seeing) for arc in ordered]
    shapes = [_shape(names, node, placed.middles[node.id], number[node.id]) for node in nodes]
    body = "".join([*_bands(placed, list(lanes.values())), *arcs, *shapes])
    return DrawnDiagram(body, placed.width, placed.height, len(nodes))


def nodes_in_order(names: CaseNames, states: DiagramStates | Mapping[str, str]) -> list[DrawnNode]:
    """Return the nodes as the diagram shows them: by column, and in a column by lane."""
    nodes = list(_nodes(names, states))
    bare = _lane_nodes(nodes, list(_lane_names(names, nodes)))
    lane = {node.id: node.lane for node in bare}
    columns = laid_out(bare, arcs_of(names.case), len(set(lane.values()))).columns
    return sorted(nodes, key=lambda node: (columns[node.id], lane[node.id]))


def _lane_nodes(nodes: Sequence[DrawnNode], lanes: Sequence[str]) -> list[LaneNode]:
    return [LaneNode(one.id, lanes.index(one.owner or ""), one.height, one.kind == "stake") for one in nodes]


def arcs_of(case: Case) -> tuple[Arc, ...]:
    """Return every arc: causes, what is newly seen, by what a decision arises, what a private type tells its owner, and
    what stakes depend on.
    """
    arcs: dict[Arc, None] = {}
    for item in case.story:
        if isinstance(item, DecisionEvent):
            arcs.update(dict.fromkeys((name, item.id) for name in (*item.sees, *condition_variables(case, item))))
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
    for node in nodes_in_order(names, seen):
        rows.append(
            (node.title, kind_said(names, node), listing(into.get(node.id, [])) or "nothing here", node.seen or "–")
        )
    return Sheet("What leads to what", ("What", "Kind", "Follows from, or sees", "Seen to be"), tuple(rows))


def kind_said(names: CaseNames, node: DrawnNode) -> str:
    """Return what a node is, and whose."""
    if node.kind == "chance":
        return "chance" if node.owner is None else f"chance, known to {names.actor_inside(node.owner)} only"
    told = f"{node.kind} of {names.actor_inside(node.owner or '')}"
    return told if node.arises is None else f"{told}, which arises only when {node.arises}"


def _first_decision(case: Case, item: ChanceEvent) -> str | None:
    after = case.story[case.story.index(item) :]
    return next((d.id for d in after if isinstance(d, DecisionEvent) and d.by == item.private), None)


def _seen_by(case: Case) -> set[Arc]:
    """Return the arcs that say what a decision's owner sees."""
    known = {item.id: observed(case, item.id) for item in case.story if isinstance(item, DecisionEvent)}
    return {arc for arc in arcs_of(case) if arc[0] in known.get(arc[1], ())}


def _nodes(names: CaseNames, states: DiagramStates | Mapping[str, str]) -> Iterator[DrawnNode]:
    known = states if isinstance(states, DiagramStates) else DiagramStates(states, {}, {})
    for item in names.case.story:
        decision = isinstance(item, DecisionEvent)
        seen = known.seen.get(item.id)
        yield DrawnNode(
            id=item.id,
            kind="decision" if decision else "chance",
            title=names.variable(item.id),
            owner=item.by if isinstance(item, DecisionEvent) else item.private,
            seen=seen,
            state=seen or known.likely.get(item.id),
            seen_on=known.days.get(item.id, "seen") if seen is not None else None,
            arises=names.clause(item.when) if isinstance(item, DecisionEvent) and item.when is not None else None,
        )
    for stake in names.case.stakes:
        yield DrawnNode(f"{stake.actor}.{stake.id}", "stake", sentence(names.stake(stake.actor, stake.id)), stake.actor)


def _lane_names(names: CaseNames, nodes: Sequence[DrawnNode]) -> dict[str, str]:
    """Return the lanes with their names: the first half of the actors, what nobody chooses, the other half."""
    owners = [actor for actor in names.case.actors if any(node.owner == actor for node in nodes)]
    half = len(owners) // 2
    nobody = [""] if any(node.owner is None for node in nodes) else []
    ordered = [*owners[:half], *nobody, *owners[half:]]
    return {owner: names.actor(owner) if owner else NOBODY for owner in ordered}


def _wrapped(text: str, most: int) -> list[str]:
    kept = text.replace(" %", "\N{NO-BREAK SPACE}%")
    number = kept.rpartition(" ")[2] if kept.endswith("%") else ""
    return textwrap.wrap(kept, LETTERS, max_lines=most, placeholder=f" … {number}".rstrip(" "))


def _bands(placed: DiagramLayout, names: list[str]) -> Iterator[str]:
    room = int((placed.width - 2 * MARGIN) / BOLD)
    for (top, height), whole in zip(placed.lanes, names, strict=True):
        name = textwrap.shorten(whole, room, placeholder=" …")
        yield (
            f'<rect x="0" y="{top:.0f}" width="{placed.width:.0f}" height="{height:.0f}" fill="{LIGHT["surface"]}"/>'
            f'<text x="{MARGIN:.0f}" y="{top + 18:.0f}" font-weight="bold" fill="{LIGHT["muted"]}">'
            f"{escape(name)}</text>"
        )


def _shape(names: CaseNames, node: DrawnNode, middle: tuple[float, float], number: int) -> str:
    x, y = middle
    left, top, half = x - WIDTH / 2, y - node.height / 2, node.height / 2
    box = f'x="{left:.0f}" y="{top:.0f}" width="{WIDTH:.0f}" height="{node.height:.0f}"'
    fill = f'fill="{LIGHT["surface-2" if node.seen else "paper"]}"'
    if node.kind == "stake":
        corners = ((0, half), (10, 0), (WIDTH - 10, 0), (WIDTH, half), (WIDTH - 10, 2 * half), (10, 2 * half))
        points = " ".join(f"{left + dx:.0f},{top + dy:.0f}" for dx, dy in corners)
        body = f'<polygon points="{points}" {fill} stroke="{LIGHT["edge"]}" stroke-width="1.4"/>'
    elif node.kind == "decision":
        corner = f"{left:.0f},{top:.0f} {left + 14:.0f},{top:.0f} {left:.0f},{top + 14:.0f}"
        broken = "" if node.arises is None else ' stroke-dasharray="9 4"'
        body = (
            f'<rect {box} {fill} stroke="{LIGHT["ink"]}" stroke-width="2.4"{broken}/>'
            f'<polygon points="{corner}" fill="{LIGHT["ink"]}"/>'
        )
    else:
        dashes = ' stroke-dasharray="5 3"' if node.owner is not None else ""
        body = f'<rect {box} rx="20" {fill} stroke="{LIGHT["edge"]}" stroke-width="1.4"{dashes}/>'
    said = f"{node.title}: {kind_said(names, node)}" + (f"; {node.state}" if node.state else "")
    label = escape(said + (f", seen {node.seen_on}" if node.seen_on not in (None, "seen") else ""))
    opening = f'<g class="nd k{number}" role="img" tabindex="0" aria-label="{label}">'
    return f"{opening}{body}{_words(node, x, top)}{_tab(node, left, top)}</g>"


def _words(node: DrawnNode, x: float, top: float) -> str:
    lines = [(line, "") for line in node.lines] + [(line, ' font-weight="bold"') for line in node.state_lines]
    first = top + (node.height - LINE * len(lines)) / 2 + 12
    spans = "".join(
        f'<text x="{x:.0f}" y="{first + LINE * number:.0f}"{weight}>{escape(line)}</text>'
        for number, (line, weight) in enumerate(lines)
    )
    return f'<g text-anchor="middle" fill="{LIGHT["ink"]}">{spans}</g>'


def _tab(node: DrawnNode, left: float, top: float) -> str:
    """Return the black tab that says on what day the state was seen."""
    if node.seen_on is None:
        return ""
    x, y = left + WIDTH - TAB_WIDTH + 6, top - TAB_HEIGHT / 2 - 1
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{TAB_WIDTH:.0f}" height="{TAB_HEIGHT:.0f}" fill="{LIGHT["ink"]}"/>'
        f'<text x="{x + TAB_WIDTH / 2:.0f}" y="{y + 14:.0f}" text-anchor="middle" font-weight="bold" '
        f'fill="{LIGHT["paper"]}">✓ {escape(node.seen_on)}</text>'
    )


def _arc(arc: PlacedArc, number: Mapping[str, int], *, wants: bool, dotted: bool) -> str:
    points = arc.points
    (x, y), drawn = points[0], f"M{points[0][0]:.0f},{points[0][1]:.1f}"
    if arc.kind == "across":
        for place, (nx, ny) in enumerate(points[1:]):
            bend = (nx - x) / 2
            level = place % 2 == 1
            drawn += f"H{nx:.0f}" if level else f"C{x + bend:.0f},{y:.1f} {nx - bend:.0f},{ny:.1f} {nx:.0f},{ny:.1f}"
            x, y = nx, ny
        before = (points[-1][0] - 9, points[-1][1])
    elif arc.kind == "bow":
        (right, first), (_, last) = points
        drawn += f"C{right + 28:.0f},{first:.1f} {right + 28:.0f},{last:.1f} {right:.0f},{last:.1f}"
        before = (right + 9, last)
    else:
        drawn += f"V{points[1][1]:.1f}"
        before = (points[1][0], points[1][1] - (9 if points[1][1] > points[0][1] else -9))
    colour, width = LIGHT["line" if wants else "edge"], 1.2 if not dotted else 1.5
    dots = ' stroke-dasharray="2 3"' if dotted else ""
    opening = f'<g class="arc n{number[arc.source]} n{number[arc.target]}">'
    line = f'<path d="{drawn}" fill="none" stroke="{colour}" stroke-width="{width}"{dots}/>'
    return f"{opening}{line}{_head(before, points[-1], colour)}</g>"


def _head(before: tuple[float, float], tip: tuple[float, float], colour: str) -> str:
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    ux, uy = 8 * dx / length, 8 * dy / length
    left = (tip[0] - ux - uy / 2.2, tip[1] - uy + ux / 2.2)
    right = (tip[0] - ux + uy / 2.2, tip[1] - uy - ux / 2.2)
    corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in (tip, left, right))
    return f'<polygon points="{corners}" fill="{colour}"/>'
