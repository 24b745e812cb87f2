"""`Lambda`: a function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from keras_core.layers.arguments import wrong
from keras_core.layers.build import map_shapes
from keras_core.layers.layer import Layer
from keras_core.runtime.known_objects import DATA, Expected, Functions
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

# A function of core that is no activation was not made for this layer: files may name only registered ones.
_SLOTS: Final[dict[str, Expected]] = {
    "function": Functions("activations"),
    "output_shape": Functions(),
    "mask": Functions(),
    "arguments": DATA,
}


class Lambda(Layer):
    """Applies a function. It must have no state of its own: variables that it makes are not tracked.

    A model with one can be saved only if the function has a name and is registered by
    `keras_core.saving.register_keras_serializable`: files hold no code, and none is loaded from a file.

    Args:
        function: function of the inputs; gets `mask` and `training` too where it takes them.
        output_shape: shape of the outputs without the batch size, or function of the shape of the inputs with the batch
            size; None where the function runs on symbolic tensors.
        mask: mask of the outputs, or function `(inputs, mask) -> mask`; None for no mask.
        arguments: dict of further arguments of the function, or None.
        **kwargs: as of `Layer`.

    Raises:
        ValueError: where `function` is none, or `arguments` no dict.

    Example:
        >>> keras.layers.Lambda(lambda x: x * 2)(np.array([1.0, 2.0], "float32")).tolist()
        [2.0, 4.0]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise wrong(self, "function", "a function", function)
        if arguments is not None and not isinstance(arguments, dict):
            raise wrong(self, "arguments", "a dict of names and values", arguments)
        self.function = function
        self.arguments = arguments or {}
        self.mask = mask
        self.supports_masking = mask is not None
        self._output_shape = output_shape
        self._passed = _names_among(function, ("mask", "training"))

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Return what the function returns."""
        context = {"mask": mask, "training": training}
        return self.function(inputs, **{**{name: context[name] for name in self._passed}, **self.arguments})

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs.

        Raises:
            NotImplementedError: where it is not given and the function cannot run on symbolic tensors.
        """
        if callable(self._output_shape):
            return map_shapes(tuple, self._output_shape(input_shape))
        if self._output_shape is not None:
            first = input_shape
            while isinstance(first, dict) or (first and isinstance(first[0], list | tuple)):
                first = next(iter(first.values())) if isinstance(first, dict) else first[0]
            return first[0] if first else None, *self._output_shape
        try:
            return super().compute_output_shape(input_shape)
        except Exception as error:
            raise NotImplementedError(
                f"{self.label}: the function cannot run on symbolic tensors ({error}), so the shape of its outputs is "
                "not known. Pass output_shape, the shape without the batch size."
            ) from error

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the mask of the outputs."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data.

        Raises:
            ValueError: where a function is a lambda.
        """
        config = {**super().get_config(), "function": self._as_data("function", self.function)}
        for name, value in (("output_shape", self._output_shape), ("mask", self.mask)):
            if value is not None:
                config[name] = self._as_data(name, value)
        return {**config, "arguments": serialize_keras_object(dict(self.arguments))}

    def _as_data(self, name: str, value: Any) -> Any:
        try:
            return serialize_keras_object(value)
        except ValueError as error:
            raise ValueError(f"{self.label}: the argument '{name}' cannot be saved: {error}") from error

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = None
    ) -> Lambda:
        """Return a layer from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: names and functions that the configuration may name too.
            safe_mode: kept for compatibility: code is never loaded from a configuration, and what is in it are values
                and functions.

        Raises:
            TypeError: where a function is not registered.
            ValueError: where the configuration holds the code of a lambda.
        """
        config = dict(config)
        for name, expected in _SLOTS.items():
            if name in config:
                config[name] = deserialize_keras_object(config[name], custom_objects, expected=expected)
        return cls(**config)


def _names_among(function: Callable[..., Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of several names that are parameters of a function."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # some functions written in C do not tell
        return ()
    return tuple(name for name in names if name in parameters)
