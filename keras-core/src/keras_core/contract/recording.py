"""Help for backends that compute eagerly and can record what a function does: when a record is worth its cost."""

from collections.abc import Callable, Hashable
from typing import Any

Function = Callable[..., Any]


def recorded_once_frequent(
    function: Function,
    record: Callable[..., Function | None],
    signature: Callable[..., Hashable],
    calls: int = 8,
    most: int = 64,
) -> Function:
    """Return a function that does from a record what it has often done.

    A record must do bit by bit what the function does: then it does not matter when it begins.

    Args:
        function: the function.
        record: called with arguments; returns what does the same for all arguments of their signature, or None where
            that cannot be recorded.
        signature: called with arguments; returns what a record depends on, or None where none is right.
        calls: calls of a signature before it is recorded. A record costs as much as some dozens of calls.
        most: signatures that are recorded; of further ones the function itself is called.

    Example:
        >>> double = recorded_once_frequent(lambda x: x + x, lambda x: lambda y: 2 * y, type, calls=1)
        >>> double(3), double(4), double("a")
        (6, 8, 'aa')
    """
    records: dict[Hashable, Function | int] = {}

    def run(*arguments: Any) -> Any:
        key = signature(*arguments)
        known = records.get(key, 0)
        if isinstance(known, int):
            if key is None or (known == 0 and len(records) >= most):
                return function(*arguments)
            if known < calls:
                records[key] = known + 1
                return function(*arguments)
            known = records[key] = record(*arguments) or function
        return known(*arguments)

    return run
