"""Where the diagram's nodes and arcs stand: a lane for each actor and one for what nobody chooses; time goes right.

A node stands in the first column that lies behind everything that leads to it. It may share the column of one such
node in another lane, above or below it, where that one shares its own with none: so a sight and what is done on it
stand together, and a story of many steps needs few columns. Arcs over several columns go through the gaps between the
nodes on their way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, GAP = 142.0, 36.0
"""A node's width, and the room between two columns, for arcs."""
PITCH = WIDTH + GAP
MARGIN, HEAD, FOOT, ABOVE = 12.0, 26.0, 12.0, 16.0
"""Left and right of all; a lane's name; below its nodes; between two nodes."""
LANE_GAP = 6.0
CLEAR, BESIDE = 6.0, 7.0
"""How near an arc may come to a node, and to another arc in the same gap."""

Point = tuple[float, float]


@dataclass(frozen=True)
class LaneNode:
    """A node to place: in which lane, and how tall; ``last`` stands in a column of its own behind all others."""

    id: str
    lane: int
    height: float
    last: bool = False


@dataclass(frozen=True)
class PlacedArc:
    """An arc as points to pass: level at each; ``bow`` where it leaves and enters on the right side of one column."""

    source: str
    target: str
    points: tuple[Point, ...]
    kind: str


@dataclass(frozen=True)
class DiagramLayout:
    """The layout: the middle of each node, top and height of each lane, the arcs, the columns, and the size of all."""

    middles: Mapping[str, Point]
    lanes: tuple[tuple[float, float], ...]
    arcs: tuple[PlacedArc, ...]
    columns: Mapping[str, int]
    width: float
    height: float


def laid_out(nodes: Sequence[LaneNode], arcs: Sequence[tuple[str, str]], lanes: int) -> DiagramLayout:
    """Return where everything stands; ``nodes`` come in an order in which no arc leads back."""
    columns = _columns(nodes, arcs)
    middles, bands = _places(nodes, columns, lanes)
    heights = {node.id: node.height for node in nodes}
    placed = _Arcs(middles, heights, columns).placed(arcs)
    count = max(columns.values(), default=0) + 1
    bottom = bands[-1][0] + bands[-1][1] if bands else 0.0
    return DiagramLayout(middles, tuple(bands), tuple(placed), columns, 2 * MARGIN + count * PITCH - GAP, bottom)


def _columns(nodes: Sequence[LaneNode], arcs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return each node's column, from 0."""
    lane = {node.id: node.lane for node in nodes}
    before = defaultdict(list)
    for source, target in arcs:
        before[target].append(source)
    found: dict[str, int] = {}
    shares: set[str] = set()
    for node in nodes:
        if node.last:
            continue
        known = [name for name in before[node.id] if name in found]
        last = max((found[name] for name in known), default=-1)
        there = [name for name in known if found[name] == last]
        if there and all(lane[name] != node.lane and name not in shares for name in there):
            found[node.id] = last
            shares.add(node.id)
        else:
            found[node.id] = last + 1
    behind = max(found.values(), default=-1) + 1
    found.update({node.id: behind for node in nodes if node.last})
    return found


def _places(
    nodes: Sequence[LaneNode], columns: Mapping[str, int], lanes: int
) -> tuple[dict[str, Point], list[tuple[float, float]]]:
    """Return the middle of each node, and top and height of each lane."""
    stacks = defaultdict(list)
    for node in nodes:
        stacks[node.lane, columns[node.id]].append(node)
    middles: dict[str, Point] = {}
    bands = []
    top = 0.0
    for lane in range(lanes):
        own = {column: stack for (where, column), stack in stacks.items() if where == lane}
        tall = max((_tall(stack) for stack in own.values()), default=0.0)
        for column, stack in own.items():
            y = top + HEAD + (tall - _tall(stack)) / 2
            for node in stack:
                middles[node.id] = (MARGIN + column * PITCH + WIDTH / 2, y + node.height / 2)
                y += node.height + ABOVE
        bands.append((top, HEAD + tall + FOOT))
        top += HEAD + tall + FOOT + LANE_GAP
    return middles, bands


def _tall(stack: Sequence[LaneNode]) -> float:
    return sum(node.height for node in stack) + ABOVE * (len(stack) - 1)


class _Arcs:
    """Routes arcs: each leaves and enters at a place of its own, and passes other columns where no node stands."""

    def __init__(self, middles: Mapping[str, Point], heights: Mapping[str, float], columns: Mapping[str, int]) -> None:
        self.middles, self.heights, self.columns = middles, heights, columns
        self.used: dict[int, list[float]] = defaultdict(list)
        self.blocks: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for name, (_, y) in middles.items():
            half = heights[name] / 2 + CLEAR
            self.blocks[columns[name]].append((y - half, y + half))

    def placed(self, arcs: Sequence[tuple[str, str]]) -> list[PlacedArc]:
        """Return the arcs in the order given, those over few columns placed first."""
        across = [arc for arc in arcs if self.columns[arc[0]] != self.columns[arc[1]]]
        out = self._ports([(source, target) for source, target in across])
        into = self._ports([(target, source) for source, target in across])
        span = {arc: self.columns[arc[1]] - self.columns[arc[0]] for arc in arcs}
        found = {}
        for arc in sorted(arcs, key=lambda one: span[one]):
            found[arc] = self._across(arc, out[arc], into[arc[1], arc[0]]) if span[arc] else self._within(arc)
        return [found[arc] for arc in arcs]

    def _ports(self, ends: Sequence[tuple[str, str]]) -> dict[tuple[str, str], float]:
        """Return at what height each arc meets its node's side, in the order of the other ends."""
        by_node = defaultdict(list)
        for node, other in ends:
            by_node[node].append(other)
        found = {}
        for node, others in by_node.items():
            ordered = sorted(dict.fromkeys(others), key=lambda other: (self.middles[other][1], self.middles[other][0]))
            room = min(9.0, (self.heights[node] - 14) / max(len(ordered) - 1, 1))
            for number, other in enumerate(ordered):
                found[node, other] = self.middles[node][1] + (number - (len(ordered) - 1) / 2) * room
        return found

    def _across(self, arc: tuple[str, str], leaves: float, enters: float) -> PlacedArc:
        source, target = arc
        x, y = self.middles[source][0] + WIDTH / 2, leaves
        end = self.middles[target][0] - WIDTH / 2
        points = [(x, y)]
        for column in range(self.columns[source] + 1, self.columns[target]):
            left = MARGIN + column * PITCH
            wanted = y + (enters - y) * (left + WIDTH / 2 - x) / (end - x)
            at = self._free(column, wanted)
            points += [(left, at), (left + WIDTH, at)]
        return PlacedArc(source, target, (*points, (end, enters)), "across")

    def _free(self, column: int, wanted: float) -> float:
        """Return the height nearest to the one wanted at which no node and no other arc stands in a column."""
        taken = self.used[column]
        steps = (wanted + side * BESIDE * number / 2 for number in range(400) for side in (1, -1))
        clear = (y for y in steps if not any(low < y < high for low, high in self.blocks[column]))
        at = next((y for y in clear if all(abs(y - other) >= BESIDE for other in taken)), wanted)
        taken.append(at)
        return at

    def _within(self, arc: tuple[str, str]) -> PlacedArc:
        """Return an arc inside one column: straight where nothing stands between, else in a bow around it."""
        (x, first), (_, last) = self.middles[arc[0]], self.middles[arc[1]]
        low, high = sorted((first, last))
        column = self.columns[arc[0]]
        between = [name for name, (_, y) in self.middles.items() if self.columns[name] == column and low < y < high]
        if between:
            right = x + WIDTH / 2
            return PlacedArc(*arc, ((right, first), (right, last)), "bow")
        down = 1 if last > first else -1
        start, end = first + down * self.heights[arc[0]] / 2, last - down * self.heights[arc[1]] / 2
        return PlacedArc(*arc, ((x, start), (x, end)), "straight")
