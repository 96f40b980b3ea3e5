"""From draws to an answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quandary.ask.answer import Answer, AnswerDraws, ArisingChoice, CountedChoice, Remark
from quandary.ask.query.combining import counts_worlds
from quandary.base.arrays import Array, Mask
from quandary.language.syntax import Compare, Expression
from quandary.quantities.summary import block_error, effective_number, mean_reach, weighted_mean, weighted_quantiles

Index = NDArray[np.intp]


def answer(
    query: str,
    draws: AnswerDraws,
    block: Index,
    *,
    left_out: Mask,
    asked: Expression | None = None,
    truth: Array | None = None,
    spread: bool = True,
    aside: tuple[Expression, ...] = (),
    remarks: tuple[Remark, ...] = (),
    why_undefined: str = "",
    parts: Mapping[str, Answer] | None = None,
    counting: CountedChoice | None = None,
    arising: ArisingChoice | None = None,
) -> Answer:
    """Return the answer that draws give: weighted mean, median, 90 % interval, Monte Carlo error.

    ``block`` (W,) says to which block of the design each world belongs, ``left_out`` (W,) which have no solution: they
    weigh nothing and do not count as undefined. ``asked`` is the query where the draws are its own: one that counts
    worlds has no median and no interval, but for those of a comparison's sides. ``truth`` (W,) is 1, 0 or NaN for a
    comparison. Without ``spread`` there is no median and no interval.
    """
    values, weights = draws.values, draws.weights
    is_truth = truth is not None or (asked is not None and counts_worlds(asked, values[weights > 0]))
    spread = spread and (not is_truth or isinstance(asked, Compare))
    levels = weighted_quantiles(values, weights, (0.05, 0.5, 0.95)) if spread else (None, None, None)
    low, median, high = levels
    return Answer(
        query=query,
        mean=weighted_mean(values, weights),
        median=median,
        low=low,
        high=high,
        mc_error=block_error(values, weights, block),
        worlds=int(np.count_nonzero(~left_out)),
        effective_worlds=effective_number(np.where(np.isnan(values), 0.0, weights)),
        undefined=int(np.count_nonzero(np.isnan(values) & ~left_out)),
        draws=values,
        weights=weights,
        holds_in=None if truth is None else weighted_mean(truth, weights),
        aside=aside,
        remarks=remarks,
        why_undefined=why_undefined,
        is_truth=is_truth,
        reach=mean_reach(values, weights, block),
        parts=parts or {},
        counting=counting,
        arising=arising,
    )
