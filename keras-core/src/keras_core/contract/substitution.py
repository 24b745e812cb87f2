"""A native function, with a substitute for the arguments of which the framework has no kernel."""

from collections.abc import Callable
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


def native_of(function: Function) -> Function:
    """Return the native function of one that `or_else` made, and any other function as it is."""
    # By identity: `functools.wraps` copies the attributes of what it wraps.
    owner, native = getattr(function, "native", (None, None))
    return native if owner is function and native is not None else function
