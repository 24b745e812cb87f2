"""Checks of arguments. Every message names the layer, the argument, what was expected and what came."""

import math
import operator
from typing import Any


def wrong(layer: Any, argument: str, expected: str, got: Any) -> ValueError:
    """Return the error for an argument of a layer."""
    return ValueError(f"{shown(layer)}: expected {expected} for '{argument}', got {got!r}.")


def shown(layer: Any) -> str:
    """Return the layer as errors name it."""
    return f"layer '{layer.name}' ({type(layer).__name__})"


def integer(layer: Any, argument: str, value: Any, minimum: int | None = 1) -> int:
    """Return an int that is not below a minimum; None: any int.

    Raises:
        ValueError: for anything else, also for a bool.
    """
    expected = "an int" if minimum is None else f"an int >= {minimum}"
    try:
        number = operator.index(value)
    except TypeError:
        raise wrong(layer, argument, expected, value) from None
    if isinstance(value, bool) or (minimum is not None and number < minimum):
        raise wrong(layer, argument, expected, value)
    return number


def number(layer: Any, argument: str, value: Any, minimum: float = 0.0, above: bool = False) -> float:
    """Return a finite float that is not below a minimum; with `above`, one that is above it.

    Raises:
        ValueError: for anything else, also for a bool.
    """
    try:
        result = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not math.isfinite(result) or result < minimum or (above and result == minimum):
        raise wrong(layer, argument, f"a number {'>' if above else '>='} {minimum:g}", value)
    return result


def choice(layer: Any, argument: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return one of several words.

    Raises:
        ValueError: for anything else.
    """
    if value not in choices:
        raise wrong(layer, argument, " or ".join(repr(word) for word in choices), value)
    return value


def known_size(layer: Any, shape: Any, axis: int) -> int:
    """Return the size of an axis that must be known when the layer is built.

    Raises:
        ValueError: where it is not known, or the shape has no such axis.
    """
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"{shown(layer)}: expected an input with an axis {axis}, got the shape {tuple(shape)}.")
    if shape[axis] is None:
        raise ValueError(f"{shown(layer)}: expected an input whose axis {axis} has a known size, got {tuple(shape)}.")
    return shape[axis]
