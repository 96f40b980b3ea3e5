"""Noisy-MAX nodes of GeNIe and SMILE as tables: causes that act apart from each other, of which the strongest shows.

Every parent, and the leak for what is not modelled, brings about one of the node's states by itself; the node is in the
strongest of them, states being listed from the strongest to the weakest (Diez 1993, "Parameter adjustment in Bayes
networks: the generalized noisy OR-gate", *UAI*; SMILE's manual, "Noisy-MAX"). For two states this is the noisy OR.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from quandary.base.arrays import Array
from quandary.onegame.formats.bayes.xml_reading import Element, XmlText
from quandary.onegame.formats.network import SUMS


def noisy_max(source: XmlText, node: Element, name: str, shape: Sequence[int], own: int) -> Array:
    """Return the probabilities ``(*shape, own)``, ``shape`` being the parents' numbers of states.

    In the file ``parameters`` hold a column for each state of each parent, in the order of its strength, and one for
    the leak; ``strengths`` hold each parent's order. Raises ``CaseError`` (Q602, Q603, Q607, Q608).
    """
    source.room(prod(shape) * own, name, node)
    listed = source.one(node, "parameters")
    written = source.numbers(listed, (sum(shape) + 1) * own, "parameters", name, node)
    rows = source.chances(written.reshape(-1, own), name, listed or node)
    if rows.blank is not None:
        source.refuse("Q607", f'a column of "{name[:40]}" is all zero.', listed or node, SUMS)
    columns = rows.values
    orders = _orders(source, node, name, shape)
    ends = np.cumsum(shape, dtype=np.intp)
    unlikely = columns[ends - 1, :-1] if own else columns[:0]
    if (unlikely > 0.0).any():
        message = f'in "{name[:40]}" a parent\'s weakest state must leave the node in its last state.'
        source.refuse("Q607", message, listed or node, "in that column write 0 for all states but the last")
    at_most = np.cumsum(columns[:, ::-1], axis=-1)[:, ::-1]  # of a state: that a cause brings about no stronger one
    together = np.broadcast_to(at_most[-1], (*shape, own))
    for axis, (end, order) in enumerate(zip(ends, orders, strict=True)):
        by_state = at_most[end - len(order) : end][order]
        together = together * by_state.reshape(*(-1 if i == axis else 1 for i in range(len(shape))), own)
    weaker = np.concatenate([together[..., 1:], np.zeros((*shape, 1))], axis=-1)
    return np.asarray(np.maximum(together - weaker, 0.0))


def _orders(source: XmlText, node: Element, name: str, shape: Sequence[int]) -> list[list[int]]:
    """Return, for each state of each parent, which of the parent's columns is its own.

    Orders are read where number j in place i and number i in place j say the same, which all orders of two states do.
    """
    listed = source.one(node, "strengths")
    at = listed or node
    words = at.text.split() if listed is not None else []
    if not words:
        return [list(range(count)) for count in shape]
    if len(words) != sum(shape) or not all(word.isascii() and word.isdigit() and len(word) < 9 for word in words):
        message = f'"{name[:40]}" needs {sum(shape)} whole numbers as strengths.'
        source.refuse("Q607", message, at, "give each parent's states an order, from 0 for the strongest")
    left, orders = [int(word) for word in words], []
    for count in shape:
        order, left = left[:count], left[count:]
        if sorted(order) != list(range(count)):
            message = f'the strengths of a parent of "{name[:40]}" are not the numbers 0 to {count - 1}.'
            source.refuse("Q607", message, at, "give each parent's states an order, from 0 for the strongest")
        if any(order[place] != i for i, place in enumerate(order)):
            message = f'the strengths of "{name[:40]}" turn three states or more round, which can be meant in two ways.'
            source.refuse("Q608", message, at, 'in GeNIe change the type of the node to "General"')
        orders.append(order)
    return orders
