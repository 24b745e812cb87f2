"""Calls of ops in a model's configuration, in the layout of Keras 3.

There an op is a class: `Mean(axis, keepdims)`, called on the tensors. So parameters of an op that hold no tensor are
written into its configuration, and the tensors into the call.
"""

from __future__ import annotations

import re
from typing import Any, Final

import keras_core.ops  # noqa: F401 - fills the database
from keras_core.runtime.definition import DATABASE, OpDefinition
from keras_core.runtime.operation import OpCall

_FAMILIES: Final = {
    "core": "cast slice slice_update stop_gradient unstack",
    "linalg": "cholesky det eigh inv norm qr solve svd",
    "math": "erf logsumexp rsqrt top_k",
    "nn": "average_pool binary_crossentropy categorical_crossentropy celu conv dot_product_attention elu gelu "
    "hard_sigmoid hard_silu leaky_relu log_sigmoid log_softmax max_pool moments normalize one_hot relu relu6 selu "
    "sigmoid silu softmax softplus softsign sparse_categorical_crossentropy",
    "own": "adam_update batch_normalization each_update eye gru layer_normalization lstm momentum_update ones "
    "random_bits random_normal random_uniform rms_normalization scatter_add scatter_add_along_axis sgd_update zeros",
}
"""Module of Keras 3 -> the ops that it has; all others are in its module `numpy`, those under `own` in none."""

_MODULE_OF: Final = {name: family for family, names in _FAMILIES.items() for name in names.split()}

_ARGUMENTS: Final = {
    "arange": ("start", "stop", "step"),
    "clip": ("x",),
    "dot_product_attention": ("query", "key", "value", "bias", "mask", "scale"),
    "full": ("fill_value",),
    "full_like": ("x", "fill_value"),
    "get_item": ("x", "key"),
    "isclose": ("x1", "x2", "rtol", "atol"),
    **dict.fromkeys(("nanpercentile", "nanquantile", "percentile", "quantile"), ("x", "q")),
    "pad": ("x", "constant_values"),
    "select": ("condlist", "choicelist", "default"),
    "slice": ("inputs", "start_indices"),
    "slice_update": ("inputs", "start_indices", "updates"),
}
"""Parameters that stand in the call, where these are not those that hold tensors."""

_CLASS_NAMES: Final = {"allclose": "AllClose", "isin": "IsIn", "searchsorted": "SearchSorted", "svd": "SVD"}


def class_name(op: str) -> str:
    """Return the name of the class that an op has in Keras 3.

    Example:
        >>> class_name("get_item"), class_name("svd")
        ('GetItem', 'SVD')
    """
    return _CLASS_NAMES.get(op) or "".join(part.capitalize() for part in op.split("_"))


def op_of_class(name: str, module: Any) -> str | None:
    """Return the op that a configuration names, None for a configuration of no op."""
    if not isinstance(module, str) or not re.match(r"keras(_core|\.src)?\.ops\b", module):
        return None
    wanted = name.lower()
    return next((op for op in DATABASE if op.replace("_", "") == wanted), None)


def _in_call(definition: OpDefinition) -> tuple[str, ...]:
    return _ARGUMENTS.get(definition.name, definition.tensors)


def _bound(definition: OpDefinition, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    bound = definition.signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def operation_config(operation: OpCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the class part of the configuration of a call: module, class name, parameters that hold no tensor."""
    definition = operation.definition
    in_call = _in_call(definition)
    arguments = _bound(definition, args, kwargs)
    family = _MODULE_OF.get(operation.op, "numpy")
    name = class_name(operation.op)
    return {
        "module": "keras_core.ops" if family == "own" else f"keras.src.ops.{family}",
        "class_name": name,
        "config": {"name": operation.name, **{key: arguments[key] for key in arguments if key not in in_call}},
        "registered_name": name,
    }


def call_arguments(operation: OpCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Return the positional arguments of the call in the configuration."""
    definition = operation.definition
    arguments = _bound(definition, args, kwargs)
    variadic = definition.variadic
    listed: list[Any] = []
    for position, name in enumerate(definition.signature.parameters):
        if name in _in_call(definition):
            listed += arguments[name] if position == variadic else [arguments[name]]
    return tuple(listed)


def record_call(operation: OpCall, config: dict[str, Any], args: Any, kwargs: dict[str, Any]) -> Any:
    """Record a call as a configuration describes it, and return its symbolic outputs.

    Args:
        operation: the operation.
        config: the parameters that hold no tensor, and the name.
        args: positional arguments of the call.
        kwargs: keyword arguments of the call.

    Raises:
        ValueError: for parameters that the op does not have, or arguments that are missing.
    """
    definition = operation.definition
    known = definition.signature.parameters
    names = [name for name in known if name in _in_call(definition)]
    parameters = {**config, **kwargs}
    parameters.pop("name", None)
    unknown = [name for name, value in parameters.items() if name not in known and value is not None]
    if unknown:
        raise ValueError(f"the op '{operation.op}' (operation '{operation.name}') has no parameters {unknown}.")
    # JSON makes lists of shapes and axes.
    lists = {name for name in parameters if isinstance(parameters[name], list) and name not in definition.lists}
    parameters |= {name: _tuple(parameters[name]) for name in lists}
    variadic: tuple[Any, ...] = ()
    if definition.variadic is not None:
        variadic = tuple(args)
    else:
        parameters |= dict(zip(names, args, strict=False))
    if operation.op == "get_item":
        parameters["key"] = _tuple(parameters["key"])
    full: list[Any] = []
    named: dict[str, Any] = {}
    for name, parameter in definition.signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            full += variadic
        elif parameter.kind is parameter.KEYWORD_ONLY:
            named[name] = parameters.get(name, parameter.default)
        elif name in parameters or parameter.default is not parameter.empty:
            full.append(parameters.get(name, parameter.default))
        else:
            raise ValueError(
                f"the call of '{operation.op}' (operation '{operation.name}') lacks the argument '{name}'."
            )
    return operation.symbolic_call(*full, **named)


def _tuple(value: Any) -> Any:
    return tuple(_tuple(item) for item in value) if isinstance(value, list) else value
