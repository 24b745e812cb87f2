"""The part of `Layer` that turns a layer into plain data and back: its configuration and the shapes of its build."""

from __future__ import annotations

import inspect
from typing import Any

from keras_core.dtype_policies import DTypePolicy
from keras_core.layers.build import call_with_shapes, finish_build, map_shapes
from keras_core.layers.exchange import Exchange
from keras_core.quantizers.config import QuantizationConfig
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object

_QUANTIZED = "quantized_layers"


class Configurable(Exchange):
    """Remembers the arguments of the constructor where a class does not write `get_config` itself."""

    # Of containers, whose configuration has those of their layers.
    _config_has_layers = False

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Return an instance that knows the arguments of its constructor."""
        instance = super().__new__(cls, *args, **kwargs)
        if _is_automatic(cls):
            instance.__dict__["_init_arguments"] = args, kwargs
        return instance

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data.

        A class that overrides it extends the result of `super().get_config()`: name, trainable, dtype. One that does
        not gets all arguments of its constructor.

        Raises:
            NotImplementedError: where an argument has no form as plain data.
        """
        return self._automatic_config(self._base_config()) if _is_automatic(type(self)) else self._base_config()

    get_config._automatic = True  # pyright: ignore[reportFunctionMemberAccess]

    def _base_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize_keras_object(self.dtype_policy),
        }
        regularizer = self.__dict__.get("activity_regularizer")
        if regularizer is not None:
            config["activity_regularizer"] = serialize_keras_object(regularizer)
        return config

    def _automatic_config(self, base: dict[str, Any]) -> dict[str, Any]:
        parameters = inspect.signature(type(self).__init__).parameters
        args, kwargs = self._init_arguments
        bound = inspect.signature(type(self).__init__).bind(self, *args, **kwargs)
        bound.apply_defaults()
        config: dict[str, Any] = {}
        for name, value in list(bound.arguments.items())[1:]:
            kind = parameters[name].kind
            if kind is inspect.Parameter.VAR_POSITIONAL:
                if value:
                    raise self._no_config(name, value, None)
                continue
            for key, item in value.items() if kind is inspect.Parameter.VAR_KEYWORD else [(name, value)]:
                config[key] = self._plain(key, item)
        takes_keywords = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        return {**config, **{key: value for key, value in base.items() if takes_keywords or key in parameters}}

    def _plain(self, name: str, value: Any) -> Any:
        try:
            return serialize_keras_object(value)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise self._no_config(name, value, error) from error

    def _no_config(self, name: str, value: Any, cause: Exception | None) -> NotImplementedError:
        reason = f" ({cause})" if cause is not None else ""
        return NotImplementedError(
            f"{self.label}: the argument '{name}' = {value!r} has no form as plain data{reason}. Write get_config() "
            f"for {type(self).__name__}: extend the dict of super().get_config() by the arguments of __init__()."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any], safe_mode: bool | None = True) -> Any:
        """Return a layer from the result of `get_config`.

        Args:
            config: the result of `get_config`.
            safe_mode: as of `deserialize_keras_object`, for what is inside.
        """
        if _is_automatic(cls):
            config = {name: deserialize_keras_object(value, None, safe_mode) for name, value in config.items()}
        return cls(**config)

    # building from data

    def _has_own_build(self) -> bool:
        """Tell whether the class writes `build` itself."""
        return not getattr(type(self).build, "_is_default", False)

    def _build_by_tracing(self, shapes: dict[str, Any]) -> None:
        """Build the layers inside by a symbolic call."""
        if any(shape is None for shape in shapes.values()) or all(layer.built for layer in self._flatten_layers(False)):
            return
        self.__dict__["built"] = True
        try:
            self.compute_output_shape(*shapes.values())
        except Exception as error:
            self.__dict__["built"] = False
            error.add_note(
                f"{self.label}: build() could not build the layers inside by running call() on symbolic tensors of "
                f"shapes {shapes}; call the layer on data, or write build()."
            )
            raise

    def get_build_config(self) -> dict[str, Any] | None:
        """Return the shapes with which the layer was built, None where it has no use for them."""
        shapes = self._build_shapes
        if not shapes:
            return None
        config = {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": dict(shapes)}
        quantized = self._quantized_inside()
        return {**config, _QUANTIZED: quantized} if quantized else config

    def _quantized_inside(self) -> dict[str, Any]:
        """Return place of a layer inside -> its form, for those that are quantized.

        A layer makes those inside it by its constructor, which does not know that they were quantized afterwards.
        """
        inside = [] if self._config_has_layers else self._flatten_layers(include_self=False)
        return {
            str(place): [serialize_keras_object(form) for form in (layer.dtype_policy, layer.quantization_config)]
            for place, layer in enumerate(inside)
            if layer.quantization_mode is not None
        }

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build the layer from the result of `get_build_config`."""
        self._build_from_shapes(config)
        inside = self._flatten_layers(include_self=False)
        for place, form in (config.get(_QUANTIZED) or {}).items():
            if not place.isdecimal() or int(place) >= len(inside):
                raise ValueError(
                    f"{self.label}: expected {len(inside)} layers inside, the configuration has '{place}'."
                )
            policy, quantization = form
            inside[int(place)].take_form(
                deserialize_keras_object(policy, expected=DTypePolicy),
                deserialize_keras_object(quantization, expected=QuantizationConfig),
            )

    def _build_from_shapes(self, config: dict[str, Any]) -> None:
        if config.get("shapes_dict"):
            shapes = {name: map_shapes(tuple, shape) for name, shape in config["shapes_dict"].items()}
        elif config.get("input_shape") is not None:
            shapes = {"input_shape": map_shapes(tuple, config["input_shape"])}
        else:
            return
        if self._has_own_build():
            call_with_shapes(self.build, shapes)
        elif len(shapes) == 1:
            self.build(next(iter(shapes.values())))
        else:
            self._build_by_tracing(shapes)
            finish_build(self, shapes)


def _is_automatic(cls: type) -> bool:
    return getattr(cls.get_config, "_automatic", False)  # pyright: ignore[reportAttributeAccessIssue]
