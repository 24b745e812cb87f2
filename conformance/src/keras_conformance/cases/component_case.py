"""What a case of a loss, metric, optimizer or initializer is: one configuration, and what it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class ComponentCase:
    """One configuration of a class.

    Attributes:
        room: the module of `keras_core` that has the class.
        name: of the class.
        variant: of the configuration.
        arguments: of the constructor, or a function of the room that makes the object.
        checks: names of what is checked.
        data: what it gets: arguments of a call; of a metric, those of several calls.
        expected: facts by which it is judged, where the checks need some.
        tolerance: factor on the tolerances of the dtypes.
        why_not_smooth: why its gradients are not the slopes of its values, as they are cut on purpose.
    """

    room: str
    name: str
    variant: str
    arguments: Mapping[str, Any] | Callable[[Any], Any] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    data: tuple[Any, ...] = ()
    expected: Any = None
    tolerance: float = 1.0
    why_not_smooth: str = ""

    def make(self, **more: Any) -> Any:
        """Return a new object.

        Args:
            **more: further arguments of the constructor.
        """
        from importlib import import_module

        room = import_module(f"keras_core.{self.room}")
        return self.arguments(room) if callable(self.arguments) else getattr(room, self.name)(**self.arguments, **more)


def variants(room: str, name: str, settings: Mapping[str, Mapping[str, Any]], **shared: Any) -> Iterator[ComponentCase]:
    """Return cases of one class that differ in the arguments of the constructor.

    Args:
        room: the module of `keras_core` that has the class.
        name: of the class.
        settings: variant -> arguments.
        **shared: attributes that all cases have.
    """
    return (ComponentCase(room, name, variant, arguments, **shared) for variant, arguments in settings.items())


def numbers(*shape: int, low: float = 0.05, high: float = 0.95, seed: int = 0) -> np.ndarray:
    """Return float32 numbers of a range, the same at each call."""
    return np.random.Generator(np.random.Philox(key=seed + 21)).uniform(low, high, shape).astype("float32")
