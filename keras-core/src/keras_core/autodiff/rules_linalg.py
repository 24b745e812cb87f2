"""VJP rules of linear algebra and Fourier transforms.

`matmul`, `solve` and the transforms are holomorphic, so their rules are plain transposes. The decompositions are not;
their rules are the known formulas for the conjugate convention, with the gradients conjugated on the way in and out.

Sources: M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
(2008); I. Murray, "Differentiation of the Cholesky decomposition" (2016); J. Townsend, "Differentiating the singular
value decomposition" (2016); M. Seeger et al., "Auto-differentiating linear algebra" (2017).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from keras_core.autodiff.rule import (
    Rule,
    binary,
    conjugate,
    constant,
    is_complex,
    swap,
    unary,
    unbroadcast,
    zeros_like,
)
from keras_core.autodiff.rules_shape import slice_along
from keras_core.runtime.table import DispatchTable

Tensor = Any


def _column(table: DispatchTable, x: Tensor) -> Tensor:
    return table.expand_dims(x, x.ndim)


def _row(table: DispatchTable, x: Tensor) -> Tensor:
    return table.expand_dims(x, x.ndim - 1)


def _matmul_first(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    if x2.ndim == 1:
        return table.multiply(_column(table, gradient) if x1.ndim > 1 else gradient, x2)
    if x1.ndim == 1:
        product = table.matmul(x2, _column(table, gradient))
        return unbroadcast(table, table.squeeze(product, (product.ndim - 1,)), x1)
    return unbroadcast(table, table.matmul(gradient, swap(table, x2)), x1)


def _matmul_second(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, x2: Tensor) -> Tensor:
    if x1.ndim == 1:
        return (
            table.multiply(gradient, x1) if x2.ndim == 1 else table.multiply(_column(table, x1), _row(table, gradient))
        )
    if x2.ndim == 1:
        product = table.matmul(_row(table, gradient), x1)
        return unbroadcast(table, table.squeeze(product, (product.ndim - 2,)), x2)
    if x2.ndim == 2 and x1.ndim > 2:
        # One matrix for the whole batch: one product over all rows, not a stack of products to be summed.
        x1, gradient = _as_rows(table, x1), _as_rows(table, gradient)
    return unbroadcast(table, table.matmul(swap(table, x1), gradient), x2)


def _as_rows(table: DispatchTable, x: Tensor) -> Tensor:
    *leading, last = table.shape(x)
    return table.reshape(x, (math.prod(leading) if all(type(size) is int for size in leading) else -1, last))


def _solve_second(table: DispatchTable, gradient: Tensor, _result: Tensor, x1: Tensor, _x2: Tensor) -> Tensor:
    return table.solve(swap(table, x1), gradient)


def _solve(
    table: DispatchTable, gradient: Tensor, result: Tensor, arguments: Sequence[Tensor], needed: Sequence[int]
) -> list[Tensor]:
    second = _solve_second(table, gradient, result, *arguments)
    first = table.negative(table.matmul(second, swap(table, result))) if 0 in needed else None
    return [first if position == 0 else second for position in needed]


def _adjoint(table: DispatchTable, x: Tensor) -> Tensor:
    return conjugate(table, swap(table, x))


def _hermitian_part(table: DispatchTable, x: Tensor) -> Tensor:
    return table.multiply(table.add(x, _adjoint(table, x)), constant(table, 0.5, x))


def _compare_positions(table: DispatchTable, size: int, comparison: str) -> Tensor:
    """Return the `(size, size)` bools of `comparison(row, column)`."""
    positions = table.arange(0, size, 1, "int32")
    return getattr(table, comparison)(_column(table, positions), _row(table, positions))


def _diagonal(table: DispatchTable, values: Tensor, like: Tensor) -> Tensor:
    """Return matrices with `(..., n)` values on the diagonal, with the dtype of `like`."""
    values = table.astype(values, table.dtype_of(like))
    mask = _compare_positions(table, values.shape[-1], "equal")
    return table.where(mask, _row(table, values), constant(table, 0, values))


def _off_diagonal_over(table: DispatchTable, x: Tensor, differences: Tensor) -> Tensor:
    """Return `x / differences` with zeros on the diagonal."""
    mask = _compare_positions(table, x.shape[-1], "equal")
    safe = table.astype(table.where(mask, constant(table, 1, differences), differences), table.dtype_of(x))
    return table.where(mask, constant(table, 0, x), table.divide(x, safe))


def _pairwise_differences(table: DispatchTable, x: Tensor) -> Tensor:
    """Return `x[j] - x[i]` at row `i`, column `j`."""
    return table.subtract(_row(table, x), _column(table, x))


def _cholesky(table: DispatchTable, gradient: Tensor, result: Tensor, _x: Tensor) -> Tensor:
    size = result.shape[-1]
    transposed = _adjoint(table, result)
    product = table.matmul(transposed, conjugate(table, gradient))
    half = table.multiply(product, constant(table, 0.5, product))
    product = table.where(_compare_positions(table, size, "equal"), half, product)
    product = table.where(_compare_positions(table, size, "less"), constant(table, 0, product), product)
    left = table.solve(transposed, product)
    both = table.solve(transposed, _adjoint(table, left))
    return conjugate(table, _hermitian_part(table, both))


def _eigh(table: DispatchTable, gradients: Any, results: Any, x: Tensor) -> Tensor:
    values, vectors = results
    by_values, by_vectors = gradients
    inner = None if by_values is None else _diagonal(table, by_values, x)
    if by_vectors is not None:
        product = table.matmul(_adjoint(table, vectors), conjugate(table, by_vectors))
        rotation = _off_diagonal_over(table, product, _pairwise_differences(table, values))
        inner = rotation if inner is None else table.add(inner, rotation)
    gradient = table.matmul(table.matmul(vectors, inner), _adjoint(table, vectors))
    return conjugate(table, _hermitian_part(table, gradient))


def _qr_tall(table: DispatchTable, by_q: Tensor, by_r: Tensor, q: Tensor, r: Tensor) -> Tensor:
    size = r.shape[-1]
    product = table.subtract(table.matmul(by_r, _adjoint(table, r)), table.matmul(_adjoint(table, q), by_q))
    zero = constant(table, 0, product)
    upper = table.where(_compare_positions(table, size, "less"), product, zero)
    diagonal = table.where(_compare_positions(table, size, "equal"), _hermitian_part(table, product), zero)
    symmetric = table.add(table.add(upper, _adjoint(table, upper)), diagonal)
    gradient = table.add(by_q, table.matmul(q, symmetric))
    return _adjoint(table, table.solve(r, _adjoint(table, gradient)))


def _qr(table: DispatchTable, gradients: Any, results: Any, x: Tensor) -> Tensor:
    q, r = results
    by_q, by_r = (
        zeros_like(table, result) if gradient is None else conjugate(table, gradient)
        for gradient, result in zip(gradients, results, strict=True)
    )
    rows, columns = x.shape[-2:]
    if rows >= columns:
        return conjugate(table, _qr_tall(table, by_q, by_r, q, r))
    # The first square part determines Q; the rest of R is a product of Q and the rest of x.
    last = x.ndim - 1
    by_square, by_rest = (slice_along(table, by_r, last, *bounds) for bounds in ((0, rows), (rows, None)))
    by_q = table.add(by_q, table.matmul(slice_along(table, x, last, rows, None), _adjoint(table, by_rest)))
    square = _qr_tall(table, by_q, by_square, q, slice_along(table, r, last, 0, rows))
    return conjugate(table, table.concat([square, table.matmul(q, by_rest)], last))


def _svd(table: DispatchTable, gradients: Any, results: Any, x: Tensor, full_matrices: bool) -> Tensor:
    u, s, vh = results
    by_u, by_s, by_vh = (None if gradient is None else conjugate(table, gradient) for gradient in gradients)
    rows, columns = x.shape[-2:]
    size = min(rows, columns)
    if full_matrices and rows != columns:
        if by_u is not None or by_vh is not None:
            raise NotImplementedError(
                f"svd: the gradient by all singular vectors of a matrix of shape {(rows, columns)} is not defined, "
                "those "
                "beyond the rank are arbitrary. Use `full_matrices=False`."
            )
        # Computed again and not cut out, so that this gradient does not depend on the vectors beyond the rank either.
        u, s, vh = table.svd(x, False)
    scale = table.astype(s, table.dtype_of(x))
    squares = _pairwise_differences(table, table.multiply(s, s))
    uh, v = _adjoint(table, u), _adjoint(table, vh)
    inner = table.full(table.shape(table.matmul(uh, u)), 0, table.dtype_of(x))
    outer = None
    if by_s is not None:
        inner = table.add(inner, _diagonal(table, by_s, x))
    if by_u is not None:
        product = table.matmul(uh, by_u)
        turned = table.subtract(product, _adjoint(table, product))
        inner = table.add(inner, table.multiply(_off_diagonal_over(table, turned, squares), _row(table, scale)))
        if is_complex(table, x):
            phase = table.multiply(_diagonal_part(table, turned), constant(table, 0.5, x))
            inner = table.add(inner, table.divide(phase, _row(table, scale)))
        if rows > size:
            beyond = table.divide(table.subtract(by_u, table.matmul(u, product)), _row(table, scale))
            outer = table.matmul(beyond, vh)
    if by_vh is not None:
        product = table.matmul(vh, _adjoint(table, by_vh))
        turned = table.subtract(product, _adjoint(table, product))
        inner = table.add(inner, table.multiply(_column(table, scale), _off_diagonal_over(table, turned, squares)))
        if columns > size:
            beyond = table.subtract(by_vh, table.matmul(table.matmul(by_vh, v), vh))
            beyond = table.matmul(u, table.divide(beyond, _column(table, scale)))
            outer = beyond if outer is None else table.add(outer, beyond)
    gradient = table.matmul(table.matmul(u, inner), vh)
    return conjugate(table, gradient if outer is None else table.add(gradient, outer))


def _diagonal_part(table: DispatchTable, x: Tensor) -> Tensor:
    """Return matrices with zeros in place of all but the diagonal."""
    return table.where(_compare_positions(table, x.shape[-1], "equal"), x, constant(table, 0, x))


def _slogdet(table: DispatchTable, gradients: Any, results: Any, x: Tensor) -> Tensor | None:
    by_sign, by_logarithm = gradients
    weight = None if by_logarithm is None else table.astype(by_logarithm, table.dtype_of(x))
    if by_sign is not None and is_complex(table, x):
        # The sign is exp(i * angle), and the angle is the imaginary part of the holomorphic log(det(x)).
        turned = table.multiply(table.multiply(by_sign, results[0]), constant(table, 1j, x))
        by_angle = table.multiply(table.astype(table.real(turned), table.dtype_of(x)), constant(table, -1j, x))
        weight = by_angle if weight is None else table.add(weight, by_angle)
    if weight is None:
        return None
    weights = table.broadcast_to(_column(table, weight), table.shape(x)[:-1])
    return table.solve(swap(table, x), _diagonal(table, weights, x))


RULES: Final[dict[str, Rule]] = {
    "matmul": binary(_matmul_first, _matmul_second),
    "cholesky": unary(_cholesky),
    "qr": unary(_qr),
    "svd": unary(_svd),
    "eigh": unary(_eigh),
    "solve": Rule("binary", _solve),
    "slogdet": unary(_slogdet),
    "fft": unary(lambda table, gradient, _result, _x: table.fft(gradient)),
    "ifft": unary(lambda table, gradient, _result, _x: table.ifft(gradient)),
}
