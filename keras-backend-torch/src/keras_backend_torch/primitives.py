"""The mandatory primitives: mostly a table of names.

torch has few kernels for uint16, uint32 and uint64, and no linear algebra in float16 and bfloat16. Such calls fail
natively and are then computed in int64 (whose bits are those of the unsigned result, modulo 2**64) or in float32. The
other dtypes pay nothing for it.
"""

from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor

from keras_backend_torch.host import DTYPES, current_device
from keras_core.contract import widened

Axes = tuple[int, ...] | None

UNSIGNED: Final = frozenset({torch.uint16, torch.uint32, torch.uint64})
_HALF: Final = frozenset({torch.float16, torch.bfloat16})
_INDEX: Final = frozenset({torch.int32, torch.int64})
_SIGN_BIT: Final = -(2**63)
_ALL_BUT_SIGN: Final = 2**63 - 1


_unsigned = partial(widened, tensor_type=Tensor, narrow=UNSIGNED, wide=torch.int64, cast=Tensor.to)
_half = partial(widened, tensor_type=Tensor, narrow=_HALF, wide=torch.float32, cast=Tensor.to)


def _unsigned_order(native: Callable[..., Any]) -> Callable[..., Any]:
    """Flip the sign bit on the way in and out, so that the order of uint64 is that of int64."""
    return _unsigned(native, recoded=lambda x: x ^ _SIGN_BIT)


# creation and conversion


def _arange(start: Any, stop: Any, step: Any, dtype: str) -> Tensor:
    native, device = DTYPES[dtype], current_device()
    if step != 0 and (stop - start) * step <= 0:
        return torch.empty(0, dtype=native, device=device)
    computed = torch.int64 if native in UNSIGNED else torch.float64 if native.is_complex else native
    return torch.arange(start, stop, step, dtype=computed, device=device).to(native)


def _astype(x: Tensor, dtype: str) -> Tensor:
    native = DTYPES[dtype]
    if x.is_complex() and not native.is_complex and native is not torch.bool:
        x = x.real
    return x.to(native)


# elementwise


def _sign(x: Tensor) -> Tensor:
    sign = torch.sgn(x)
    return torch.where(x != x, x, sign) if x.is_floating_point() else sign  # sgn(nan) is 0


def _pow(x1: Tensor, x2: Tensor) -> Tensor:
    power = torch.pow(x1, x2)
    return torch.where(x2 == 0, 1, power) if power.is_complex() else power  # torch takes 0j ** 0 for nan


def _unsigned_floor_divide(x1: Tensor, x2: Tensor) -> Tensor:
    """Divide unsigned numbers in int64 bits (Hacker's Delight, section 9-3)."""
    not_below = (x1 ^ _SIGN_BIT) >= (x2 ^ _SIGN_BIT)
    divisor = torch.where(x2 < 0, 1, x2)
    quotient = torch.div((x1 >> 1) & _ALL_BUT_SIGN, divisor, rounding_mode="floor") << 1
    rest = x1 - quotient * divisor
    quotient = quotient + ((rest ^ _SIGN_BIT) >= (divisor ^ _SIGN_BIT)).to(torch.int64)
    return torch.where(x2 < 0, not_below.to(torch.int64), quotient)


def _unsigned_pow(x1: Tensor, x2: Tensor) -> Tensor:
    # x ** (2 ** 63) is 1 modulo 2 ** 64 for odd and 0 for even x.
    power = torch.pow(x1, x2 & _ALL_BUT_SIGN)
    return torch.where((x2 < 0) & ((x1 & 1) == 0), 0, power)


def _unsigned_right_shift(x1: Tensor, x2: Tensor) -> Tensor:
    shifted = ((x1 >> 1) & _ALL_BUT_SIGN) >> (x2 - 1).clamp(min=0)
    return torch.where(x2 == 0, x1, shifted)


# shape, indexing, sorting


def _arg_extreme(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def primitive(x: Tensor, axis: int, keepdims: bool) -> Tensor:
        if x.dtype is torch.bool:
            x = x.to(torch.uint8)
        return function(x, axis, keepdims).to(torch.int32)

    return primitive


# reduction; torch takes an empty tuple of axes for all axes


def _sum(x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    if axis == ():
        return x
    total = torch.sum(x, axis, keepdims)
    return total if total.dtype is x.dtype else total.to(x.dtype)  # torch adds integers in int64: the same bits


def _prod(x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    if axis is None and not keepdims:
        return torch.prod(x, dtype=x.dtype)
    for one in reversed(range(x.ndim) if axis is None else axis):
        x = torch.prod(x, one, keepdims, dtype=x.dtype)
    return x


def _over_axes(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda x, axis, keepdims: x if axis == () else function(x, axis, keepdims)


_SAME_IN_TORCH: Final = (
    *("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    *("asinh", "acosh", "atanh", "floor", "ceil", "round", "trunc", "isfinite", "isnan", "isinf", "logical_not"),
    *("real", "imag", "multiply", "divide", "atan2", "logical_and", "logical_or", "logical_xor", "bitwise_and"),
    *("bitwise_or", "bitwise_xor", "where", "reshape", "broadcast_to", "squeeze"),
)
_UNSIGNED: Final = ("negative", "add", "subtract", "bitwise_left_shift", "matmul")
_UNSIGNED_ORDER: Final = ("maximum", "minimum", "less", "less_equal", "greater", "greater_equal")

PRIMITIVES: Final = MappingProxyType(
    {name: getattr(torch, name) for name in _SAME_IN_TORCH}
    | {"conj": torch.conj_physical, "equal": torch.eq, "not_equal": torch.ne}
    | {"permute_dims": torch.permute, "concat": torch.cat, "expand_dims": torch.unsqueeze}
    | {name: _unsigned(getattr(torch, name)) for name in _UNSIGNED}
    | {name: _unsigned_order(getattr(torch, name)) for name in _UNSIGNED_ORDER}
    | {
        "full": lambda shape, value, dtype: torch.full(shape, value, dtype=DTYPES[dtype], device=current_device()),
        "arange": _arange,
        "astype": _astype,
        "bitcast": lambda x, dtype: x.detach().view(DTYPES[dtype]),
        "abs": _unsigned(torch.abs, lambda x: x),
        "sign": _unsigned(_sign, lambda x: (x != 0).to(torch.int64)),
        "bitwise_invert": _unsigned(torch.bitwise_not),
        "stop_gradient": Tensor.detach,
        # torch.floor_divide has no derivative.
        "floor_divide": _unsigned(lambda x1, x2: torch.div(x1, x2, rounding_mode="floor"), _unsigned_floor_divide),
        "remainder": _unsigned(torch.remainder, lambda x1, x2: x1 - x2 * _unsigned_floor_divide(x1, x2)),
        "pow": _unsigned(_pow, _unsigned_pow),
        "bitwise_right_shift": _unsigned(torch.bitwise_right_shift, _unsigned_right_shift),
        "shape": lambda x: tuple(x.shape),
        "flip": _unsigned(lambda x, axis: torch.flip(x, tuple(range(x.ndim)) if axis is None else axis)),
        "slice": lambda x, start, stop, step: x[tuple(map(slice, start, stop, step))],
        "take": _unsigned(
            lambda x, at, axis: torch.index_select(x, axis, at if at.dtype in _INDEX else at.to(torch.int64))
        ),
        "take_along_axis": _unsigned(lambda x, at, axis: torch.gather(x, axis, at.to(torch.int64))),
        "nonzero": lambda x: torch.nonzero(x if x.dtype is torch.bool else x != 0).to(torch.int32).unbind(1),
        "sort": _unsigned_order(lambda x, axis: torch.sort(x, axis)[0]),
        "argsort": _unsigned_order(lambda x, axis: torch.sort(x, dim=axis, stable=True)[1].to(torch.int32)),
        "argmax": _unsigned_order(_arg_extreme(torch.argmax)),
        "argmin": _unsigned_order(_arg_extreme(torch.argmin)),
        "sum": _unsigned(_sum),
        "prod": _unsigned(_prod),
        "max": _unsigned_order(_over_axes(torch.amax)),
        "min": _unsigned_order(_over_axes(torch.amin)),
        "all": _over_axes(torch.all),
        "any": _over_axes(torch.any),
        "cumulative_sum": _unsigned(lambda x, axis: torch.cumsum(x, axis, dtype=x.dtype)),
        "cumulative_prod": _unsigned(lambda x, axis: torch.cumprod(x, axis, dtype=x.dtype)),
        "cholesky": _half(torch.linalg.cholesky),
        "qr": _half(lambda x: tuple(torch.linalg.qr(x))),
        "svd": _half(lambda x, full_matrices: tuple(torch.linalg.svd(x, full_matrices))),
        "eigh": _half(lambda x: tuple(torch.linalg.eigh(x))),
        "solve": _half(torch.linalg.solve),
        "slogdet": _half(lambda x: tuple(torch.linalg.slogdet(x))),
        "fft": lambda x: torch.fft.fft(x) if x.numel() else x,
        "ifft": lambda x: torch.fft.ifft(x) if x.numel() else x,
    }
)
