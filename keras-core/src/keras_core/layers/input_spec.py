"""What a layer expects of its inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_core.runtime import tree
from keras_core.runtime.dtypes import standardize_dtype


class InputSpec:
    """Shape and dtype that a layer expects of one input.

    Args:
        dtype: dtype name.
        shape: sizes; None for any.
        ndim: number of axes.
        max_ndim: largest number of axes.
        min_ndim: smallest number of axes.
        axes: axis -> size.
        allow_last_axis_squeeze: whether a last axis of size 1 may be missing or too much.
        name: key of the input where inputs are a dict.
        optional: whether the input may be None.

    Raises:
        ValueError: where `axes` names an axis that `ndim` or `max_ndim` excludes.

    Example:
        >>> keras.layers.InputSpec(min_ndim=2, axes={-1: 4})
        InputSpec(min_ndim=2, axes={-1: 4})
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        limit = self.ndim if self.ndim is not None else max_ndim
        if self.axes and limit is not None and max(self.axes) >= limit:
            raise ValueError(f"InputSpec: expected axes below {limit}, got {sorted(self.axes)}.")

    def __repr__(self) -> str:
        shown = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        parts = [f"{name}={getattr(self, name)}" for name in shown if getattr(self, name) not in (None, {})]
        return f"InputSpec({', '.join(parts)})"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return {name: getattr(self, name) or None for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """Return a specification from the result of `get_config`."""
        return cls(**config)

    def problem(self, shape: tuple[int | None, ...], dtype: str | None) -> str | None:
        """Return what is wrong with a shape and dtype as `"expected ..., got ..."`, None for nothing."""
        if dtype is None:
            return "expected numbers or bools"
        ndim = len(shape)
        if self.shape is not None and self.allow_last_axis_squeeze:
            shape, ndim = self._squeezed(shape)
        if self.ndim is not None and ndim != self.ndim:
            return f"expected ndim={self.ndim}, got ndim={ndim}"
        if self.max_ndim is not None and ndim > self.max_ndim:
            return f"expected ndim <= {self.max_ndim}, got ndim={ndim}"
        if self.min_ndim is not None and ndim < self.min_ndim:
            return f"expected ndim >= {self.min_ndim}, got ndim={ndim}"
        if self.dtype is not None and dtype != self.dtype:
            return f"expected dtype {self.dtype}, got {dtype}"
        for axis, size in self.axes.items():
            if not -ndim <= axis < ndim:
                return f"expected an axis {axis} of size {size}, got ndim={ndim}"
            if size is not None and shape[axis] not in (size, None):
                return f"expected size {size} of axis {axis}, got {shape[axis]}"
        if self.shape is not None:
            for expected, size in zip(self.shape, shape, strict=True):
                if expected is not None and size is not None and expected != size:
                    return f"expected shape {self.shape}, got {shape}"
        return None

    def _squeezed(self, shape: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], int]:
        own = self.shape or ()
        if len(shape) == len(own) + 1 and shape[-1] == 1:
            shape = shape[:-1]
        elif len(shape) == len(own) - 1 and own[-1] == 1:
            shape = (*shape, 1)
        return shape, len(shape)


def check_inputs(layer: Any, table: Any, argument: str, inputs: Any) -> None:
    """Check the first argument of a call against `layer.input_spec`.

    Raises:
        ValueError: naming the layer, the argument, what was expected and what came.
    """
    specifications = layer.input_spec
    if isinstance(specifications, InputSpec) and isinstance(inputs, table.tensor_types):
        if specifications.problem(table.static_shape(inputs), table.dtype_names.get(inputs.dtype)) is not None:
            _check(layer, table, f"argument '{argument}'", specifications, inputs)
        return
    if isinstance(specifications, InputSpec) and isinstance(inputs, list | tuple):
        _check_is_no_nested_list(layer, table, argument, inputs)
    specifications = tree.flatten(specifications)
    values = _in_order(specifications, inputs)
    if len(values) != len(specifications):
        raise ValueError(
            f"{layer.label}: argument '{argument}': expected {len(specifications)} inputs, got {len(values)}."
        )
    for position, (specification, value) in enumerate(zip(specifications, values, strict=True)):
        if specification is None or (value is None and specification.optional):
            continue
        which = f", input {specification.name or position}" if specification.name or len(values) > 1 else ""
        _check(layer, table, f"argument '{argument}'{which}", specification, value)


def _check(layer: Any, table: Any, where: str, specification: InputSpec, value: Any) -> None:
    """Check one input."""
    is_tensor = isinstance(value, table.tensor_types)
    dtype = table.dtype_names.get(value.dtype) if is_tensor else None
    if dtype is None and isinstance(value, np.ndarray):
        raise ValueError(
            f"{layer.label}: {where}: expected numbers or bools, got an array of dtype {value.dtype}. Turn its "
            "elements into numbers first."
        )
    if not is_tensor:
        hint = " Does the call() of the layer before return something?" if value is None else ""
        raise ValueError(
            f"{layer.label}: {where}: expected a tensor, got {value!r} of type {type(value).__name__}.{hint}"
        )
    shape = table.static_shape(value)
    problem = specification.problem(shape, dtype)
    if problem is not None:
        hint = _hint_about_axes(layer, specification, len(shape)) if problem.startswith("expected ndim") else ""
        raise ValueError(f"{layer.label}: {where}: {problem}; its shape is {tuple(shape)}.{hint}")


def _hint_about_axes(layer: Any, specification: InputSpec, ndim: int) -> str:
    if layer._form_of_inputs:
        return f" Inputs are {layer._form_of_inputs}."
    is_too_small = ndim < (specification.ndim or specification.min_ndim or 0)
    return " Inputs are batches: of one sample x that is x[None]." if is_too_small else ""


def _check_is_no_nested_list(layer: Any, table: Any, argument: str, inputs: Any) -> None:
    if not any(isinstance(leaf, table.tensor_types) for leaf in tree.flatten(inputs)):
        raise ValueError(
            f"{layer.label}: argument '{argument}': expected a tensor, got the {type(inputs).__name__} {inputs!r}. "
            "Make an array of it first, np.array(...), of rows of one length."
        )


def _in_order(specifications: list[Any], inputs: Any) -> list[Any]:
    names = [getattr(specification, "name", None) for specification in specifications]
    if isinstance(inputs, dict) and all(names) and set(names) <= set(inputs):
        return [inputs[name] for name in names]
    return tree.flatten(inputs)
