"""`JaxLayer`: functions of JAX as a layer."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import jax
import jax.numpy as jnp

from keras_core.layers.build import map_shapes
from keras_core.layers.wrappers.framework_layer import FrameworkLayer
from keras_core.random import SeedGenerator

_ARGUMENTS = ("params", "state", "rng", "inputs", "training")


class JaxLayer(FrameworkLayer):
    """Computes by a pure function of JAX. The leaves of its trees become variables under their paths.

    Args:
        call_fn: function of `inputs` and of any of `params`, `state`, `rng` (a key; None but in training), `training`.
            It returns the outputs; with an argument `state`, the outputs and the new state.
        init_fn: function of `rng`, `inputs` and, if it likes, `training` that returns `params`; where `call_fn` has an
            argument `state`, `params` and `state`.
        params: tree of arrays that training changes, in place of what `init_fn` gives.
        state: tree of arrays that `call_fn` changes, in place of what `init_fn` gives.
        seed: int or seed generator for the keys.
        native_serialization_platforms: kept for compatibility.
        **kwargs: as of `Layer`.

    Functions that are registered by `@keras_core.saving.register_keras_serializable()` are saved by their names.

    Raises:
        ValueError: for functions with other arguments, no values and no `init_fn`, and while another backend is active.
    """

    framework = "jax"
    code_arguments: tuple[str, ...] = ("call_fn", "init_fn")

    def __init__(
        self,
        call_fn: Callable[..., Any],
        init_fn: Callable[..., Any] | None = None,
        params: Any = None,
        state: Any = None,
        seed: Any = None,
        native_serialization_platforms: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._keep("call_fn", call_fn)
        self._keep("init_fn", init_fn)
        self._keep("native_serialization_platforms", native_serialization_platforms)
        self.seed_generator = SeedGenerator(seed)
        self._set_functions(call_fn, init_fn, params, state)

    def _set_functions(self, call_fn: Any, init_fn: Any, params: Any, state: Any) -> None:
        own = self.__dict__
        own["_call_fn"], own["_call_names"] = call_fn, self._names("call_fn", call_fn, ("inputs",), _ARGUMENTS)
        own["_init_fn"] = init_fn
        if init_fn is not None:
            known = ("rng", "inputs", "training")
            own["_init_names"] = self._names("init_fn", init_fn, ("rng", "inputs"), known)
        lacks = [name for name, value in (("params", params), ("state", state)) if name in self._call_names]
        if init_fn is None and params is None and state is None and lacks:
            raise ValueError(
                f"{self.label}: call_fn takes {lacks}: expected init_fn, params or state, got none of them."
            )
        own["_first"] = {"params": params, "state": state}
        own["_trees"] = {}

    def _names(self, function: str, given: Any, needed: Iterable[str], known: tuple[str, ...]) -> list[str]:
        names = list(inspect.signature(given).parameters)
        wrong = [name for name in names if name not in known] + [name for name in needed if name not in names]
        if wrong:
            raise ValueError(f"{self.label}: {function}: expected arguments among {known}, got {names}: see {wrong}.")
        return names

    def build(self, input_shape: Any) -> None:
        """Make the variables, by `init_fn` where no values were given."""
        first = dict(self._first)
        wanted = [name for name in first if name in self._call_names]
        if self._init_fn is not None and any(first[name] is None for name in wanted):
            ones = map_shapes(lambda shape: jnp.ones([n or 1 for n in shape], self.compute_dtype), input_shape)
            possible = {"rng": self.seed_generator.next(), "inputs": ones, "training": True}
            made = self._init_fn(**{name: possible[name] for name in self._init_names})
            made = made if "state" in self._call_names else (made, None)
            for name, value in zip(first, made, strict=True):
                first[name] = value if first[name] is None else first[name]
        for name in wanted:
            leaves, definition = jax.tree.flatten_with_path(first[name])
            paths = [".".join([name, *(_key(part) for part in path)]) for path, _ in leaves]
            self._adopt((path, jnp.asarray(x), name == "params") for path, (_, x) in zip(paths, leaves, strict=True))
            self._trees[name] = paths, definition
        self.__dict__["_first"] = {"params": None, "state": None}

    def _values(self, name: str) -> Any:
        paths, definition = self._trees[name]
        return jax.tree.unflatten(definition, [self._adopted[path].value for path in paths])

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Run the function, and keep the state that it returns."""
        possible: dict[str, Any] = {name: self._values(name) for name in self._trees}
        possible |= {"inputs": inputs, "training": bool(training), "rng": None}
        if training and "rng" in self._call_names:
            possible["rng"] = self.seed_generator.next()
        outputs = self._call_fn(**{name: possible[name] for name in self._call_names})
        if "state" in self._call_names:
            outputs, state = outputs
            self._write_back(dict(zip(self._trees["state"][0], jax.tree.leaves(state), strict=True)))
        # Without a dtype of its own a function computes in 64 bits here, which the model does not ask for.
        return jax.tree.map(lambda x: x.astype(self.compute_dtype) if x.dtype == jnp.float64 else x, outputs)


def _key(part: Any) -> str:
    return str(getattr(part, "key", getattr(part, "idx", getattr(part, "name", part))))
