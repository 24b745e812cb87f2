"""Two integers of four bits in one byte."""

from __future__ import annotations

from typing import Any

from keras_core import ops
from keras_core.runtime.axes import canonical_axis
from keras_core.runtime.dtypes import standardize_dtype


def pack_int4(arr: Any, axis: int = 0, dtype: Any = "int8") -> tuple[Any, tuple[int | None, ...], int]:
    """Return integers of four bits, two in a byte: the first of a pair in the lower half.

    Args:
        arr: tensor of integers from -8 to 7, for `"uint8"` from 0 to 15.
        axis: along which pairs are formed; a last one that is left over is paired with 0.
        dtype: `"int8"` or `"uint8"`, that of the tensor.

    Returns:
        Tensor whose axis is half as long, its shape, and how long the axis was.

    Raises:
        ValueError: for another dtype.
        TypeError: where the tensor has another one.

    Example:
        >>> packed, shape, length = keras.quantizers.pack_int4(np.array([1, -1, 7], "int8"))
        >>> packed.tolist(), shape, length
        ([-15, 7], (2,), 3)
    """
    dtype = _byte(dtype)
    arr = ops.convert_to_tensor(arr)
    if standardize_dtype(arr.dtype) != dtype:
        raise TypeError(f"pack_int4: expected a tensor of dtype {dtype}, got {standardize_dtype(arr.dtype)}.")
    axis = canonical_axis(axis, arr.ndim)
    length = arr.shape[axis]
    if length % 2:
        arr = ops.pad(arr, [(0, int(position == axis)) for position in range(arr.ndim)])
    first, second = (arr[(slice(None),) * axis + (slice(start, None, 2),)] for start in (0, 1))
    packed = ops.bitwise_or(ops.bitwise_and(first, 15), ops.left_shift(second, 4))
    return packed, tuple(packed.shape), length


def unpack_int4(packed: Any, orig_len: int, axis: int = 0, dtype: Any = "int8") -> Any:
    """Return the integers that `pack_int4` packed.

    Args:
        packed: tensor of dtype int8 or uint8.
        orig_len: how long the axis was.
        axis: along which pairs were formed.
        dtype: `"int8"` for integers from -8 to 7, `"uint8"` for those from 0 to 15.

    Raises:
        ValueError: for another dtype, and where the tensor holds fewer integers.

    Example:
        >>> keras.quantizers.unpack_int4(np.array([-15, 7], "int8"), 3).tolist()
        [1, -1, 7]
    """
    dtype = _byte(dtype)
    packed = ops.convert_to_tensor(packed)
    axis = canonical_axis(axis, packed.ndim)
    held = 2 * packed.shape[axis]
    if orig_len > held:
        raise ValueError(f"unpack_int4: expected orig_len of at most {held}, got {orig_len}.")
    halves = (ops.bitwise_and(packed, 15), ops.bitwise_and(ops.right_shift(packed, 4), 15))
    pairs = ops.stack([_signed(ops.cast(half, dtype)) for half in halves], axis + 1)
    shape = (*packed.shape[:axis], held, *packed.shape[axis + 1 :])
    return ops.reshape(pairs, shape)[(slice(None),) * axis + (slice(orig_len),)]


def _signed(half: Any) -> Any:
    """Return integers from 0 to 15 as those of four bits and a sign, where the dtype has one."""
    is_signed = standardize_dtype(half.dtype) == "int8"
    return ops.subtract(ops.bitwise_xor(half, 8), 8) if is_signed else half


def _byte(dtype: Any) -> str:
    dtype = standardize_dtype(dtype)
    if dtype not in ("int8", "uint8"):
        raise ValueError(f"integers of four bits: expected the dtype 'int8' or 'uint8', got {dtype!r}.")
    return dtype
