"""`KerasTensor`: a tensor without values, from which models are described."""

import itertools
from typing import Any, Final

from keras_core.runtime import dtypes
from keras_core.runtime.operators import TensorOperators, _function

_names = itertools.count()
_OPERATORS: Final = {
    **{name: name for name in ("add", "subtract", "multiply", "divide", "floor_divide", "power", "matmul")},
    **{name: name for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")},
    **{name: name for name in ("left_shift", "right_shift")},
    "remainder": "mod",
    "bitwise_and": "and",
    "bitwise_or": "or",
    "bitwise_xor": "xor",
}


class NoValuesError(TypeError, ValueError):
    """Values of a `KerasTensor` are asked for: a TypeError, as of Python's protocols, and a ValueError, as of Keras."""


class KerasTensor(TensorOperators):
    """A symbolic tensor: shape, dtype and the operation that made it.

    Args:
        shape: sizes; None for one that is not known until data comes, such as the batch size.
        dtype: dtype name.
        sparse: kept for compatibility; sparse tensors are not supported.
        ragged: kept for compatibility; ragged tensors are not supported.
        record_history: whether operations on it are recorded.
        name: unique name; made up when None.

    Example:
        >>> x = KerasTensor((None, 3))
        >>> x.shape, x.dtype, (x + 1).shape
        ((None, 3), 'float32', (None, 3))
    """

    __slots__ = ("__weakref__", "_keras_history", "_keras_mask", "_name", "dtype", "ndim", "shape")

    def __init__(
        self,
        shape: Any,
        dtype: Any = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if sparse or ragged:
            raise ValueError("KerasTensor: sparse and ragged tensors are not supported; got sparse or ragged=True.")
        if kwargs:
            raise TypeError(f"KerasTensor: unexpected arguments {sorted(kwargs)}.")
        self.shape: tuple[int | None, ...] = tuple(shape)
        self.ndim = len(self.shape)
        self.dtype: str = dtype if dtype in dtypes.DTYPES else dtypes.standardize_dtype(dtype)
        self._name = name
        self._keras_history: Any = None
        self._keras_mask: Any = None

    @property
    def name(self) -> str:
        """The name given, or one made up at the first look."""
        if self._name is None:
            self._name = f"keras_tensor_{next(_names)}"
        return self._name

    @property
    def sparse(self) -> bool:
        """Always False."""
        return False

    @property
    def ragged(self) -> bool:
        """Always False."""
        return False

    @property
    def ragged_rank(self) -> None:
        """Always None."""
        return None

    @property
    def row_splits_dtype(self) -> None:
        """Always None."""
        return None

    def reshape(self, newshape: Any) -> Any:
        """Return the symbolic result of `keras_core.ops.reshape`."""
        return _function("reshape")(self, newshape)

    def squeeze(self, axis: Any = None) -> Any:
        """Return the symbolic result of `keras_core.ops.squeeze`."""
        return _function("squeeze")(self, axis)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self._name}>"

    def _refuse(self, what: str) -> NoValuesError:
        return NoValuesError(
            f"{what} of a KerasTensor (shape {self.shape}, dtype {self.dtype}): it has no values, it only describes a "
            "model. Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or wrap "
            "the code in a Layer."
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        # Operators of arrays come here too: an array on their left does not give way to what has this method.
        if ufunc.__name__ not in _OPERATORS or method != "__call__" or options:
            raise self._refuse(f"np.{ufunc.__name__}()")
        return _function(_OPERATORS[ufunc.__name__])(*inputs)

    def __array__(self, *_arguments: Any, **_options: Any) -> Any:
        raise self._refuse("NumPy array")

    def __bool__(self) -> bool:
        raise self._refuse("truth value")

    def __int__(self) -> int:
        raise self._refuse("int()")

    def __float__(self) -> float:
        raise self._refuse("float()")

    def __index__(self) -> int:
        raise self._refuse("index")

    def __iter__(self) -> Any:
        if self.ndim == 0 or self.shape[0] is None:
            raise self._refuse("iteration over the first axis")
        return iter([self[i] for i in range(self.shape[0])])

    def __setitem__(self, key: Any, value: Any) -> None:
        raise self._refuse(f"assignment to the elements {key!r} (ops.slice_update and ops.where return a new tensor)")

    def __len__(self) -> int:
        if self.ndim == 0 or self.shape[0] is None:
            raise self._refuse("len()")
        return self.shape[0]


def is_keras_tensor(x: Any) -> bool:
    """Tell whether something is a symbolic tensor, such as `Input` gives.

    Args:
        x: anything.

    Example:
        >>> keras.utils.is_keras_tensor(keras.Input((2,))), keras.utils.is_keras_tensor(np.ones(2))
        (True, False)
    """
    return isinstance(x, KerasTensor)


def any_symbolic_tensors(values: Any) -> bool:
    """Tell whether a tree of tuples, lists and dicts holds a `KerasTensor`."""
    if isinstance(values, KerasTensor):
        return True
    if isinstance(values, dict):
        return any(map(any_symbolic_tensors, values.values()))
    if isinstance(values, list | tuple):
        return any(map(any_symbolic_tensors, values))
    return False
