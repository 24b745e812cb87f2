"""`check_layer`: everything that must hold for a layer, for those who write layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from keras_conformance.case import map_arrays
from keras_conformance.layer_checks.derivatives import check_compiled, check_gradient
from keras_conformance.layer_checks.examination import Examination
from keras_conformance.layer_checks.outputs import (
    check_batch,
    check_dtype,
    check_mask,
    check_mixed,
    check_shape,
    check_state,
    check_value,
)
from keras_conformance.layer_checks.persistence import check_config, check_saving, check_weights
from keras_conformance.layer_checks.specimen import Specimen, drawn
from keras_conformance.layer_checks.training import Statistics, check_random, check_training

Shape = Sequence[int]


def check_layer(
    layer_class: Callable[..., Any],
    init_kwargs: Mapping[str, Any] | None = None,
    *,
    input_shape: Shape | Sequence[Shape] | Mapping[str, Shape] | None = None,
    input_data: Any = None,
    input_dtype: Any = "float32",
    input_mask: Any = None,
    call_kwargs: Mapping[str, Any] | None = None,
    expected_output: Any = None,
    expected_output_shape: Any = None,
    expected_output_dtype: str | None = None,
    expected_num_trainable_weights: int | None = None,
    expected_num_non_trainable_weights: int | None = None,
    expected_num_seed_generators: int | None = None,
    expected_num_losses: int | None = None,
    expected_output_mask: bool | None = None,
    supports_masking: bool | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    statistics: Statistics | None = None,
    tolerance: float = 1.0,
    why_not_smooth: str = "",
    why_weights_change: str = "",
    run_training_check: bool = True,
    run_mixed_precision_check: bool = True,
    run_saving_check: bool = True,
    run_empty_batch_check: bool = True,
) -> Any:
    """Check everything that must hold for a layer, on the active backend.

    These properties are checked, in this order; the first that does not hold is raised. Numbers are held against the
    same layer with the same weights on the NumPy backend in float64, within the table of tolerances of the suite.

    - `counts`: numbers of weights, of seed generators and of losses
    - `shape`: `compute_output_shape`, `compute_output_spec`, symbolic and real calls agree, with a batch of unknown
      size too
    - `dtype`: outputs, symbolic ones too, have the compute dtype of the policy, weights its variable dtype
    - `config`: `get_config` has all of `init_kwargs`, survives JSON, and makes a layer that computes the same
    - `weights`: `save_own_variables` and `load_own_variables` carry over all that outputs depend on
    - `state`: inference changes no variable, training no trainable one; no variable is outside `variables`
    - `mask`: masks of outputs are those of `compute_mask`, of symbolic calls and of the reference
    - `value`: outputs
    - `gradient`: by inputs and weights, eager and compiled; those of the reference are the slopes of its outputs
    - `compiled`: outputs, losses and new state are those of an eager call
    - `random`: random numbers of training follow from the seed, eager and compiled
    - `batch`: one row gives the first row of the outputs, no rows give none
    - `mixed_float16`, `mixed_bfloat16`: dtypes and outputs
    - `saving`: a model with the layer computes the same after it was saved and loaded
    - `training`: a model with the layer can be trained

    Args:
        layer_class: the class, or any function that takes `init_kwargs` and returns a new layer. Layers inside must be
            new too: `lambda: TimeDistributed(Dense(3))`. It takes its dtype policy from the global one.
        init_kwargs: arguments of the constructor, without `dtype`.
        input_shape: of the first argument of `call`, the size of the batch included; or a list or dict of shapes.
        input_data: the first argument itself, arrays, in place of `input_shape`.
        input_dtype: of what is drawn for `input_shape`, or a list or dict of dtypes.
        input_mask: bool array `(batch, steps)` that each input has as its mask.
        call_kwargs: further arguments of `call`; arrays become tensors.
        expected_output: array that the output is near, a list of arrays for several ones; from a formula of your own.
        expected_output_shape: of the outputs, or a list of shapes.
        expected_output_dtype: of the outputs; by default the compute dtype where they are floats.
        expected_num_trainable_weights: number of weights.
        expected_num_non_trainable_weights: number of weights that training does not change by gradients.
        expected_num_seed_generators: number of states of random seeds.
        expected_num_losses: number of losses after a call.
        expected_output_mask: whether the outputs have a mask.
        supports_masking: what `supports_masking` is.
        custom_objects: classes and functions by name, beside the class of the layer, that its configuration names.
        statistics: `(inputs, outputs) -> name -> (got, expected, bound)` of what holds for the outputs of a layer that
            draws random numbers in training.
        tolerance: factor on the tolerances of the table.
        why_not_smooth: the reason why gradients are not the slopes of the outputs; empty where they are.
        why_weights_change: the reason why a call in training changes trainable weights; empty where it must not.
        run_training_check: whether the property `training` is checked.
        run_mixed_precision_check: whether the properties `mixed_float16` and `mixed_bfloat16` are checked.
        run_saving_check: whether the property `saving` is checked.
        run_empty_batch_check: whether the layer takes a batch without rows.

    Returns:
        The layer that was examined, built, for what is particular to it.

    Raises:
        LayerMismatch: an AssertionError that says which property does not hold, what was expected and what came.
        ValueError: for arguments that do not go together.

    Example:
        >>> from keras_conformance import check_layer
        >>> from keras_core import layers
        >>> layer = check_layer(
        ...     layers.Dense,
        ...     {"units": 3},
        ...     input_shape=(2, 4),
        ...     expected_output_shape=(2, 3),
        ...     expected_num_trainable_weights=2,
        ... )
        >>> layer.units
        3
    """
    arguments = dict(init_kwargs or {})
    _check_arguments(arguments, input_shape, input_data)
    inputs = drawn(input_shape, input_dtype) if input_data is None else _arrays(input_data)
    examination = Examination(
        Specimen(
            make=lambda: layer_class(**arguments),
            inputs=inputs,
            call=dict(call_kwargs or {}),
            mask=None if input_mask is None else np.asarray(input_mask, bool),
            arguments=arguments if inspect.isclass(layer_class) else {},
            custom_objects=dict(custom_objects or {}),
            tolerance=tolerance,
            why_not_smooth=why_not_smooth,
            why_weights_change=why_weights_change,
        )
    )
    layer, outcome = examination.bench.layer, examination.outcome
    numbers = {
        "trainable weights": (expected_num_trainable_weights, len(layer.trainable_weights)),
        "weights that are not trainable": (expected_num_non_trainable_weights, len(layer.non_trainable_weights)),
        "seed generators": (expected_num_seed_generators, len(layer.variables) - len(layer.weights)),
        "losses": (expected_num_losses, len(layer.losses)),
    }
    for what, (expected, got) in numbers.items():
        if expected is not None:
            examination.demand("counts", f"number of {what}", expected, got)
    if supports_masking is not None:
        examination.demand("mask", "supports_masking", supports_masking, layer.supports_masking)
    if expected_output_shape is not None:
        shapes = [output.shape for output in outcome.outputs]
        examination.demand("shape", "shapes of the outputs", _shapes(expected_output_shape), shapes)
    check_shape(examination)
    check_dtype(examination, expected_output_dtype)
    check_config(examination)
    check_weights(examination)
    check_state(examination)
    check_mask(examination, expected_output_mask)
    if expected_output is not None:
        wanted = [expected_output] if len(outcome.outputs) == 1 else expected_output
        for position, (expected, got) in enumerate(zip(wanted, outcome.outputs, strict=True)):
            examination.near("value", f"output {position}", np.asarray(expected), got)
    check_value(examination)
    check_gradient(examination)
    check_compiled(examination)
    if examination.is_random:
        check_random(examination, statistics)
    check_batch(examination, run_empty_batch_check)
    if run_mixed_precision_check:
        check_mixed(examination, "float16")
        check_mixed(examination, "bfloat16")
    if run_saving_check:
        check_saving(examination)
    if run_training_check:
        check_training(examination)
    examination.bench.restore()
    return layer


def _check_arguments(arguments: Mapping[str, Any], input_shape: Any, input_data: Any) -> None:
    from keras_core import tree
    from keras_core.layers import Layer

    if (input_shape is None) == (input_data is None):
        raise ValueError("check_layer: expected one of 'input_shape' and 'input_data'.")
    if "dtype" in arguments:
        raise ValueError(
            "check_layer: expected 'init_kwargs' without 'dtype', as the layer is made with several policies."
        )
    shared = [name for name, value in arguments.items() if any(isinstance(leaf, Layer) for leaf in tree.flatten(value))]
    if shared:
        raise ValueError(
            f"check_layer: the arguments {shared} of 'init_kwargs' hold layers, which all layers that are made would "
            "share. Give a function in place of the class: lambda: MyWrapper(Dense(3))."
        )


def _arrays(data: Any) -> Any:
    """Return the input data with arrays as leaves."""
    if isinstance(data, list | tuple) and data and not isinstance(data[0], int | float | bool | list | tuple):
        return [_arrays(item) for item in data]
    if isinstance(data, Mapping):
        return {name: _arrays(item) for name, item in data.items()}
    return map_arrays(np.asarray(data), np.asarray)


def _shapes(shapes: Any) -> list[tuple[int, ...]]:
    one = isinstance(shapes, Sequence) and all(isinstance(size, int) for size in shapes)
    return [tuple(shapes)] if one else [tuple(shape) for shape in shapes]
