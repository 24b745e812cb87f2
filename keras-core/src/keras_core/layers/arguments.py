"""Checks of the arguments of layers. Every message names the layer, the argument, what was expected and what came."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, cast

from keras_core.runtime import config
from keras_core.runtime.keras_tensor import is_keras_tensor
from keras_core.runtime.naming import did_you_mean

Shape = tuple[int | None, ...]


def wrong(layer: Any, argument: str, expected: str, got: Any) -> ValueError:
    """Return the error for an argument of a layer."""
    hint = f" A layer is made first, then called: {type(layer).__name__}(...)(x)." if is_keras_tensor(got) else ""
    return ValueError(f"{layer.label}: expected {expected} for '{argument}', got {got!r}.{hint}")


def _kind(minimum: int | None) -> str:
    return "an int" if minimum is None else f"an int >= {minimum}"


def integer(layer: Any, argument: str, value: Any, minimum: int | None = 1) -> int:
    """Return an int that is not below a minimum; None: any int.

    Raises:
        ValueError: for anything else, also for a bool.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise wrong(layer, argument, _kind(minimum), value) from None
    if isinstance(value, bool) or (minimum is not None and number < minimum):
        raise wrong(layer, argument, _kind(minimum), value)
    return number


def integers(layer: Any, argument: str, value: Any, count: int, minimum: int | None = 1) -> tuple[int, ...]:
    """Return as many ints as asked for: an int stands for all of them.

    Raises:
        ValueError: for anything but an int or a list or tuple of this many, or for one below the minimum.
    """
    values = tuple(value) if isinstance(value, list | tuple) else (value,) * count
    try:
        if len(values) != count:
            raise ValueError
        return tuple([integer(layer, argument, item, minimum) for item in values])
    except ValueError:
        kind = _kind(minimum)
        raise wrong(layer, argument, kind if count == 1 else f"{kind} or a tuple of {count} of them", value) from None


def side_pairs(layer: Any, argument: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Return `(before, after)` for each of some axes: an int stands for all sides, an int in a tuple for both of one.

    Raises:
        ValueError: for anything else, also for a negative int.
    """
    values = (value,) * rank if isinstance(value, int) else value
    if not isinstance(values, list | tuple) or len(values) != rank:
        raise wrong(layer, argument, f"an int, or a tuple of {rank} ints or pairs of ints", value)
    before_after = [integers(layer, argument, pair, 2, minimum=0) for pair in values]
    return tuple((before, after) for before, after in before_after)


def of_kind(check: Callable[..., Any], layer: Any, argument: str, value: Any, *facts: Any) -> Any:
    """Return what a check of the kind of an argument, with any sign, returns; what it refuses is a TypeError.

    Raises:
        TypeError: for anything but ints.
    """
    try:
        return check(layer, argument, value, *facts, minimum=None)
    except ValueError as error:
        raise TypeError(str(error)) from None


def number(layer: Any, argument: str, value: Any, maximum: float | None = None) -> float:
    """Return a float that is not negative, nor above a maximum.

    Raises:
        ValueError: for anything else, also for a bool.
    """
    found = -1.0 if isinstance(value, bool) or not hasattr(value, "__float__") else float(value)
    if not 0 <= found <= (math.inf if maximum is None else maximum):
        raise wrong(layer, argument, "a number >= 0" if maximum is None else f"a number from 0 to {maximum}", value)
    return found


def choice(layer: Any, argument: str, value: Any, choices: Sequence[str]) -> str:
    """Return one of several words in lower case.

    Raises:
        ValueError: for anything else.
    """
    lowered = value.lower() if isinstance(value, str) else value
    if lowered not in choices:
        error = wrong(layer, argument, " or ".join(repr(word) for word in choices), value)
        raise ValueError(str(error) + did_you_mean(lowered, choices))
    return lowered


def form_of_images(rank: int, data_format: str) -> str:
    """Return what the axes of images are, for errors."""
    axes = [f"axis {place + 1}" for place in range(rank)] if rank > 3 else ["depth", "height", "width"][-rank:]
    axes = ["steps"] if rank == 1 else axes
    named = ["batch", *axes, "channels"] if data_format == "channels_last" else ["batch", "channels", *axes]
    return f"({', '.join(named)}); an axis that is missing is added by ops.expand_dims(x, axis)"


def data_format_of(layer: Any, value: Any) -> str:
    """Return a data format, the default for None.

    Raises:
        ValueError: for anything but None, `"channels_last"` and `"channels_first"`.
    """
    return config.image_data_format() if value is None else choice(layer, "data_format", value, config.DATA_FORMATS)


def known_size(layer: Any, shape: Any, axis: int) -> int:
    """Return the size of an axis on which the shapes of weights depend.

    Raises:
        ValueError: where it is not known, or the shape has no such axis.
    """
    if shape is None or not -len(shape) <= axis < len(shape) or shape[axis] is None:
        raise ValueError(
            f"{layer.label}: expected an input whose axis {axis} has a known size, since the weights depend on it; "
            f"got the shape {shape}."
        )
    return shape[axis]


def with_defaults(function: Callable[..., None], **defaults: Any) -> Callable[..., None]:
    """Return a copy of a function, such as the constructor of a base class, with other defaults.

    Args:
        function: the function; positional parameters after one with a default have one too.
        **defaults: name -> default.
    """
    original = cast(FunctionType, function)
    signature = inspect.signature(original)
    positional = [p for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    values = [defaults.get(p.name, p.default) for p in positional]
    copy = FunctionType(
        original.__code__,
        original.__globals__,
        original.__name__,
        tuple(value for value in values if value is not inspect.Parameter.empty),
        original.__closure__,
    )
    copy.__kwdefaults__ = original.__kwdefaults__
    copy.__doc__ = original.__doc__
    copy.__module__ = original.__module__
    copy.__annotations__ = dict(original.__annotations__)
    return copy
