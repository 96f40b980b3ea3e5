"""Anderson's acceleration (``solve.branch.walking.acceleration``) as compiled code, eight worlds side by side."""

from __future__ import annotations

from quandary.engine.compiled.compiling import inner
from quandary.engine.compiled.vectors import (
    beyond,
    choose,
    entry,
    fused,
    less,
    load,
    over,
    plus,
    put,
    size,
    spread,
    store,
    times,
)
from quandary.engine.compiled.workspace import Place
from quandary.engine.programs.program import LANES
from quandary.solve.branch.compiled.lanes import Lanes
from quandary.solve.branch.rules import RIDGE


@inner
def remember(
    lanes: Lanes, tried: Place, vectors: Place, steps: Place, images: Place, slots: Place, goes: Place, depth: int
) -> int:
    """Note the differences that the last sweep made where a step goes on; ``tried`` counts its sweeps before.

    Return the most differences that a lane has noted. ``slots`` is room for a row.
    """
    n, work, deepest = lanes.n, lanes.work, 0
    state, before, before_image = beyond(work.state, 1), beyond(vectors, 2 * n), beyond(vectors, 3 * n)
    for w in range(LANES):
        swept = entry(tried, w) if entry(goes, w) > 0.0 else 0
        deepest = max(deepest, min(swept, depth))
        put(slots, w, float((swept - 1) % depth) if swept > 0 else -1.0)
    slot_of = load(slots, 0)
    for slot in range(deepest):
        mark = less(spread(0.5), size(less(slot_of, spread(float(slot)))))
        for i in range(n):
            change = less(load(work.image, i), load(before_image, i))
            step = less(change, less(load(state, i), load(before, i)))
            store(images, slot * n + i, choose(mark, change, load(images, slot * n + i)))
            store(steps, slot * n + i, choose(mark, step, load(steps, slot * n + i)))
    return deepest


@inner
def weigh(lanes: Lanes, tried: Place, steps: Place, matrix: Place, right: Place, depth: int) -> None:
    """Write Anderson's weights of ``depth`` differences to ``right``: normal equations; those not yet noted weigh 0."""
    n = lanes.n
    state, image = beyond(lanes.work.state, 1), lanes.work.image
    for a in range(depth):
        for w in range(LANES):
            put(right, a * LANES + w, 1.0 if entry(tried, w) > a else 0.0)
    trace, one = spread(0.0), spread(1.0)
    for a in range(depth):
        for b in range(a):
            total = spread(0.0)
            for i in range(n):
                total = fused(load(steps, a * n + i), load(steps, b * n + i), total)
            store(matrix, a * depth + b, times(times(total, load(right, a)), load(right, b)))
        own = spread(0.0)
        for i in range(n):
            own = fused(load(steps, a * n + i), load(steps, a * n + i), own)
        own = times(own, load(right, a))
        trace = plus(trace, own)
        store(matrix, a * depth + a, plus(own, less(one, load(right, a))))
    ridge = choose(trace, times(trace, spread(RIDGE)), one)
    for a in range(depth):
        store(matrix, a * depth + a, plus(load(matrix, a * depth + a), ridge))
        total = spread(0.0)
        for i in range(n):
            total = fused(load(steps, a * n + i), less(load(image, i), load(state, i)), total)
        store(right, a, times(total, load(right, a)))
    for a in range(depth):
        for b in range(a + 1, depth):
            factor = over(load(matrix, b * depth + a), load(matrix, a * depth + a))
            for c in range(a + 1, b + 1):
                left = load(matrix, b * depth + c)
                store(matrix, b * depth + c, less(left, times(factor, load(matrix, c * depth + a))))
            store(right, b, less(load(right, b), times(factor, load(right, a))))
    for a in range(depth - 1, -1, -1):
        total = load(right, a)
        for b in range(a + 1, depth):
            total = less(total, times(load(matrix, b * depth + a), load(right, b)))
        store(right, a, over(total, load(matrix, a * depth + a)))
