"""A native function, with others for the dtypes that it does not know."""

from collections.abc import Callable, Mapping
from typing import Any

Function = Callable[..., Any]


def by_dtype(function: Function, special: Mapping[Any, Function]) -> Function:
    """Return the function, replaced for some dtypes of the first argument.

    Args:
        function: takes a tensor and further arguments by position.
        special: native dtype -> function of the same arguments.

    Example:
        >>> absolute = by_dtype(np.abs, {np.dtype(bool): lambda x: x})
        >>> absolute(np.array([True])), absolute(np.array([-2]))
        (array([ True]), array([2]))
    """
    find = special.get

    def call(x: Any, *rest: Any) -> Any:
        return find(x.dtype, function)(x, *rest)

    return call


def computed_in(function: Function, wide: Mapping[Any, Any], tensor_type: type, cast: Function) -> Function:
    """Return the function, computed for some dtypes of the first argument in wider ones, its results cast back.

    Args:
        function: takes a tensor and further arguments by position; returns a tensor or a tuple of tensors.
        wide: native dtype -> the wider one, into which all tensors are cast.
        tensor_type: class of the framework's tensors.
        cast: `(tensor, native dtype) -> tensor`.

    Example:
        >>> wide = {np.dtype("float16"): np.dtype("float32")}
        >>> computed_in(np.linalg.inv, wide, np.ndarray, np.ndarray.astype)(np.array([[4.0]], "float16"))
        array([[0.25]], dtype=float16)
    """

    def through(wider: Any) -> Function:
        def call(x: Any, *rest: Any) -> Any:
            result = function(cast(x, wider), *(cast(y, wider) if isinstance(y, tensor_type) else y for y in rest))
            if isinstance(result, tuple):
                return tuple(cast(part, x.dtype) for part in result)
            return cast(result, x.dtype)

        return call

    return by_dtype(function, {dtype: through(wider) for dtype, wider in wide.items()})
