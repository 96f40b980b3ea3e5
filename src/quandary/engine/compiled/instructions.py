"""What the lines of a program do in eight worlds (``program.Do``), as compiled code."""

from __future__ import annotations

import numpy as np

from quandary.engine.compiled.compiling import inner
from quandary.engine.compiled.exponential import exponential
from quandary.engine.compiled.vectors import (
    choose,
    entry,
    fused,
    less,
    load,
    load_listed,
    over,
    plus,
    smaller,
    spread,
    store,
    store_listed,
    times,
)
from quandary.engine.compiled.workspace import Addresses, Place

VANISHING = 1e-290
"""A lane whose smallest probability is below this needs tables and their logarithms."""

TOO_SMALL = 1e-200
"""So small a divisor counts like a probability of ``VANISHING``."""


@inner
def _multiply(work: Addresses, first: int, last: int, each: int) -> None:
    """Rows = sums of products, ``each`` of so many (0: of differing numbers)."""
    rows, left, right = work.rows, work.left, work.right
    end = np.int64(entry(work.pointer, first))
    for row in range(first, last):
        i = end
        end = i + each if each > 0 else np.int64(entry(work.pointer, row + 1))
        total = times(load_listed(rows, left, i), load_listed(rows, right, i))
        if 1 < each < 5:
            total = fused(load_listed(rows, left, i + 1), load_listed(rows, right, i + 1), total)
            if each > 2:
                total = fused(load_listed(rows, left, i + 2), load_listed(rows, right, i + 2), total)
            if each > 3:
                total = fused(load_listed(rows, left, i + 3), load_listed(rows, right, i + 3), total)
        else:
            for a in range(i + 1, end):
                total = fused(load_listed(rows, left, a), load_listed(rows, right, a), total)
        store_listed(rows, work.target, row, total)


@inner
def _add(work: Addresses, first: int, last: int, each: int) -> None:
    """Rows = sums, ``each`` of so many (0: of differing numbers)."""
    rows, left = work.rows, work.left
    end = np.int64(entry(work.pointer, first))
    for row in range(first, last):
        i = end
        end = i + each if each > 0 else np.int64(entry(work.pointer, row + 1))
        total = load_listed(rows, left, i)
        if 1 < each < 5:
            total = plus(load_listed(rows, left, i + 1), total)
            if each > 2:
                total = plus(load_listed(rows, left, i + 2), total)
            if each > 3:
                total = plus(load_listed(rows, left, i + 3), total)
        else:
            for a in range(i + 1, end):
                total = plus(load_listed(rows, left, a), total)
        store_listed(rows, work.target, row, total)


@inner
def _divide(work: Addresses, first: int, last: int) -> None:
    """Rows = quotients; note small divisors."""
    rows, low, one = work.rows, load(work.smallest, 0), spread(1.0)
    for row in range(first, last):
        i = np.int64(entry(work.pointer, row))
        whole = load_listed(rows, work.right, i)
        low = smaller(times(whole, spread(VANISHING / TOO_SMALL)), low)
        divisor = choose(less(whole, spread(TOO_SMALL)), whole, one)
        store_listed(rows, work.target, row, over(load_listed(rows, work.left, i), divisor))
    store(work.smallest, 0, low)


@inner
def _respond(work: Addresses, source: Place, first: int, last: int, each: int) -> None:
    """Write the answers of some sets to values or log-odds in ``source``; note small probabilities.

    ``each`` is the number of options of every set (0: of differing numbers).
    """
    if 1 < each < 5:
        _respond_in_few(work, source, first, last, each)
        return
    rows, left, right, odds = work.rows, work.left, work.right, work.odds
    steepness, low = load(work.steep, 0), load(work.smallest, 0)
    end = np.int64(entry(work.pointer, first))
    for row in range(first, last):
        begin, end = end, np.int64(entry(work.pointer, row + 1))
        count = end - begin
        one, total = load_listed(source, left, begin), spread(1.0)
        for i in range(1, count):
            own = exponential(times(less(load_listed(source, left, begin + i), one), steepness))
            store(odds, i, own)
            total = plus(total, own)
        share = over(spread(1.0), total)
        low = smaller(share, low)
        store_listed(rows, right, begin, share)
        for i in range(1, count):
            own = times(load(odds, i), share)
            low = smaller(own, low)
            store_listed(rows, right, begin + i, own)
    store(work.smallest, 0, low)


@inner
def _respond_in_few(work: Addresses, source: Place, first: int, last: int, each: int) -> None:
    """Do as ``_respond`` for sets of two, three or four options."""
    rows, left, right, one = work.rows, work.left, work.right, spread(1.0)
    steepness, low = load(work.steep, 0), load(work.smallest, 0)
    i = np.int64(entry(work.pointer, first))
    for _ in range(first, last):
        own = load_listed(source, left, i)
        second = exponential(times(less(load_listed(source, left, i + 1), own), steepness))
        third, fourth, total = second, second, plus(one, second)
        if each > 2:
            third = exponential(times(less(load_listed(source, left, i + 2), own), steepness))
            total = plus(total, third)
        if each > 3:
            fourth = exponential(times(less(load_listed(source, left, i + 3), own), steepness))
            total = plus(total, fourth)
        share = over(one, total)
        second, third, fourth = times(second, share), times(third, share), times(fourth, share)
        low = smaller(fourth, smaller(third, smaller(second, smaller(share, low))))
        store_listed(rows, right, i, share)
        store_listed(rows, right, i + 1, second)
        if each > 2:
            store_listed(rows, right, i + 2, third)
        if each > 3:
            store_listed(rows, right, i + 3, fourth)
        i += each
    store(work.smallest, 0, low)


@inner
def _play_evenly(work: Addresses, first: int, last: int) -> None:
    """Write even chances: the answer to anything at scale zero."""
    for row in range(first, last):
        begin, end = np.int64(entry(work.pointer, row)), np.int64(entry(work.pointer, row + 1))
        share = spread(1.0 / (end - begin))
        for i in range(begin, end):
            store_listed(work.rows, work.right, i, share)


@inner
def _pack(work: Addresses, first: int, last: int, player: int) -> None:
    """Write differences times the precision."""
    factor = load(work.precision, player)
    for row in range(first, last):
        i = np.int64(entry(work.pointer, row))
        gap = less(load_listed(work.rows, work.left, i), load_listed(work.rows, work.right, i))
        store_listed(work.image, work.target, row, times(gap, factor))


@inner
def run_lines(work: Addresses, begin: int, end: int, even: bool) -> None:
    """Run some lines of the program in eight worlds; ``even`` says that the scale is zero in all of them."""
    for line in range(begin, end):
        do, first, last = entry(work.code, 5 * line), entry(work.code, 5 * line + 1), entry(work.code, 5 * line + 2)
        player, each = entry(work.code, 5 * line + 3), entry(work.code, 5 * line + 4)
        if do == 0:
            _multiply(work, first, last, each)
        elif do == 1:
            _add(work, first, last, each)
        elif do == 2:
            _divide(work, first, last)
        elif do == 5:
            _pack(work, first, last, player)
        elif even:
            _play_evenly(work, first, last)
        else:
            own = load(work.scale, 0)
            store(work.steep, 0, own if do == 4 else times(own, load(work.precision, player)))
            _respond(work, work.state if do == 4 else work.rows, first, last, each)
