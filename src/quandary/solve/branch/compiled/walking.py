"""The walk along the principal branch (``solve.branch.walking.walk``) as compiled code, eight worlds side by side.

It decides as ``solve.branch.walking.walk`` does, world by world: see there for what the rules mean. Where what depends
on the scale only (``lead``) costs more than the rest of a pass, the eight wait for each other between two steps
(``together``), so that it is worked out once a step; and blocks of worlds are walked as they come while they all
arrive soon.
"""

from __future__ import annotations

from quandary.base.arrays import Array, Mask
from quandary.engine.compiled.compiling import entrance, inner
from quandary.engine.compiled.kernel import export
from quandary.engine.compiled.vectors import (
    after,
    beyond,
    choose,
    entry,
    less,
    load,
    put,
    store,
    streamed,
    times,
)
from quandary.engine.compiled.workspace import Whole
from quandary.engine.programs.program import LANES
from quandary.solve.branch.compiled import rules
from quandary.solve.branch.compiled.anderson import remember, weigh
from quandary.solve.branch.compiled.lanes import (
    Lanes,
    Task,
    answer,
    enter,
    enter_block,
    fetch_ahead,
    lanes_of,
    lead,
    too_small,
)
from quandary.solve.branch.compiled.steps import (
    ARRIVED,
    END,
    GOES,
    HIGHEST,
    ON,
    PULL,
    RESIDUAL,
    SWEPT,
    TRIED,
    UNFIT,
    VERDICT,
    WORLD,
    WalkNotes,
    addresses,
    begin,
    judge,
    measure,
    move,
)

MILD = 0.5
"""Blocks are walked as they come if the largest leap in t that their worlds allow is at least this."""

PATIENCE = 20
"""So many sweeps a block may take before those who have not arrived are put off."""


@inner
def _propose(lanes: Lanes, notes: WalkNotes) -> None:
    """Set the next state of lanes that go on with their step: shaken at first, then by Anderson's acceleration."""
    n, depth, work, vectors = lanes.n, notes.depth, lanes.work, notes.vectors
    state, goes = beyond(work.state, 1), beyond(notes.measured, GOES)
    for w in range(LANES):
        put(goes, w, 1.0 if entry(notes.counted, VERDICT + w) == ON else 0.0)
    tried = after(notes.counted, TRIED)
    depth = remember(lanes, tried, notes.vectors, notes.steps, notes.images, notes.right, goes, depth)
    weigh(lanes, tried, notes.steps, notes.matrix, notes.right, depth)
    mark = load(goes, 0)
    for i in range(n):
        own, image = load(state, i), load(work.image, i)
        ahead = image
        for a in range(depth):
            ahead = less(ahead, times(load(notes.right, a), load(notes.images, a * n + i)))
        store(vectors, 2 * n + i, choose(mark, own, load(vectors, 2 * n + i)))
        store(vectors, 3 * n + i, choose(mark, image, load(vectors, 3 * n + i)))
        store(state, i, choose(mark, ahead, own))
    for w in range(LANES):
        if entry(goes, w) == 0.0:
            continue
        tries, pull = entry(notes.counted, TRIED + w), entry(notes.numbers, PULL + w)
        if rules.to_be_shaken(notes.stride, tries, pull):
            chosen = rules.shaking_column(entry(notes.counted, SWEPT + w) - 1, notes.rounds)
            shift = rules.shaking(notes.stride, entry(work.scale, w))
            for i in range(n):
                own = entry(state, i * LANES + w)
                put(state, i * LANES + w, own + shift * entry(notes.signs, i * notes.rounds + chosen))
        put(notes.counted, TRIED + w, tries + 1)


@inner
def _sweep(lanes: Lanes, notes: WalkNotes, moved: bool, tolerance: float) -> tuple[int, int]:
    """Sweep once and judge every lane whose step goes on; return how many did, and how many still do."""
    if moved:
        lead(lanes)
    answer(lanes)
    measure(lanes, notes)
    swept = going = 0
    for w in range(LANES):
        if entry(notes.counted, VERDICT + w) == ON:
            verdict = END + UNFIT if too_small(lanes, w) else judge(lanes, notes, w, tolerance)
            put(notes.counted, VERDICT + w, verdict)
            put(notes.counted, SWEPT + w, entry(notes.counted, SWEPT + w) + 1)
            swept += 1
            going += 1 if verdict == ON else 0
    if going:
        _propose(lanes, notes)
    return swept, going


@inner
def _leave(lanes: Lanes, notes: WalkNotes, lane: int, states: Array, residual: Array, outcome: Whole) -> None:
    """Write down where a lane's world ended."""
    world = entry(notes.counted, WORLD + lane)
    for i in range(lanes.n):
        states[i, world] = entry(lanes.work.state, (1 + i) * LANES + lane)
    residual[world] = entry(notes.numbers, RESIDUAL + lane)
    outcome[world] = entry(notes.counted, VERDICT + lane) - END


@entrance
def walk_blocks(
    task: Task, own: WalkNotes, tolerance: float, states: Array, residual: Array, outcome: Whole,
    exports: Whole, policies: Array, first: int, exported: Mask,
) -> int:  # fmt: skip
    """Walk block after block of eight worlds as they come, and mark those ``LATE`` that take long.

    ``exports`` are the rows of a whole profile where the program has them all, else none: they are written to
    ``policies`` from world ``first`` on, and ``exported`` says for which worlds. The rest is as in ``walk_lanes``.
    """
    lanes, notes, worlds, sweeps = lanes_of(task), addresses(own), len(outcome), 0
    for block in range(task.origin.shape[0]):
        enter_block(lanes, block)
        count, mild = min(LANES, worlds - block * LANES), True
        for w in range(LANES):
            begin(lanes, notes, block * LANES + w, w)
            mild = mild and entry(notes.numbers, HIGHEST + w) >= MILD
        if not mild:
            continue
        moved, active, rounds = True, LANES, 0
        while active and rounds < PATIENCE:
            fetch_ahead(lanes, block, rounds)
            rounds += 1
            swept, going = _sweep(lanes, notes, moved, tolerance)
            sweeps += swept
            moved, active = going == 0, 0
            for w in range(LANES):
                verdict = entry(notes.counted, VERDICT + w)
                if verdict < END:
                    active += 1
                    if moved:
                        move(lanes, notes, w)
        for w in range(count):
            if entry(notes.counted, VERDICT + w) >= END:
                _leave(lanes, notes, w, states, residual, outcome)
                exported[block * LANES + w] = len(exports) > 0 and outcome[block * LANES + w] == ARRIVED
        if len(exports) > 0:
            export(lanes.work.rows, exports, policies, first + block * LANES, count)
    streamed()
    return sweeps


@entrance
def walk_lanes(
    task: Task, own: WalkNotes, tolerance: float, together: bool, worlds: Whole, states: Array, residual: Array,
    outcome: Whole,
) -> int:  # fmt: skip
    """Walk the named worlds to t = 1; return the number of sweeps of one world.

    Writes their final states ``(n, W)``, residuals and outcomes ``(W,)``. ``task.origin`` is known.
    """
    lanes, notes, waiting, active, sweeps, moved = lanes_of(task), addresses(own), 0, 0, 0, True
    for w in range(LANES):
        enter(lanes, worlds[min(w, len(worlds) - 1)], w)
        begin(lanes, notes, worlds[min(w, len(worlds) - 1)], w)
        if w < len(worlds):
            waiting += 1
            active += 1
        else:
            put(notes.counted, VERDICT + w, END)
            put(notes.counted, WORLD + w, -1)
    while active:
        swept, going = _sweep(lanes, notes, moved, tolerance)
        sweeps += swept
        moved = going == 0 if together else going < active
        for w in range(LANES if moved else 0):
            verdict = entry(notes.counted, VERDICT + w)
            if entry(notes.counted, WORLD + w) < 0 or verdict == ON:
                continue
            if verdict < END:
                move(lanes, notes, w)
                continue
            _leave(lanes, notes, w, states, residual, outcome)
            if waiting < len(worlds):
                enter(lanes, worlds[waiting], w)
                begin(lanes, notes, worlds[waiting], w)
                waiting += 1
            else:
                put(notes.counted, WORLD + w, -1)
                active -= 1
    return sweeps
