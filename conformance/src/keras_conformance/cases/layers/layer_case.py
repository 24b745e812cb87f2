"""What a case of a layer is: one configuration and its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from keras_conformance.case import map_arrays
from keras_conformance.layer_checks.specimen import Specimen, drawn
from keras_conformance.layer_checks.training import Statistics

VECTORS: Final = (3, 4)
SERIES: Final = (2, 6, 4)
IMAGES: Final = (2, 5, 6, 4)
VOLUMES: Final = (2, 4, 5, 4, 2)
SHAPES: Final = {1: SERIES, 2: IMAGES, 3: VOLUMES}
"""Shape of the inputs by the number of spatial axes."""


@dataclass(frozen=True)
class Drawn:
    """An argument that is drawn: its shape and dtype."""

    shape: tuple[int, ...]
    dtype: str = "float32"
    seed: int = 50


@dataclass(frozen=True)
class LayerCase:
    """One configuration of a layer.

    Attributes:
        name: of the class in `keras_core.layers`.
        variant: of the configuration.
        arguments: of the constructor, or a function of the module `keras_core.layers` that makes the layer.
        inputs: a shape, a list of shapes, or arrays.
        dtype: of what is drawn.
        call: further arguments of the call; what is `Drawn` is drawn.
        masked: whether the inputs have a mask.
        output_mask: whether the outputs have one.
        statistics: what holds for its outputs in training; None where no random numbers are drawn in it.
        tolerance: factor on the tolerances of the dtypes.
        why_not_smooth: why its gradients are not the slopes of its outputs, as they are cut on purpose.
        why_weights_change: why training changes trainable weights in a call.
        narrow: dtypes of the mixed policies with which it is checked.
        is_first: whether it is the first configuration of its class, with which more is checked.
    """

    name: str
    variant: str
    arguments: Mapping[str, Any] | Callable[[Any], Any] = field(default_factory=dict)
    inputs: Any = VECTORS
    dtype: Any = "float32"
    call: Mapping[str, Any] = field(default_factory=dict)
    masked: bool = False
    output_mask: bool = False
    statistics: Statistics | None = None
    tolerance: float = 1.0
    why_not_smooth: str = ""
    why_weights_change: str = ""
    narrow: tuple[str, ...] = ()
    is_first: bool = False

    @property
    def checks(self) -> tuple[str, ...]:
        """Names of what is checked."""
        found = ["shape", "dtype", "value", "state", "config", "weights", "gradient", "compiled"]
        found += ["mask"] if self.masked or self.output_mask else []
        found += ["random"] if self.statistics else []
        found += ["batch", "saving"] if self.is_first else []
        return (*found, *(f"mixed_{dtype}" for dtype in self.narrow))

    def make(self) -> Any:
        """Return a new layer."""
        from keras_core import layers

        if callable(self.arguments):
            return self.arguments(layers)
        return getattr(layers, self.name)(**self.arguments)

    def specimen(self) -> Specimen:
        """Return what is examined."""
        is_data = bool(_arrays(self.inputs))
        inputs = self.inputs if is_data else drawn(self.inputs, self.dtype)
        first = _arrays(inputs)[0]
        return Specimen(
            make=self.make,
            inputs=inputs,
            call={name: _drawn(value) for name, value in self.call.items()},
            mask=_mask(first.shape[:2]) if self.masked else None,
            arguments={} if callable(self.arguments) else self.arguments,
            tolerance=self.tolerance,
            why_not_smooth=self.why_not_smooth,
            why_weights_change=self.why_weights_change,
        )


def _arrays(tree: Any) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    map_arrays(tree, found.append)
    return found


def _drawn(value: Any) -> Any:
    if isinstance(value, Drawn):
        return drawn(value.shape, value.dtype, value.seed)
    return [_drawn(item) for item in value] if isinstance(value, list) else value


def _mask(shape: tuple[int, ...]) -> np.ndarray:
    """Return a mask of rows that end at different steps."""
    rows, steps = shape
    return np.arange(steps) < np.maximum(steps - 1 - np.arange(rows), 1)[:, None]


def family(*cases: LayerCase) -> tuple[LayerCase, ...]:
    """Return the cases of a family, of which the first one of each class is marked.

    These are checked with bfloat16 beside float32, the first one of the family with float16 too.
    """
    seen: set[str] = set()
    found = []
    for case in cases:
        is_first = case.name not in seen
        narrow = (("float16", "bfloat16") if not seen else ("bfloat16",)) if is_first else ()
        found.append(replace(case, is_first=is_first, narrow=case.narrow or narrow))
        seen.add(case.name)
    return tuple(found)


def variants(name: str, inputs: Any, settings: Mapping[str, Mapping[str, Any]], **shared: Any) -> Iterator[LayerCase]:
    """Return cases of one class that differ in the arguments of the constructor.

    Args:
        name: of the class.
        inputs: a shape, or a list of shapes.
        settings: variant -> arguments.
        **shared: attributes that all cases have.
    """
    return (LayerCase(name, variant, arguments, inputs, **shared) for variant, arguments in settings.items())


def repeatable(inputs: np.ndarray, outputs: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Return the statistics of outputs of which only is known that they follow from a seed."""
    return {}
