"""What the layers have in common that backends bring for code of their frameworks."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from keras_core.layers.layer import Layer
from keras_core.runtime import tree
from keras_core.runtime.conversion import dtype_name
from keras_core.runtime.dtypes import is_float
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.registry import custom_object_scope
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.runtime.table import use_table

_PROBES = (64, 96)
"""Sizes that stand for those not known; an axis of the outputs whose size differs between them is not known either."""


class FrameworkLayer(Layer):
    """A layer around code of a framework, which runs on the backend of that framework alone.

    Subclasses name it, make variables of what the code has (`_adopt`), and keep what they were given for `get_config`
    (`_keep`), which is data or refused: neither does a file get code from them nor do they take code from a file.

    Args:
        **kwargs: as of `Layer`.

    Raises:
        ValueError: while another backend is active.
    """

    framework = ""
    """Name of the backend."""

    code_arguments: tuple[str, ...] = ()
    """Arguments of the constructor that are code."""

    program_argument: str | None = None
    """Argument of the constructor that is the path of a program, read again only where the caller trusts it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self._table.name != self.framework:
            raise ValueError(
                f"{self.label}: it runs on the backend '{self.framework}', but the active one is '{self._table.name}'. "
                f"Call keras_core.set_backend('{self.framework}') first, or make and use it inside "
                f"`with keras_core.use_backend('{self.framework}'):`."
            )
        self.__dict__["_given"] = {}
        self.__dict__["_adopted"] = {}
        self.__dict__["_states"] = set()

    # variables

    def _adopt(self, values: Iterable[tuple[str, Any, bool]]) -> None:
        """Make variables with the values of tensors: name, tensor, whether training changes it."""
        for name, value, trainable in values:
            self._states |= set() if trainable else {name}
            dtype = dtype_name(self._table, value)
            self._adopted[name] = self.add_weight(
                shape=tuple(value.shape),
                initializer=lambda shape, dtype=None, value=value: value,
                dtype=None if is_float(dtype) else dtype,
                trainable=trainable,
                autocast=trainable,
                name=name.replace("/", "."),
            )

    def _write_back(self, values: Mapping[str, Any]) -> None:
        """Set the variables that hold states to what a call has left in them."""
        for name in self._states:
            self._adopted[name].assign(values[name])

    # shapes

    def build(self, input_shape: Any) -> None:
        """Do nothing: the code has its parameters. Subclasses that need shapes for them override it."""

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return symbolic tensors of the shapes and dtypes of the outputs, as the framework infers them.

        Args:
            *args: as of `call`, tensors as symbolic tensors.
            **kwargs: as of `call`.
        """
        with use_table(self._table), StatelessScope():
            if not self.built:
                self.build(tree.map_structure(_shape_of, args[0]))
            one, other = (self._outputs_for(args, kwargs, size) for size in _PROBES)
        return tree.map_structure(_merged, one, other)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs: what an argument `output_shape` says, else what the framework infers.

        Args:
            input_shape: shape of the inputs, or a tree of shapes.
        """
        given = self._given.get("output_shape")
        if given is not None:
            return tuple(given(input_shape) if callable(given) else given)
        return tree.map_structure(_shape_of, self.compute_output_spec(self._symbolic_inputs(input_shape)))

    def _outputs_for(self, args: tuple[Any, ...], kwargs: dict[str, Any], size: int) -> Any:
        leaves, definition = tree.flatten_with_structure((args, kwargs))
        places = [place for place, leaf in enumerate(leaves) if isinstance(leaf, KerasTensor)]
        found: list[Any] = []

        def run(tensors: list[Any]) -> list[Any]:
            for place, tensor in zip(places, tensors, strict=True):
                leaves[place] = tensor
            inner, keywords = tree.unflatten(definition, leaves)
            outputs = self.call(*inner, **keywords)
            shape_of = self._table.static_shape
            found.append(tree.map_structure(lambda x: KerasTensor(shape_of(x), dtype_name(self._table, x)), outputs))
            return tree.flatten(outputs)

        self._table.transforms["abstract_eval"](run, [self._zeros(leaves[place], size) for place in places])
        return found[-1]

    def _zeros(self, like: KerasTensor, size: int) -> Any:
        shape = [size if known is None else known for known in like.shape]
        return self._table.from_host(np.zeros(shape, "float32"), like.dtype)

    # configuration

    def _keep(self, argument: str, value: Any) -> Any:
        """Keep what an argument was given, for `get_config`, and return it."""
        self._given[argument] = value
        return value

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data.

        Raises:
            ValueError: where one is code that has no form as data; the message says what to give in its place.
        """
        return {**super().get_config(), **{name: self._as_data(name, value) for name, value in self._given.items()}}

    def _made(self, argument: str, given: Any, kind: type) -> Any:
        """Return an object of a class that was given, or that a function that was given makes."""
        self._keep(argument, given)
        made = given if isinstance(given, kind) or not callable(given) else given()
        if not isinstance(made, kind):
            wanted = f"{kind.__module__.partition('.')[0]}'s {kind.__name__}"
            raise TypeError(f"{self.label}: {argument}: expected {wanted}, or a function that makes one, got {made!r}.")
        return made

    def _as_data(self, argument: str, value: Any) -> Any:
        is_code = argument in self.code_arguments and value is not None
        if not is_code or inspect.isroutine(value) or hasattr(value, "get_config"):
            return serialize_keras_object(value)
        raise ValueError(
            f"{self.label}: its argument '{argument}', a {type(value).__name__}, is code and cannot be saved as data. "
            "Give in its place a function without arguments that returns it, registered by "
            "@keras_core.saving.register_keras_serializable(); or register its class and give it a get_config(). "
            "Weights can be saved as they are, by save_weights()."
        )

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = None
    ) -> Any:
        """Return a layer from the result of `get_config`.

        Args:
            config: result of `get_config`.
            custom_objects: names and classes or functions that the configuration may name too.
            safe_mode: False where the caller trusts a program that the configuration names.

        Raises:
            ValueError: where the configuration holds pickled code, as those of Keras do, whatever `safe_mode` is; and
                where it names a program and `safe_mode` is not False.
        """
        if cls.program_argument is not None and safe_mode is not False:
            raise ValueError(
                f"{cls.__name__}: the configuration names the program {config.get(cls.program_argument)!r}. If you "
                "trust it, pass safe_mode=False to the function that loads."
            )
        given = {name: config[name] for name in cls.code_arguments if config.get(name) is not None}
        for name, value in given.items():
            if not isinstance(value, Mapping) or value.get("class_name") in ("__bytes__", "__lambda__"):
                raise ValueError(
                    f"{cls.__name__}: its configuration holds pickled code for '{name}', which is never loaded, with "
                    "safe_mode=False neither: it could do anything. Make the layer from the same code and load the "
                    "weights alone, by load_weights(); or save it with a registered function in place of the code."
                )
        with custom_object_scope(custom_objects):
            made = {
                key: deserialize_keras_object(value, None, safe_mode)
                for key, value in config.items()
                if isinstance(value, Mapping)
            }
            return cls(**{**config, **made})

    def save_named_variables(self, store: Any) -> None:
        """Put the variables into a mapping under their names.

        Args:
            store: mapping from names to arrays.
        """
        store.update({name: variable.numpy() for name, variable in self._adopted.items()})

    def load_named_variables(self, store: Any) -> None:
        """Set the variables from arrays under their names.

        Args:
            store: mapping from names to arrays; it may have more.

        Raises:
            ValueError: where a name is missing, or a shape differs.
        """
        missing = [name for name in self._adopted if name not in store]
        if missing:
            raise ValueError(f"{self.label}: the file has no variables {missing}.")
        for name, variable in self._adopted.items():
            variable.assign(np.asarray(store[name]))


def _shape_of(x: Any) -> Any:
    return tuple(x.shape)


def _merged(one: KerasTensor, other: KerasTensor) -> KerasTensor:
    shape = [size if size == same else None for size, same in zip(one.shape, other.shape, strict=True)]
    return KerasTensor(tuple(shape), one.dtype)
