"""VJP rules of composite ops, used where the backend has a kernel of its own.

Without a rule here the composite runs under differentiation, which is right but slower than the kernel. Arguments are
those of kernels, as `docs/internals.md` lists them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from keras_core.autodiff.rule import Rule, constant, general, kernel_or_composite, unbroadcast
from keras_core.autodiff.rules_reduction import keep_axes
from keras_core.autodiff.rules_shape import slice_along
from keras_core.runtime.table import DispatchTable

Tensor = Any


def _square(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor) -> Tensor:
    return table.multiply(gradient, table.multiply(x, constant(table, 2, x)))


def _rsqrt(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor) -> Tensor:
    slope = table.multiply(table.divide(result, x), constant(table, -0.5, x))
    return table.multiply(gradient, slope)


def _reciprocal(table: DispatchTable, gradient: Tensor, result: Tensor, _x: Tensor) -> Tensor:
    return table.negative(table.multiply(gradient, table.multiply(result, result)))


def _logarithm(base: float) -> Rule:
    scale = 1 / math.log(base)
    return general(
        lambda table, gradient, _result, x: table.divide(table.multiply(gradient, constant(table, scale, x)), x)
    )


def _erf(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor) -> Tensor:
    bell = table.exp(table.negative(table.multiply(x, x)))
    return table.multiply(gradient, table.multiply(bell, constant(table, 2 / math.sqrt(math.pi), x)))


def _erfinv(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor) -> Tensor:
    slope = table.multiply(table.exp(table.multiply(result, result)), constant(table, math.sqrt(math.pi) / 2, x))
    return table.multiply(gradient, slope)


def _lgamma(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor) -> Tensor:
    return table.multiply(gradient, kernel_or_composite(table, "digamma", x))


def _relu(table: DispatchTable, gradient: Tensor, result: Tensor, _x: Tensor) -> Tensor:
    zero = constant(table, 0, gradient)
    return table.where(table.greater(result, zero), gradient, zero)


def _sigmoid(table: DispatchTable, gradient: Tensor, result: Tensor, _x: Tensor) -> Tensor:
    slope = table.multiply(result, table.subtract(constant(table, 1, result), result))
    return table.multiply(gradient, slope)


def _silu(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor) -> Tensor:
    sigmoid = kernel_or_composite(table, "sigmoid", x)
    rest = table.multiply(result, table.subtract(constant(table, 1, x), sigmoid))
    return table.multiply(gradient, table.add(sigmoid, rest))


def _softplus(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor) -> Tensor:
    return table.multiply(gradient, kernel_or_composite(table, "sigmoid", x))


def _log_sigmoid(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor) -> Tensor:
    return table.multiply(gradient, kernel_or_composite(table, "sigmoid", table.negative(x)))


def _gelu(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, approximate: bool) -> Tensor:
    one, half = constant(table, 1, x), constant(table, 0.5, x)
    square = table.multiply(x, x)
    if approximate:
        scale, cubic = math.sqrt(2 / math.pi), 0.044715
        bent = table.multiply(x, table.add(one, table.multiply(square, constant(table, cubic, x))))
        tanh = table.tanh(table.multiply(bent, constant(table, scale, x)))
        slope = table.add(one, table.multiply(square, constant(table, 3 * cubic, x)))
        slope = table.multiply(table.multiply(slope, constant(table, scale, x)), x)
        bell = table.multiply(slope, table.subtract(one, table.multiply(tanh, tanh)))
        total = table.multiply(half, table.add(table.add(one, tanh), bell))
    else:
        erf = kernel_or_composite(table, "erf", table.multiply(x, constant(table, math.sqrt(0.5), x)))
        bell = table.exp(table.multiply(square, constant(table, -0.5, x)))
        bell = table.multiply(bell, table.multiply(x, constant(table, 1 / math.sqrt(2 * math.pi), x)))
        total = table.add(table.multiply(half, table.add(one, erf)), bell)
    return table.multiply(gradient, total)


def _axes(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    return (axis,) if isinstance(axis, int) else axis


def _softmax(table: DispatchTable, gradient: Tensor, result: Tensor, _x: Tensor, axis: Any) -> Tensor:
    weighted = table.multiply(gradient, result)
    return table.subtract(weighted, table.multiply(result, table.sum(weighted, _axes(axis), True)))


def _log_softmax(table: DispatchTable, gradient: Tensor, result: Tensor, _x: Tensor, axis: Any) -> Tensor:
    total = table.sum(gradient, _axes(axis), True)
    return table.subtract(gradient, table.multiply(table.exp(result), total))


def _logsumexp(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor, axis: Any, keepdims: bool) -> Tensor:
    result = keep_axes(table, result, x, axis, keepdims)
    # Where all is -inf, so is the result: their difference would be nan.
    finite = table.where(table.isfinite(result), result, constant(table, 0, result))
    weights = table.exp(table.subtract(x, finite))
    return table.multiply(keep_axes(table, gradient, x, axis, keepdims), weights)


def _element_share(table: DispatchTable, x: Tensor, reduced: Tensor) -> Tensor:
    """Return one over the number of elements behind each element of a reduction."""
    sizes, kept = table.static_shape(x), table.static_shape(reduced)
    return constant(table, math.prod(kept) / math.prod(sizes), x)  # pyright: ignore[reportArgumentType]


def _mean(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, axis: Any, keepdims: bool) -> Tensor:
    share = table.multiply(gradient, _element_share(table, x, gradient))
    return table.broadcast_to(keep_axes(table, share, x, axis, keepdims), table.shape(x))


def _stack(
    table: DispatchTable, gradient: Tensor, _result: Tensor, arguments: Sequence[Any], needed: Sequence[int]
) -> list[Tensor]:
    axis = arguments[-1]
    parts = (slice_along(table, gradient, axis, position, position + 1) for position in needed)
    return [table.squeeze(part, (axis,)) for part in parts]


def _logaddexp(table: DispatchTable, gradient: Tensor, result: Tensor, x: Tensor) -> Tensor:
    # Infinities that are equal differ by 0, not by nan.
    zero = constant(table, 0, x)
    difference = table.where(table.equal(x, result), zero, table.subtract(x, result))
    return unbroadcast(table, table.multiply(gradient, table.exp(difference)), x)


def _var(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, axis: Any, keepdims: bool) -> Tensor:
    share = _element_share(table, x, gradient)
    total = table.sum(x, axis, True)
    deviation = table.subtract(x, table.multiply(total, share))
    weight = table.multiply(gradient, table.multiply(share, constant(table, 2, x)))
    return table.multiply(keep_axes(table, weight, x, axis, keepdims), deviation)


def _repeat(
    table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, repeats: int, axis: int | None
) -> Tensor:
    shape = table.shape(x)
    if axis is None:
        groups = table.reshape(gradient, (*shape, repeats))
        return table.sum(groups, (x.ndim,), False)
    groups = table.reshape(gradient, (*shape[: axis + 1], repeats, *shape[axis + 1 :]))
    return table.sum(groups, (axis + 1,), False)


def _pad(table: DispatchTable, gradient: Tensor, _result: Tensor, x: Tensor, pad_width: Any, *_static: Any) -> Tensor:
    start = tuple(low for low, _high in pad_width)
    stop = tuple(low + size for low, size in zip(start, table.shape(x), strict=True))
    return table.slice(gradient, start, stop, (1,) * x.ndim)


def _pads_with_constant(_x: Tensor, _pad_width: Any, mode: str, _constant_values: Any) -> bool:
    return mode == "constant"


def _scatter_add_updates(
    table: DispatchTable, gradient: Tensor, _result: Tensor, _x: Tensor, indices: Tensor, _updates: Tensor
) -> Tensor:
    return table.take(gradient, indices, 0)


def _scatter_add_along_axis_updates(
    table: DispatchTable, gradient: Tensor, _result: Tensor, _x: Tensor, indices: Tensor, _updates: Tensor, axis: int
) -> Tensor:
    return table.take_along_axis(gradient, indices, axis)


def _first(_table: DispatchTable, gradient: Tensor, *_rest: Any) -> Tensor:
    return gradient


RULES: Final[dict[str, Rule]] = {
    "square": general(_square),
    "rsqrt": general(_rsqrt),
    "reciprocal": general(_reciprocal),
    "log2": _logarithm(2),
    "log10": _logarithm(10),
    "erf": general(_erf),
    "erfinv": general(_erfinv),
    "lgamma": general(_lgamma),
    "relu": general(_relu),
    "sigmoid": general(_sigmoid),
    "silu": general(_silu),
    "softplus": general(_softplus),
    "log_sigmoid": general(_log_sigmoid),
    "gelu": general(_gelu),
    "softmax": general(_softmax),
    "log_softmax": general(_log_softmax),
    "logsumexp": general(_logsumexp),
    "logaddexp": general(
        lambda table, gradient, result, x1, x2: _logaddexp(table, gradient, result, x1),
        lambda table, gradient, result, x1, x2: _logaddexp(table, gradient, result, x2),
    ),
    "mean": general(_mean),
    "var": general(_var),
    "repeat": general(_repeat),
    "pad": replace(general(_pad), accepts=_pads_with_constant),
    "stack": Rule("sequence", _stack),
    "scatter_add": general(_first, None, _scatter_add_updates),
    "scatter_add_along_axis": general(_first, None, _scatter_add_along_axis_updates),
}
