"""A native function, with a substitute for the arguments of which the framework has no kernel."""

from collections.abc import Callable, Collection
from typing import Any

Function = Callable[..., Any]


def or_else(native: Function, substitute: Function, unary: bool = False) -> Function:
    """Return a function that calls `native`, and `substitute(error, *arguments)` where that raises a `RuntimeError`.

    Core calls the native function itself where it can, so that a primitive made so costs the other arguments nothing.

    Args:
        native: the framework's function; it leaves nothing behind where it raises.
        substitute: gets the error and the arguments; it raises the error again where it has no answer either.
        unary: whether there is one argument, which saves time.

    Example:
        >>> def halve(x):
        ...     raise RuntimeError("no kernel")
        >>> or_else(halve, lambda error, x: x / 2)(3.0)
        1.5
    """

    def of_any(*arguments: Any) -> Any:
        try:
            return native(*arguments)
        except RuntimeError as error:
            return substitute(error, *arguments)

    def of_one(x: Any) -> Any:
        try:
            return native(x)
        except RuntimeError as error:
            return substitute(error, x)

    function: Any = of_one if unary else of_any
    function.native = function, native
    return function


def widened(
    native: Function,
    computed: Function | None = None,
    recoded: Function | None = None,
    *,
    tensor_type: type,
    narrow: Collection[Any],
    wide: Any,
    cast: Function,
) -> Function:
    """Return a function that computes in a wide dtype what the framework cannot compute in a narrow one.

    It is made by `or_else`: where `native` raises a `RuntimeError` and the first tensor is of a narrow dtype, all
    tensors of that dtype become wide ones, and wide results narrow again.

    Args:
        native: the framework's function.
        computed: the function for wide tensors; None: `native`.
        recoded: an involution for wide tensors, called on the way in and out, as one that keeps an order; None: none.
        tensor_type: class of the framework's tensors.
        narrow: the native dtypes of which the framework knows little.
        wide: the native dtype in which it computes them.
        cast: `(tensor, native dtype) -> tensor`.

    Example:
        >>> def root(x):
        ...     if x.dtype == "float16":
        ...         raise RuntimeError("no kernel")
        ...     return np.sqrt(x)
        >>> options = dict(tensor_type=np.ndarray, narrow={np.dtype("float16")}, wide=np.dtype("float32"))
        >>> widened(root, **options, cast=np.ndarray.astype)(np.array([4.0], "float16"))
        array([2.], dtype=float16)
    """
    function = computed or native

    def there(x: Any) -> Any:
        return recoded(cast(x, wide)) if recoded else cast(x, wide)

    def substitute(error: RuntimeError, *arguments: Any) -> Any:
        dtype = next(x.dtype for x in arguments if isinstance(x, tensor_type))
        if dtype not in narrow:
            raise error

        def back(result: Any) -> Any:
            if result.dtype != wide:
                return result
            return cast(recoded(result) if recoded else result, dtype)

        result = function(*[there(x) if isinstance(x, tensor_type) and x.dtype == dtype else x for x in arguments])
        return back(result) if isinstance(result, tensor_type) else tuple(map(back, result))

    return or_else(native, substitute)


def native_of(function: Function) -> Function:
    """Return the native function of one that `or_else` made, and any other function as it is."""
    # By identity: `functools.wraps` copies the attributes of what it wraps.
    owner, native = getattr(function, "native", (None, None))
    return native if owner is function and native is not None else function
