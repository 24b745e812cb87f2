"""Ops that look at how numbers are represented: their sign bits, neighbours and bytes."""

from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np

from keras_core.ops.checks import require_integers, require_real
from keras_core.runtime import dtypes
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.definition import op
from keras_core.runtime.table import active


class Format(NamedTuple):
    """A binary format of IEEE 754 (or like it): width, bits of the fraction, largest exponent, which is the bias."""

    width: int
    fraction: int
    bias: int


FORMATS: Final = {
    "bfloat16": Format(16, 7, 127),
    "float16": Format(16, 10, 15),
    "float32": Format(32, 23, 127),
    "float64": Format(64, 52, 1023),
}


_QUIET: Final = partial(np.errstate, all="ignore")
"""For sums and products that are rightly infinite or nan, of which NumPy would warn where it computes them."""


@op(dtype="float", differentiable=())
def isneginf(x: Any) -> Any:
    """Return whether `x` is negative infinity, elementwise.

    Args:
        x: tensor of real numbers.

    Returns:
        Bool tensor of the shape of `x`.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.isneginf([1.0, float("-inf")])
        array([False,  True])
    """
    require_real("isneginf", x)
    d = active()
    return d.equal(x, to_tensor(d, float("-inf"), d.dtype_of(x)))


@op(dtype="float", differentiable=())
def isposinf(x: Any) -> Any:
    """Return whether `x` is positive infinity, elementwise.

    Args:
        x: tensor of real numbers.

    Returns:
        Bool tensor of the shape of `x`.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.isposinf([1.0, float("inf")])
        array([False,  True])
    """
    require_real("isposinf", x)
    d = active()
    return d.equal(x, to_tensor(d, float("inf"), d.dtype_of(x)))


@op(differentiable=())
def isreal(x: Any) -> Any:
    """Return whether the imaginary part of `x` is 0, elementwise.

    Args:
        x: tensor.

    Returns:
        Bool tensor of the shape of `x`: true for all numbers of a real dtype.

    Example:
        >>> ops.isreal([1 + 0j, 1j])
        array([ True, False])
    """
    d = active()
    dtype = d.dtype_of(x)
    if dtype not in dtypes.COMPLEX:
        return d.full(d.shape(x), True, "bool")
    imaginary = d.imag(x)
    return d.equal(imaginary, d.full((), 0, dtypes.REAL_OF_COMPLEX[dtype]))


def _negative(x: Any) -> Any:
    d = active()
    return d.less(x, d.full((), 0, d.dtype_of(x)))


@op(differentiable=())
def signbit(x: Any) -> Any:
    """Return whether the sign bit of `x` is set, which it is of -0.0 too, elementwise.

    Args:
        x: tensor of real numbers.

    Returns:
        Bool tensor of the shape of `x`.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.signbit([-1.0, -0.0, 0.0])
        array([ True,  True, False])
    """
    require_real("signbit", x)
    d = active()
    dtype = d.dtype_of(x)
    if dtype in FORMATS:
        return _negative(d.bitcast(x, f"int{FORMATS[dtype].width}"))
    return d.full(d.shape(x), False, "bool") if dtype == "bool" else _negative(x)


@op(tensors=("x1", "x2"), dtype="float", differentiable=())
def nextafter(x1: Any, x2: Any) -> Any:
    """Return the neighbour of `x1` in the direction of `x2`, elementwise.

    Args:
        x1: tensor of real numbers; integers become `floatx`.
        x2: tensor of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape; `x2` where both are equal, nan where either is.

    Raises:
        TypeError: for complex numbers.

    Example:
        >>> ops.nextafter([1.0, 0.0], [2.0, -1.0])
        array([ 1.0000001e+00, -1.4012985e-45], dtype=float32)
    """
    require_real("nextafter", x1)
    d = active()
    dtype = d.dtype_of(x1)
    integers = f"int{FORMATS[dtype].width}"
    lowest = d.full((), -(2 ** (FORMATS[dtype].width - 1)), integers)
    zero, one = d.full((), 0, integers), d.full((), 1, integers)

    def turned(bits: Any) -> Any:
        # Magnitude and sign to two's complement, in which neighbours differ by 1, and the same way back.
        return d.where(d.less(bits, zero), d.subtract(lowest, bits), bits)

    here, there = turned(d.bitcast(x1, integers)), turned(d.bitcast(x2, integers))
    up, down = d.less(here, there), d.less(there, here)
    moved = d.where(up, d.add(here, one), d.where(down, d.subtract(here, one), there))
    # What comes up to 0 from below is -0.0, which two's complement has not.
    from_below = d.logical_and(d.logical_and(up, d.less(here, zero)), d.equal(moved, zero))
    result = d.bitcast(d.where(from_below, lowest, turned(moved)), dtype)
    with _QUIET():
        result = d.where(d.logical_or(up, down), result, x2)
        undefined = d.logical_or(d.isnan(x1), d.isnan(x2))
        return d.where(undefined, d.add(x1, x2), result)


@op(tensors=("x1", "x2"), dtype="keep", differentiable=("x1",))
def ldexp(x1: Any, x2: Any) -> Any:
    """Return `x1 * 2 ** x2`, elementwise.

    Args:
        x1: tensor of real numbers; integers become `floatx`.
        x2: integers of a shape that broadcasts with that of `x1`.

    Returns:
        Tensor of the broadcast shape.

    Raises:
        TypeError: where `x2` are no integers, or `x1` is complex.

    Example:
        >>> ops.ldexp([1.0, 0.75], [3, -1])
        array([8.   , 0.375], dtype=float32)
    """
    require_real("ldexp", x1)
    require_integers("ldexp", "x2", x2)
    d = active()
    dtype = dtypes.float_for(d.dtype_of(x1))
    result = d.astype(x1, dtype)
    width, fraction, bias = FORMATS[dtype]
    integers = f"int{width}"
    limit = 3 * (bias - 1)
    low, high = to_tensor(d, -limit, "int64"), to_tensor(d, limit, "int64")
    left = d.astype(d.maximum(low, d.minimum(high, d.astype(x2, "int64"))), integers)
    # In three steps no power of 2 is out of range, and what is smaller than any number is 0 by then.
    for parts in (3, 2, 1):
        exponent = d.floor_divide(left, d.full((), parts, integers))
        left = d.subtract(left, exponent)
        biased = d.add(exponent, d.full((), bias, integers))
        power = d.bitcast(d.bitwise_left_shift(biased, d.full((), fraction, integers)), dtype)
        with _QUIET():
            result = d.multiply(result, power)
    return result


# views -------------------------------------------------------------------------------------------------------------


def _width(dtype: str) -> int:
    return 8 if dtype == "bool" else int("".join(c for c in dtype.partition("_")[0] if c.isdigit())[-3:])


def _bits(x: Any) -> Any:
    """Return the bits of a tensor as unsigned integers of the width of its numbers; complex ones have two halves."""
    d = active()
    dtype = d.dtype_of(x)
    if dtype == "bool":
        return d.astype(x, "uint8")
    if dtype in dtypes.COMPLEX:
        parts = d.concat([d.expand_dims(d.real(x), x.ndim), d.expand_dims(d.imag(x), x.ndim)], x.ndim)
        return _bits(_merged(parts))
    unsigned = f"uint{_width(dtype)}"
    return x if dtype == unsigned else d.bitcast(x, unsigned)


def _merged(x: Any) -> Any:
    """Join the last two axes."""
    d = active()
    *leading, size, part = d.shape(x)
    joined = size * part if isinstance(size, int) else -1
    return d.reshape(x, (*leading, joined))


def _narrowed(bits: Any, width: int, target: int) -> Any:
    d = active()
    wide, narrow = f"uint{width}", f"uint{target}"
    mask = to_tensor(d, 2**target - 1, wide)
    parts: list[Any] = []
    for place in range(0, width, target):
        part = d.bitwise_and(d.bitwise_right_shift(bits, to_tensor(d, place, wide)), mask)
        parts.append(d.expand_dims(d.astype(part, narrow), bits.ndim))
    return _merged(d.concat(parts, bits.ndim))


def _widened(bits: Any, width: int, target: int) -> Any:
    d = active()
    count = target // width
    *leading, size = d.shape(bits)
    groups = size // count if isinstance(size, int) else -1
    grouped = d.reshape(bits, (*leading, groups, count))
    wide = f"uint{target}"
    result: Any = None
    for place in range(count):
        start, stop = (0,) * len(leading) + (0, place), (None,) * len(leading) + (None, place + 1)
        part = d.squeeze(d.slice(grouped, start, stop, (1,) * grouped.ndim), (grouped.ndim - 1,))
        shifted = d.bitwise_left_shift(d.astype(part, wide), to_tensor(d, place * width, wide))
        result = shifted if result is None else d.bitwise_or(result, shifted)
    return result


def _of_bits(bits: Any, dtype: str) -> Any:
    d = active()
    if dtype == "bool":
        return d.astype(bits, "bool")
    if dtype in dtypes.COMPLEX:
        real = dtypes.REAL_OF_COMPLEX[dtype]
        *leading, size = d.shape(bits)
        pairs = d.reshape(_of_bits(bits, real), (*leading, size // 2 if isinstance(size, int) else -1, 2))
        whole, steps = (None,) * bits.ndim, (1,) * pairs.ndim
        parts = [
            d.astype(d.squeeze(d.slice(pairs, (0,) * bits.ndim + (i,), (*whole, i + 1), steps), (bits.ndim,)), dtype)
            for i in (0, 1)
        ]
        return d.add(parts[0], d.multiply(parts[1], to_tensor(d, 1j, dtype)))
    return bits if dtype == d.dtype_of(bits) else d.bitcast(bits, dtype)


@op(static={"dtype": "dtype_or_none"}, differentiable=())
def view(x: Any, dtype: Any = None) -> Any:
    """Return the bytes of `x` taken as numbers of another dtype, low bytes first.

    Args:
        x: tensor.
        dtype: dtype name; None for that of `x`. The last axis grows where its numbers are narrower, and shrinks where
            they are wider.

    Returns:
        Tensor of the shape of `x` but for the last axis.

    Raises:
        ValueError: where the bytes of the last axis are no whole number of elements, or there is no axis to change.

    Example:
        >>> ops.view([1.0, -2.0], "int32")
        array([ 1065353216, -1073741824], dtype=int32)
    """
    d = active()
    given = d.dtype_of(x)
    if dtype is None or dtype == given:
        return x
    width, target = _width(given), _width(dtype)
    if x.ndim == 0 and width != target:
        raise ValueError(f"view: a tensor without axes cannot be taken as {dtype}, {given} has another width.")
    size = d.static_shape(x)[-1] if x.ndim else 1
    if size is not None and size * width % target:
        raise ValueError(f"view: the last axis of {size} numbers of {given} is no whole number of {dtype}.")
    # The halves of complex numbers are what is shifted: no integers have their width.
    unit = width // 2 if given in dtypes.COMPLEX else width
    wanted = target // 2 if dtype in dtypes.COMPLEX else target
    bits = _bits(d.expand_dims(x, 0) if x.ndim == 0 else x)
    if wanted < unit:
        bits = _narrowed(bits, unit, wanted)
    elif wanted > unit:
        bits = _widened(bits, unit, wanted)
    result = _of_bits(bits, dtype)
    return d.squeeze(result, (0,)) if x.ndim == 0 else result
