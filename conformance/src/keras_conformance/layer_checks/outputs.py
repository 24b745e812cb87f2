"""Properties of what a call gives: shapes, dtypes, values, masks, and what it leaves behind."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_conformance.case import FLOATS, host_dtype, map_arrays
from keras_conformance.layer_checks.bench import Bench
from keras_conformance.layer_checks.examination import Examination


def check_shape(examination: Examination) -> None:
    """Check that promised, symbolic and computed shapes agree, those of an unknown number of rows too."""
    specimen, layer = examination.specimen, examination.bench.layer
    computed = [array.shape for array in examination.outcome.outputs]
    for size in (specimen.batch, None):
        what = "a batch of unknown size" if size is None else f"a batch of {size}"
        inputs, named = specimen.symbolic(size)
        with examination.doing("shape", f"symbolic call, {what}"):
            symbolic = [output.shape for output in _leaves(layer(inputs, **named))]
            specified = [output.shape for output in _leaves(layer.compute_output_spec(inputs, **named))]
        agreed = symbolic if size is None else computed
        if all(_is_tensors(value) for value in specimen.call.values()):  # of other arguments it is told nothing
            with examination.doing("shape", f"compute_output_shape, {what}"):
                promised = _promised(layer, inputs, named)
            examination.demand("shape", f"compute_output_shape, {what}", agreed, promised)
        examination.demand("shape", f"symbolic call, {what}", agreed, symbolic)
        examination.demand("shape", f"compute_output_spec, {what}", agreed, specified)
        for one, other in zip(symbolic, computed, strict=True):
            if len(one) != len(other) or any(a is not None and a != b for a, b in zip(one, other, strict=True)):
                raise examination.differs("shape", f"symbolic call, {what}", other, one)


def _is_tensors(value: Any) -> bool:
    return all(_is_tensors(item) for item in value) if isinstance(value, list) else isinstance(value, np.ndarray)


def _promised(layer: Any, inputs: Any, named: dict[str, Any]) -> list[tuple[int | None, ...]]:
    """Return the shapes that `compute_output_shape` gives, as a flat list."""
    from keras_core.layers.build import call_with_shapes, is_shape, shapes_of
    from keras_core.layers.call_facts import arguments_by_name, facts_of_function
    from keras_core.runtime.table import active

    shapes = shapes_of(active(), arguments_by_name(facts_of_function(type(layer).call), (inputs,), named))
    pending, found = [call_with_shapes(layer.compute_output_shape, shapes)], []
    while pending:
        shape = pending.pop(0)
        if is_shape(shape) and not isinstance(shape, dict):
            found.append(tuple(shape))
        else:
            pending = [*(shape.values() if isinstance(shape, dict) else shape), *pending]
    return found


def _leaves(outputs: Any) -> list[Any]:
    from keras_core import tree

    return tree.flatten(outputs)


def check_dtype(examination: Examination, expected: str | None = None) -> None:
    """Check that outputs have the compute dtype of the policy, weights its variable dtype, and symbolic calls say so.

    Args:
        examination: the layer.
        expected: dtype of the outputs; None for the compute dtype where they are floats.
    """
    _check_dtypes(examination, examination.bench, "dtype", expected)
    reference = examination.reference
    with reference.at_work():
        _check_dtypes(examination, reference, "dtype", None if expected in FLOATS else expected)


def _check_dtypes(examination: Examination, bench: Bench, property: str, expected: str | None) -> None:
    specimen, layer = examination.specimen, bench.layer
    for output in bench.dtypes:
        wanted = expected or (layer.compute_dtype if output in FLOATS else output)
        examination.demand(property, f"dtype of an output with the policy '{bench.policy}'", wanted, output)
    inputs, named = specimen.symbolic(specimen.batch)
    symbolic = [output.dtype for output in _leaves(layer(inputs, **named))]
    examination.demand(property, "dtypes of a symbolic call", bench.dtypes, symbolic)
    for weight in layer.weights:
        if weight.dtype in FLOATS:
            examination.demand(property, f"dtype of '{weight.path}'", layer.variable_dtype, weight.dtype)


def check_value(examination: Examination) -> None:
    """Check the outputs of an eager call beside those of the reference."""
    for position, (got, expected) in enumerate(
        zip(examination.outcome.outputs, examination.expected.outputs, strict=True)
    ):
        examination.near("value", f"output {position}", expected, got)


def check_mixed(examination: Examination, dtype: str) -> None:
    """Check dtypes and values with a mixed policy, beside the reference on inputs and weights of that precision.

    Args:
        examination: the layer.
        dtype: in which it computes, `"float16"` or `"bfloat16"`.
    """
    from dataclasses import replace

    def rounded(array: np.ndarray) -> np.ndarray:
        return array.astype(host_dtype(dtype)).astype(array.dtype) if array.dtype.name in FLOATS else array

    property, specimen = f"mixed_{dtype}", examination.specimen
    weights = [rounded(array) for array in examination.bench.layer.get_weights()]
    call = {name: map_arrays(value, rounded) for name, value in specimen.call.items()}
    narrow = replace(specimen, inputs=map_arrays(specimen.inputs, rounded), call=call)
    with examination.doing(property, "a call"), examination.bench.at_work():
        bench = Bench(narrow, property, weights)
        got = bench.outcome.outputs
    _check_dtypes(examination, bench, property, None)
    expected = examination.reference_with(weights, narrow).outcome.outputs
    for position, (one, other) in enumerate(zip(got, expected, strict=True)):
        examination.near(property, f"output {position}", other, one)


def check_mask(examination: Examination, expected: bool | None = None) -> None:
    """Check that the masks of the outputs are those of the reference, of `compute_mask` and of symbolic calls.

    Args:
        examination: the layer.
        expected: whether the outputs have a mask; None where that is not said.
    """
    layer, got = examination.bench.layer, examination.outcome
    for position, (mask, other) in enumerate(zip(got.masks, examination.expected.masks, strict=True)):
        what = f"mask of output {position}"
        if expected is not None:
            examination.demand("mask", f"{what}: is there one", expected, mask is not None)
        examination.demand("mask", f"{what}: has the reference one", other is not None, mask is not None)
        if mask is not None and other is not None:
            examination.same("mask", what, other, mask)
    promised = _computed_masks(examination, layer)
    if promised is not None and layer.supports_masking:
        examination.demand("mask", "compute_mask: is there one", [m is not None for m in got.masks], promised)
    inputs, named = examination.specimen.symbolic(examination.specimen.batch)
    _describe_mask(examination, inputs)
    symbolic = [output._keras_mask is not None for output in _leaves(layer(inputs, **named))]
    examination.demand("mask", "symbolic call: is there one", [mask is not None for mask in got.masks], symbolic)


def _describe_mask(examination: Examination, inputs: Any) -> None:
    from keras_core import KerasTensor

    if examination.specimen.mask is not None:
        for leaf in _leaves(inputs):
            leaf._keras_mask = KerasTensor(examination.specimen.mask.shape, "bool")


def _computed_masks(examination: Examination, layer: Any) -> list[bool] | None:
    """Return whether `compute_mask` gives a mask for each output; None where the call has further arguments."""
    from keras_core import tree

    specimen, bench = examination.specimen, examination.bench
    if specimen.call or not isinstance(specimen.inputs, np.ndarray):
        return None
    mask = None if specimen.mask is None else bench.tensor(specimen.mask)
    masks = layer.compute_mask(bench.tensor(specimen.given()[0]), mask)
    if isinstance(masks, list | tuple):
        return [mask is not None for mask in tree.flatten(masks)]
    return [masks is not None] * len(bench.outcome.outputs)


def check_state(examination: Examination) -> None:
    """Check that inference changes nothing and training no trainable weight, and that all state is the layer's own."""
    from keras_core.runtime.scopes import StatelessScope

    bench, layer = examination.bench, examination.bench.layer
    with bench.at_work():
        first = bench.forward(training=False)
        changed = bench.changed(layer.variables)
        examination.demand("state", "variables that a call with training=False changes", [], changed)
        with StatelessScope() as scope:
            bench.forward(training=False)
    for one, other in zip(first.outputs, examination.outcome.outputs, strict=True):
        examination.same("state", "outputs of a call with training=False, beside one without", other, one)
    known = {id(variable) for variable in [*layer.variables, *layer.metrics_variables]}
    unknown = [v.path for key, v in {**scope.read, **scope.written}.items() if key not in known]
    examination.demand("state", "variables that a call reads and that 'variables' does not have", [], unknown)
    if examination.specimen.why_weights_change:
        return
    reference = examination.reference
    with reference.at_work():
        reference.forward(training=True)
        changed = reference.changed(reference.layer.trainable_variables)
    examination.demand("state", "trainable weights that a call with training=True changes", [], changed)


def check_batch(examination: Examination, empty: bool = True) -> None:
    """Check that a batch of one row gives the first row of the outputs, and one of no rows none.

    Args:
        examination: the layer.
        empty: whether the layer takes a batch without rows.
    """
    bench, size = examination.bench, examination.specimen.batch
    for rows in (1, 0) if empty else (1,):
        what = "a batch of one row" if rows else "a batch of no rows"
        with examination.doing("batch", what), bench.at_work():
            got = bench.forward(rows=slice(rows))
        for one, other in zip(got.outputs, examination.outcome.outputs, strict=True):
            expected = other[:rows] if other.ndim and len(other) == size else other
            examination.near("batch", what, expected, one, 2)
