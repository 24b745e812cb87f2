"""`Model`: a layer that can be trained, shown, saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from keras_core.layers.layer import Layer
from keras_core.runtime.naming import did_you_mean
from keras_core.runtime.serialization import custom_object_scope, serialize_keras_object
from keras_core.training.trainer import Trainer


class Model(Trainer, Layer):
    """A layer that can be trained, shown and saved.

    Made from symbolic tensors, `Model(inputs, outputs)`, which gives a functional model; or by a subclass that makes
    its layers in `__init__` and calls them in `call`.

    Args:
        *args: `inputs` and `outputs` of a functional model, or nothing.
        **kwargs: the same by name; `name`, `trainable`, `dtype`.

    Example:
        >>> class Twice(keras.Model):
        ...     def call(self, inputs):
        ...         return inputs * 2
        >>> Twice()(np.ones((1, 2))).tolist()
        [[2.0, 2.0]]
    """

    _is_rematerializable = False
    _kind = "model"

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Return a functional model for `Model(inputs, outputs)`."""
        if cls is Model and _is_functional_call(args, kwargs):
            from keras_core.models.functional import Functional

            return Functional.__new__(Functional, *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if _is_functional_call(args, kwargs):
            from keras_core.models.functional import Functional

            _make_functional(type(self))
            Functional.__init__(self, *args, **kwargs)
            return
        for given, missing in (("inputs", "outputs"), ("outputs", "inputs")):
            if given in kwargs:
                raise ValueError(f"{type(self).__name__}: expected inputs and outputs, got {given} without {missing}.")
        if args:
            raise TypeError(
                f"{type(self).__name__}: expected Model(inputs, outputs) or keyword arguments, got {len(args)} "
                "positional arguments."
            )
        super().__init__(**kwargs)

    # what it consists of

    @property
    def layers(self) -> list[Any]:
        """The layers directly inside, in the order in which they were assigned."""
        return self._flatten_layers(include_self=False, recursive=False)

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError(f"{self.label}: 'layers' is what the model consists of; use another attribute name.")

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer by its name or its place in `layers`.

        Args:
            name: name of the layer.
            index: place in `layers`.

        Raises:
            ValueError: where there is no such layer, or not exactly one of the arguments is given.
        """
        if (name is None) == (index is None):
            raise ValueError(f"{self.label}: get_layer takes a name or an index, got name={name!r}, index={index!r}.")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"{self.label}: expected an index below {len(layers)}, got {index}.")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in layers]
        raise ValueError(f"{self.label}: no layer is named {name!r}; there are {names}.{did_you_mean(name, names)}")

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: list[str] | tuple[str, str] | None = None,
    ) -> None:
        """Print a table of the layers: name and class, output shape, number of parameters.

        Args:
            line_length: width in characters; None for that of the terminal, at most 100.
            positions: where the columns end, as fractions of the width or in characters.
            print_fn: called with the whole text; None for printing it.
            expand_nested: whether layers of models inside are shown too.
            show_trainable: whether a column says if a layer is trained.
            layer_range: names of the first and the last layer to show (regular expressions).
        """
        from keras_core.models.summary import print_summary

        print_summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)

    # quantization

    def quantize(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, mode: str | None = None, config: Any = None, filters: Any = None, **kwargs: Any
    ) -> None:
        """Keep the large weights of the layers inside as small integers, or multiply them in floats of eight bits.

        With `"gptq"` and `"awq"` it is looked at what the layers get for some data; only the blocks of the model are
        quantized then. To be trained, a model has to be compiled anew: an optimizer knows the variables from before.

        Args:
            mode: `"int8"`, `"int4"`, `"float8"`, `"gptq"` or `"awq"`; None for that of the configuration.
            config: what is quantized how; `"gptq"` and `"awq"` need one, others have a default.
            filters: regular expression for names of layers, a list of them, or a function `layer -> bool`: which layers
                are quantized; None for all that can be.
            **kwargs: `type_check`: False quantizes layers of subclasses too.

        Raises:
            ValueError: for another mode or argument, a model that is not built, a layer that is quantized already.

        Example:
            >>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])
            >>> model.quantize("int8")
            >>> model.layers[0].dtype_policy.name
            'int8_from_float32'
        """
        from keras_core.models.quantization import quantize_model

        type_check = kwargs.pop("type_check", True)
        if kwargs:
            raise ValueError(f"{self.label}: quantize() got unexpected arguments {sorted(kwargs)}.")
        quantize_model(self, mode, config, filters, type_check)

    def get_quantization_layer_structure(self, mode: str | None = None) -> dict[str, list[Any]] | None:
        """Return the layers before the blocks of the model, and the blocks; None where the class does not say it.

        Subclasses write it, so that `"gptq"` and `"awq"` work without `quantization_layer_structure`.

        Args:
            mode: mode of quantization.

        Returns:
            Dict with lists of layers: `"pre_block_layers"`, such as an embedding, and `"sequential_blocks"`.
        """
        return None

    # files

    def save(self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
        """Write architecture, weights and training configuration to a file.

        Args:
            filepath: path; its extension (`".keras"`, ...) chooses the format.
            overwrite: whether a file that exists is replaced.
            zipped: kept for compatibility; a format that has a choice takes it.
            **kwargs: options of the format.

        Raises:
            ValueError: for an extension that no installed format has; the message lists those there are.
            FileExistsError: where the file exists and `overwrite` is False.
        """
        from keras_core.models.storage import save_model

        save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None) -> None:
        """Write the weights to a file.

        Args:
            filepath: path; its extension (`".weights.h5"`, ...) chooses the format.
            overwrite: whether a file that exists is replaced.
            max_shard_size: gigabytes of weights in one file of several, which an index names; None for all in one.

        Raises:
            ValueError: for an extension that no installed format for weights has.
            FileExistsError: where the file exists and `overwrite` is False.
        """
        from keras_core.models.storage import run_format

        options = {} if max_shard_size is None else {"max_shard_size": max_shard_size}
        run_format("save_weights", self, filepath, overwrite, options)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> Any:
        """Set the weights from a file.

        Args:
            filepath: path; its extension (`".weights.h5"`, `".keras"`, ...) chooses the format.
            skip_mismatch: whether layers whose weights do not fit are left as they are, with a warning.
            **kwargs: options of the format.

        Returns:
            What became of each variable, as a `keras_core.saving.LoadReport` by the formats of core.

        Raises:
            ModelFileError: where variables are missing, unexpected or of another shape; nothing is loaded then.
            ValueError: for an extension that no installed format for weights has.
        """
        from keras_core.models.storage import run_format

        return run_format("load_weights", self, filepath, True, {"skip_mismatch": skip_mismatch, **kwargs})

    def export(
        self,
        filepath: Any,
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> None:
        """Write a program that computes the model to a file, for serving.

        Args:
            filepath: path.
            format: name of a format, its extension without the dot.
            verbose: whether the format tells what it wrote.
            input_signature: specifications of the inputs; None for those of the model.
            **kwargs: options of the format.

        Raises:
            ValueError: where no installed format has the name.
        """
        from keras_core.models.storage import export_model

        export_model(self, filepath, format, verbose=verbose, input_signature=input_signature, **kwargs)

    # state

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, dict[str, Any]]:
        """Return the values of all variables, nested by the names in their paths.

        Args:
            value_format: `"backend_tensor"` or `"numpy_array"`.

        Returns:
            Dict with the keys `"trainable_variables"`, `"non_trainable_variables"`, `"optimizer_variables"` and
            `"metrics_variables"`, each a nested dict of values.

        Raises:
            ValueError: for another format, and for two variables of one path.

        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")], name="net")
            >>> model.get_state_tree("numpy_array")["trainable_variables"]["net"]["out"]["bias"].tolist()
            [0.0]
        """
        from keras_core.models.state_tree import state_tree

        return state_tree(self, value_format)

    def set_state_tree(self, state_tree: Mapping[str, Mapping[str, Any]]) -> None:
        """Set variables to the values that `get_state_tree` returned, or to some of them.

        Args:
            state_tree: result of `get_state_tree`; what is missing in it stays as it is.

        Raises:
            ValueError: for a path that the model does not have, and for another shape; nothing is set then.
            TypeError: for something that is no dict.
        """
        from keras_core.models.state_tree import set_state_tree

        set_state_tree(self, state_tree)

    # configuration

    def to_json(self, **kwargs: Any) -> str:
        """Return the configuration as JSON; `model_from_json` reads it.

        Args:
            **kwargs: as of `json.dumps`.
        """
        return json.dumps(serialize_keras_object(self), **kwargs)

    @classmethod
    def from_config(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
    ) -> Any:
        """Return a model from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: names and classes that the configuration may name too.
            safe_mode: as of `deserialize_keras_object`, for what is inside.

        Raises:
            TypeError: where a subclass does not take the arguments that its configuration has.
        """
        from keras_core.models.functional_config import ends_from_config, is_functional_config

        with custom_object_scope(custom_objects):
            if is_functional_config(config):
                inputs, outputs = ends_from_config(config, safe_mode)
                own = {"name": config["name"]} if "name" in config else {}
                model = cls(inputs=inputs, outputs=outputs, **own)
                if not config.get("trainable", True):  # True would thaw layers that are frozen one by one
                    model.trainable = False
                return model
            try:
                return super().from_config(config, safe_mode)
            except TypeError as error:
                raise TypeError(
                    f"{cls.__name__}: its constructor does not take the arguments of its configuration, "
                    f"{sorted(config)}. Write get_config() and from_config() that fit. ({error})"
                ) from error


def _is_functional_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) == 2 or (len(args) == 1 and "outputs" in kwargs) or ("inputs" in kwargs and "outputs" in kwargs)


def _make_functional(cls: type) -> None:
    """Let a subclass whose constructor describes a graph inherit from `Functional` instead of `Model`."""
    from keras_core.models.functional import Functional

    if issubclass(cls, Functional):
        return
    for base in cls.__mro__:
        if base is not Model and Model in base.__bases__:
            base.__bases__ = tuple(Functional if item is Model else item for item in base.__bases__)
            return


def model_from_json(
    json_string: str, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = True
) -> Any:
    """Return the model, without its weights, that `Model.to_json` described.

    Args:
        json_string: JSON.
        custom_objects: names and classes that it may name too.
        safe_mode: as of `deserialize_keras_object`.

    Raises:
        ModelFileError: where it is no JSON, or goes beyond what model files may have.
        TypeError: where it names a class that is not known, or none of a model.
    """
    from keras_core.runtime.serialization import deserialize_keras_object, sharing_scope
    from keras_core.runtime.strict_json import parse_json

    config = parse_json(json_string.encode("utf-8", "surrogatepass"), "model_from_json")
    with sharing_scope():
        return deserialize_keras_object(config, custom_objects, safe_mode, expected=Model)
