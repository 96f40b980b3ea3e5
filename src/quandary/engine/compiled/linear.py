"""Small systems of linear equations in compiled code: LU with partial pivoting, and the determinant's sign."""

from __future__ import annotations

from quandary.base.arrays import Array
from quandary.engine.compiled.compiling import inner
from quandary.engine.compiled.workspace import Whole


@inner
def factor(matrix: Array, order: Whole) -> float:
    """Replace a matrix by its triangular factors, rows swapped as ``order`` says; return its determinant's sign."""
    size = matrix.shape[0]
    sign = 1.0
    for k in range(size):
        best = k
        for i in range(k + 1, size):
            if abs(matrix[i, k]) > abs(matrix[best, k]):
                best = i
        order[k] = best
        if best != k:
            sign = -sign
            for j in range(size):
                matrix[k, j], matrix[best, j] = matrix[best, j], matrix[k, j]
        pivot = matrix[k, k]
        sign = sign if pivot > 0.0 else -sign if pivot < 0.0 else 0.0
        for i in range(k + 1, size):
            share = matrix[i, k] / pivot
            matrix[i, k] = share
            for j in range(k + 1, size):
                matrix[i, j] -= share * matrix[k, j]
    return sign


@inner
def solve(matrix: Array, order: Whole, right: Array) -> None:
    """Replace a right-hand side by the solution, the matrix being factored."""
    size = matrix.shape[0]
    for k in range(size):
        best = order[k]
        right[k], right[best] = right[best], right[k]
    for i in range(size):
        for j in range(i):
            right[i] -= matrix[i, j] * right[j]
    for i in range(size - 1, -1, -1):
        for j in range(i + 1, size):
            right[i] -= matrix[i, j] * right[j]
        right[i] /= matrix[i, i]
