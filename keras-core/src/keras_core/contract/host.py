"""Conversion between tensors of a backend and NumPy arrays on the host."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Tensor = Any
NativeDType = Any


def _shape_of(x: Tensor) -> tuple[int | None, ...]:
    return tuple(x.shape)


@dataclass(frozen=True)
class HostConversion:
    """What the hook `keras_host_conversion` answers.

    Attributes:
        tensor_type: the one concrete class of eager tensors; core compares `type(x)` with it on the fast path.
        tensor_types: every class that is a tensor of this backend, tracers included, for `isinstance`.
        dtypes: dtype name -> native dtype. The native dtypes are hashable and equal to the `x.dtype` of a tensor that
            has it. A name that is missing is a dtype that the backend does not have.
        from_host: `(array, dtype name) -> tensor` on the device in scope. Copies: later changes of the array must not
            be seen by the tensor. bfloat16 comes as the `ml_dtypes` type.
        to_host: `tensor -> array`, of the same dtype. Raises an error on a tracer.
        scalar: `(Python scalar, dtype name) -> tensor-like constant` that the primitives take where they take a
            tensor; core asks once an op for each Python scalar among its arguments, so it should be cheap. None: core
            makes a tensor by `from_host`.
        adopt: as `from_host`, of a contiguous array of the dtype that nobody else holds or will write to, so that the
            tensor may keep its memory. None: core takes `from_host`.
        argument: as `adopt`, for an argument of a function that `jit` made, which may take more than tensors: the array
            itself, say. What it returns has `ndim`, `shape` and `dtype`. None: core takes `adopt`.
        static_shape: `tensor -> sizes`, None for a size that is only known when the graph runs.
    """

    tensor_type: type
    tensor_types: tuple[type, ...]
    dtypes: Mapping[str, NativeDType]
    from_host: Callable[[np.ndarray, str], Tensor]
    to_host: Callable[[Tensor], np.ndarray]
    scalar: Callable[[bool | int | float | complex, str], Tensor] | None = None
    adopt: Callable[[np.ndarray, str], Tensor] | None = None
    argument: Callable[[np.ndarray, str], Any] | None = None
    static_shape: Callable[[Tensor], tuple[int | None, ...]] = _shape_of
