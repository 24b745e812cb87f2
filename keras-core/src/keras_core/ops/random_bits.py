"""Random numbers from primitives: Threefry-2x32, the same on every backend."""

import math
from typing import Any

from keras_core.runtime.definition import op
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.table import active

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def _infer(shape: Any, dtype: str, seed: Any) -> KerasTensor:
    return KerasTensor(tuple(size if isinstance(size, int) else None for size in shape), dtype)


def _infer_bits(shape: Any, seed: Any) -> KerasTensor:
    return _infer(shape, "uint32", seed)


def _rotate(x: Any, places: int) -> Any:
    d = active()
    left = d.bitwise_left_shift(x, d.scalar(places, "uint32"))
    return d.bitwise_or(left, d.bitwise_right_shift(x, d.scalar(32 - places, "uint32")))


def threefry(keys: tuple[Any, Any], counters: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return two uint32 tensors of random bits.

    Args:
        keys: two scalar uint32 tensors.
        counters: two uint32 tensors of one shape, all pairs distinct.

    Source:
        Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; 20 rounds.
    """
    d = active()
    parity = d.bitwise_xor(d.bitwise_xor(keys[0], keys[1]), d.scalar(_PARITY, "uint32"))
    schedule = (keys[0], keys[1], parity)
    first, second = d.add(counters[0], keys[0]), d.add(counters[1], keys[1])
    for group in range(5):
        for places in _ROTATIONS[group % 2]:
            first = d.add(first, second)
            second = d.bitwise_xor(_rotate(second, places), first)
        first = d.add(first, schedule[(group + 1) % 3])
        second = d.add(second, d.add(schedule[(group + 2) % 3], d.scalar(group + 1, "uint32")))
    return first, second


@op(tensors=("seed",), differentiable=(), infer=_infer_bits, static={"shape": "shape"})
def random_bits(shape: Any, seed: Any) -> Any:
    """Return uniformly distributed uint32.

    Args:
        shape: tuple of ints.
        seed: uint32 tensor of shape `(2,)`; the same seed gives the same numbers.

    Example:
        >>> ops.shape(random_bits((3,), np.array([1, 2], "uint32")))
        (3,)
    """
    d = active()
    count = math.prod(shape)
    keys = tuple(d.reshape(d.slice(seed, (i,), (i + 1,), (1,)), ()) for i in (0, 1))
    half = (count + 1) // 2
    low = d.arange(0, half, 1, "uint32")
    high = d.full((half,), 0, "uint32")
    both = d.concat(list(threefry(keys, (low, high))), 0)  # pyright: ignore[reportArgumentType]
    return d.reshape(d.slice(both, (0,), (count,), (1,)), shape)


@op(tensors=("seed",), differentiable=(), infer=_infer, static={"shape": "shape"})
def random_uniform(shape: Any, dtype: str, seed: Any) -> Any:
    """Return uniformly distributed floats in `[0, 1)`.

    Args:
        shape: tuple of ints.
        dtype: float dtype name.
        seed: uint32 tensor of shape `(2,)`.

    Example:
        >>> bool(ops.all(random_uniform((3,), "float32", np.array([1, 2], "uint32")) < 1))
        True
    """
    d = active()
    if dtype == "float64":
        pair = random_bits((2, *shape), seed)
        high, low = (d.astype(d.squeeze(half, (0,)), "float64") for half in _halves(pair))
        high = d.floor(d.divide(high, d.scalar(32.0, dtype)))
        low = d.floor(d.divide(low, d.scalar(64.0, dtype)))
        mantissa = d.add(d.multiply(high, d.scalar(2.0**26, dtype)), low)
        return d.multiply(mantissa, d.scalar(2.0**-53, dtype))
    bits = {"float32": 24, "float16": 11, "bfloat16": 8}[dtype]
    kept = d.bitwise_right_shift(random_bits(shape, seed), d.scalar(32 - bits, "uint32"))
    return d.astype(d.multiply(d.astype(kept, "float32"), d.scalar(2.0**-bits, "float32")), dtype)


def _halves(pair: Any) -> list[Any]:
    d = active()
    rest = (None,) * (pair.ndim - 1)
    zeros, steps = (0,) * (pair.ndim - 1), (1,) * pair.ndim
    return [d.slice(pair, (i, *zeros), (i + 1, *rest), steps) for i in (0, 1)]


@op(tensors=("seed",), differentiable=(), infer=_infer, static={"shape": "shape"})
def random_normal(shape: Any, dtype: str, seed: Any) -> Any:
    """Return floats of the standard normal distribution.

    Args:
        shape: tuple of ints.
        dtype: float dtype name.
        seed: uint32 tensor of shape `(2,)`.

    Source:
        Box and Muller, 1958.

    Example:
        >>> ops.shape(random_normal((3,), "float32", np.array([1, 2], "uint32")))
        (3,)
    """
    d = active()
    work = "float64" if dtype == "float64" else "float32"
    radius, angle = (d.squeeze(half, (0,)) for half in _halves(random_uniform((2, *shape), work, seed)))
    # 1 - u lies in (0, 1], where the logarithm is finite.
    length = d.sqrt(d.multiply(d.scalar(-2.0, work), d.log(d.subtract(d.scalar(1.0, work), radius))))
    result = d.multiply(length, d.cos(d.multiply(d.scalar(2 * math.pi, work), angle)))
    return result if work == dtype else d.astype(result, dtype)
