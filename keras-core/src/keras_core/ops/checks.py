"""What several ops demand of the dtypes of their arguments."""

from typing import Any

from keras_core.runtime import dtypes
from keras_core.runtime.table import active


def require_real(name: str, *tensors: Any) -> None:
    """Refuse complex numbers.

    Raises:
        TypeError: where a tensor is complex.
    """
    d = active()
    for tensor in tensors:
        if d.dtype_of(tensor) in dtypes.COMPLEX:
            raise TypeError(f"{name}: expected real numbers, got dtype {d.dtype_of(tensor)}.")


def require_integers(name: str, argument: str, tensor: Any) -> None:
    """Refuse all but integers.

    Raises:
        TypeError: where a tensor holds floats, complex numbers or bools.
    """
    dtype = active().dtype_of(tensor)
    if not dtypes.is_integer(dtype):
        raise TypeError(f"{name}: argument '{argument}' must be integers, got dtype {dtype}.")


def require_rank(name: str, x: Any, least: int) -> None:
    """Refuse tensors with too few axes.

    Raises:
        ValueError: where the rank is below the least.
    """
    if x.ndim < least:
        raise ValueError(f"{name}: expected a tensor of rank {least} or more, got shape {tuple(x.shape)}.")
