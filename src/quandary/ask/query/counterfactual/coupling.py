"""How one variable's outcomes in two worlds hang together when both draw on the same Gumbel noise.

A mechanism with probabilities p is written X = argmax_k (log p_k + G_k) with independent Gumbel noise G (Oberst &
Sontag 2019, ICML, section 4); with probabilities q instead, the same noise gives X'. Since exp(-G) is exponential,
this is a race: X = argmin_k E_k / p_k and X' = argmin_k E_k / q_k. Integrating the race over the two winners gives

    P(X = i, X' = j) = p_i q_j * integral over s from p_j/q_j to p_i/q_i of ds / M(s)^2,   M(s) = sum_k max(p_k, s q_k),

for i != j (zero where the limits are the wrong way round: an outcome whose odds fell is never newly chosen), and
P(X = i, X' = i) = p_i q_i / sum_k max(p_k q_i, q_k p_i). With s = u / (1 - u) the limits are u_k = p_k / (p_k + q_k)
and M becomes N(u) = sum_k max((1 - u) p_k, u q_k), linear between neighbouring u_k, where the integral from a to b is
(b - a) / (N(a) N(b)).
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array


def gumbel_conditional(p: Array, q: Array) -> Array:
    """Return P(X' = j | X = i), shape ``(..., n, n, W)``, for probabilities of shape ``(..., n, W)``.

    Leading axes and worlds broadcast. Where p_i is zero the row is arbitrary and finite.
    """
    p, q = np.broadcast_arrays(p, q)
    whole = p + q
    edge = np.divide(p, whole, out=np.full_like(whole, 0.5), where=whole > 0)
    states = p.shape[-2]
    reach = np.zeros_like(whole)
    for k in range(states):
        reach += np.maximum((1.0 - edge) * p[..., k : k + 1, :], edge * q[..., k : k + 1, :])
    order = np.argsort(edge, axis=-2, kind="stable")
    placed, ends = np.take_along_axis(edge, order, axis=-2), np.take_along_axis(reach, order, axis=-2)
    pieces = np.zeros_like(placed)
    pieces[..., 1:, :] = np.diff(placed, axis=-2) / (ends[..., 1:, :] * ends[..., :-1, :])
    integral = np.empty_like(pieces)
    np.put_along_axis(integral, order, np.cumsum(pieces, axis=-2), axis=-2)
    rows, columns = integral[..., :, None, :], integral[..., None, :, :]
    result = q[..., None, :, :] * np.maximum(rows - columns, 0.0)
    same = np.divide(q, whole * reach, out=np.zeros_like(whole), where=whole > 0)
    index = np.arange(states)
    result[..., index, index, :] = same
    return np.asarray(result)
