"""`FlaxLayer`: a module of Flax (linen) as a layer."""

import inspect
from typing import Any

from keras_backend_jax.jax_layer import JaxLayer
from keras_core.layers.wrappers.framework_layer import FrameworkLayer
from keras_core.random import SeedGenerator


class FlaxLayer(JaxLayer):
    """Runs a module of `flax.linen`. Its variables become variables under their paths.

    Args:
        module: `flax.linen.Module`, whose method may take `training`; or what can be saved with a model: a registered
            function without arguments that makes it, or an instance of a registered class of modules that has
            `get_config`.
        method: name of the method, or a function `(module, inputs)`; None for `__call__`.
        variables: values of all collections, in place of those that `module.init` gives.
        **kwargs: as of `Layer`.

    Raises:
        ImportError: where Flax is not installed.
        TypeError: where `module` is or makes no module.
    """

    code_arguments = ("module",)

    def __init__(self, module: Any, method: Any = None, variables: Any = None, **kwargs: Any) -> None:
        try:
            import flax.linen as nn
        except ImportError as error:
            raise ImportError(
                "FlaxLayer: expected the package 'flax': pip install 'keras-backend-jax[flax]'"
            ) from error
        seed = kwargs.pop("seed", None)
        FrameworkLayer.__init__(self, **kwargs)
        made = self._made("module", module, nn.Module)
        self._keep("method", method)
        self.seed_generator = SeedGenerator(seed)
        function = getattr(made, method or "__call__") if not callable(method) else method
        takes_training = "training" in inspect.signature(function).parameters

        def arguments(training: bool) -> dict[str, Any]:
            return {"method": method, **({"training": training} if takes_training else {})}

        def init_fn(rng: Any, inputs: Any, training: bool) -> Any:
            return _parted(made.init(rng, inputs, **arguments(training)))

        def call_fn(params: Any, state: Any, rng: Any, inputs: Any, training: bool) -> Any:
            keys = None if rng is None else dict.fromkeys(("dropout", "params", "default"), rng)
            changes = list(state) if training else []
            outputs, new = made.apply(
                {"params": params, **state}, inputs, rngs=keys, mutable=changes, **arguments(training)
            )
            return outputs, {**state, **new}

        given = (None, None) if variables is None else _parted(variables)
        self._set_functions(call_fn, init_fn, *given)


def _parted(variables: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters, and all other collections."""
    return variables.get("params", {}), {name: value for name, value in variables.items() if name != "params"}
