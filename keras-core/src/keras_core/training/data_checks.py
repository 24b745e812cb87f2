"""What the targets and weights of data are examined for, and what is said of the batch in which a step fails."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np

from keras_core import losses, ops
from keras_core.losses import LossFunctionWrapper
from keras_core.runtime.table import active
from keras_core.training.compiled_loss import CompiledLoss
from keras_core.training.data.columns import arrays_of, number_of_rows
from keras_core.training.data.source import Source
from keras_core.training.data.unpack import unpack_x_y_sample_weight
from keras_core.training.steps import Steps


class ErrorsOf:
    """Context manager that puts model and method before the messages of errors about data."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __enter__(self) -> None:
        return None

    def __exit__(self, _class: Any, error: BaseException | None, _traceback: Any) -> None:
        if isinstance(error, ValueError) and len(error.args) == 1:
            error.args = (f"{self._prefix}{error.args[0]}",)


class DataChecks:
    """Runs steps on data that it has looked at: data in memory once and for all, others batch by batch.

    A framework computes with labels that no class has and weights that are no numbers; what comes out is NaN, or says
    nothing of where it came from. Arrays on the host are examined before a step. Tensors on a device are fetched only
    once, or after an error.

    Args:
        model: the model.
        method: its method that was called, for errors.
        step: name of the step. One of the user's own takes data of any kind.
        source: where the batches come from; None for a batch from the caller of the method.
    """

    def __init__(self, model: Any, method: str, step: str, source: Source | None = None) -> None:
        self._model = model
        self._method = method
        self._prefix = f"{model.label}: {method}: "
        self._everything = None if source is None else source.everything
        self._is_numbered = source is not None
        needed = (step,) if step == "predict_step" else (step, "compute_loss")
        self._is_standard = all(getattr(type(model), name) is getattr(Steps, name) for name in needed)
        self._has_targets = step != "predict_step"
        self._is_done = not (self._is_standard and self._has_targets)
        self._is_first = True
        self._has_warned = False

    def run(self, function: Callable[..., Any], first: int, batches: Sequence[Any], *arguments: Any) -> Any:
        """Return what a function returns for some batches.

        Args:
            function: takes the batches.
            first: number of the first of them.
            batches: the batches.
            *arguments: further arguments of the function.

        Raises:
            ValueError: for batches that the function would not or did not compute right, naming what is wrong.
        """
        if not self._is_done:
            self._look_at(first, batches)
        try:
            return function(batches, *arguments)
        except Exception as error:
            self.explain(error, first, batches)
            raise

    def warn_of_loss(self, loss: Any) -> None:
        """Warn of the first loss of an epoch that is not finite, and say which data are not.

        Args:
            loss: a float; anything else is left alone.
        """
        if self._has_warned or not isinstance(loss, float) or math.isfinite(loss):
            return
        self._has_warned = True
        cause = None if self._everything is None else where_not_finite(dict(zip("xy", self._everything, strict=False)))
        if cause is None:
            data = "Look for such numbers in the data." if self._everything is None else "All numbers of x and y are."
            cause = f"{data} A smaller learning rate may help, clipnorm of the optimizer, or a loss of logits"
        warnings.warn(f"{self._prefix}the loss is {loss}, not finite. {cause}.", stacklevel=4)

    def explain(self, error: Exception, first: int, batches: Sequence[Any]) -> None:
        """Say in which batch an error was, or raise a clearer one.

        Args:
            error: what a function of the batches raised.
            first: number of the first of them.
            batches: the batches.
        """
        numbers = f"batch {first}" if len(batches) == 1 else f"batches {first} to {first + len(batches) - 1}"
        note = f"in {numbers} of the epoch, of {self._method}"
        if self._is_standard:
            if self._has_targets and self._everything is None:
                self._examine_batches(first, batches, fetches=True, failed=True)
            if not isinstance(error, ValueError):
                for batch in batches:
                    self._call_symbolically(batch, error, note)
        if self._is_numbered and (first > 0 or self._everything is None):
            error.add_note(note)

    def _call_symbolically(self, batch: Any, error: Exception, note: str) -> None:
        # A program that is compiled for any sizes does not look at them as the code of the layers does.
        try:
            self._model._outputs_for(unpack_x_y_sample_weight(batch)[0])
        except ValueError as clearer:
            clearer.add_note(note)
            raise clearer from error

    def _look_at(self, first: int, batches: Sequence[Any]) -> None:
        loss = self._model._compiled.loss
        if loss is not None and not loss.built:
            x, y, _ = unpack_x_y_sample_weight(batches[0])
            self._model._build_compiled(x, y)
        if self._everything is None:
            self._examine_batches(first, batches, fetches=self._is_first)
        else:
            self._is_done = True
            with ErrorsOf(self._prefix):
                self._examine(self._everything, fetches=True)
        self._is_first = False

    def _examine_batches(self, first: int, batches: Sequence[Any], fetches: bool, failed: bool = False) -> None:
        for position, batch in enumerate(batches, first):
            parts = unpack_x_y_sample_weight(batch)
            try:
                _examine_rows(parts, failed)
                self._examine(parts, fetches)
            except ValueError as error:
                where = f"batch {position} of the data: " if self._is_numbered else ""
                raise ValueError(f"{self._prefix}{where}{error}") from error

    def _examine(self, parts: tuple[Any, Any, Any], fetches: bool) -> None:
        _, y, sample_weight = parts
        loss = self._model._compiled.loss
        if loss is not None and y is not None:
            examine(loss, y, sample_weight, fetches)
            if self._is_first:
                _warn_of_repetition(self._prefix, loss, y)


def where_not_finite(data: Mapping[str, Any]) -> str | None:
    """Return where data have the first NaN or infinite number, None where there is none.

    Args:
        data: argument name -> arrays and tensors.
    """
    for argument, part in data.items():
        for leaf in arrays_of(part):
            wrong = _not_finite(ops.convert_to_numpy(leaf))
            if wrong is not None:
                return f"{argument} has {wrong}"
    return None


def _not_finite(array: np.ndarray | None) -> str | None:
    if array is None or array.dtype.kind not in "fc" or np.isfinite(array).all():
        return None
    place = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
    return f"{array[place]} {_shown(place)}"


def _examine_rows(parts: tuple[Any, Any, Any], failed: bool) -> None:
    """Refuse batches without samples, and after an error those of which one argument has more than another.

    Otherwise they may differ: the rows of the inputs of a graph are its nodes, and it has one target.
    """
    lengths = [{int(leaf.shape[0]) for leaf in arrays_of(part)} for part in (parts if failed else parts[:1])]
    if lengths[0] == {0} or (failed and all(len(found) <= 1 for found in lengths)):
        number_of_rows(dict(zip(("x", "y", "sample_weight"), parts, strict=True)))


def examine(loss: CompiledLoss, y: Any, sample_weight: Any, fetches: bool = False) -> None:
    """Look at the numbers in targets and weights.

    Args:
        loss: the loss of all outputs, built.
        y: targets.
        sample_weight: weights, or None.
        fetches: whether tensors on a device are looked at too.

    Raises:
        ValueError: for labels that no class has, and weights that are not finite.
    """
    for output in loss.of_outputs(y, sample_weight):
        weight = _on_host(output.weight, fetches)
        wrong = _not_finite(weight)
        if wrong is not None:
            raise ValueError(f"sample_weight: expected finite numbers, got {wrong}.")
        if not _is_plain(output.loss) or output.loss.fn not in _LOSSES_OF_LABELS:
            continue
        axis = output.loss.fn_arguments.get("axis", -1)
        classes = output.shape[axis] if -len(output.shape) <= axis < len(output.shape) else None
        labels = None if classes is None else _on_host(output.target, fetches)
        if classes is not None and labels is not None and labels.size:
            _examine_labels(output.label, output.loss, classes, labels, weight)


def _on_host(x: Any, fetches: bool) -> np.ndarray | None:
    if isinstance(x, np.ndarray):
        return x
    return ops.convert_to_numpy(x) if fetches and active().is_tensor(x) else None


def _is_plain(loss: Any) -> TypeGuard[LossFunctionWrapper]:
    """Tell whether a loss is its function, and not one of a class that makes something of the targets first."""
    return isinstance(loss, LossFunctionWrapper) and type(loss).call is LossFunctionWrapper.call


def _examine_labels(
    label: str, loss: LossFunctionWrapper, classes: int, labels: np.ndarray, weight: np.ndarray | None
) -> None:
    if labels.min() >= 0 and labels.max() < classes:  # NaN is neither
        return
    ignored = loss.fn_arguments.get("ignore_class")
    wrong = ~((labels >= 0) & (labels < classes)) & (labels != ignored)
    if weight is not None and weight.shape == labels.shape[: weight.ndim]:
        # A negative label counts from the end, which does no harm where it has no weight.
        padding = (weight == 0).reshape(weight.shape + (1,) * (labels.ndim - weight.ndim))
        wrong &= ~((labels < 0) & (labels >= -classes) & padding)
    if not wrong.any():
        return
    place = tuple(np.argwhere(wrong)[0].tolist())
    hint = "Labels that do not count are for ignore_class of the loss."
    if labels[place] == classes:
        hint = "Do the labels begin at 1? Subtract 1 then, or give the last layer one more unit."
    elif labels[place] > classes:
        hint = "The last layer needs a unit for each class."
    raise ValueError(
        f"y: expected class numbers in [0, {classes}) for the loss '{loss.name}' of the output '{label}', "
        f"got {labels[place]} {_shown(place)}. {hint}"
    )


def _shown(place: tuple[int, ...]) -> str:
    inside = "" if len(place) == 1 or not any(place[1:]) else f", position {place[1:]}"
    return f"at sample {place[0]}{inside}" if place else "for all samples"


def _warn_of_repetition(prefix: str, loss: CompiledLoss, y: Any) -> None:
    """Warn where a loss of numbers would repeat targets or outputs to make them fit each other."""
    for output in loss.of_outputs(y):
        target = tuple(getattr(output.target, "shape", ()))
        if not _is_plain(output.loss) or len(target) != len(output.shape):
            continue
        function = output.loss.fn
        is_known = getattr(losses, getattr(function, "__name__", ""), None) is function
        if not is_known or function in _LOSSES_OF_LABELS:
            continue
        if any(a != b and 1 in (a, b) for a, b in zip(target[1:], output.shape[1:], strict=True)):
            warnings.warn(
                f"{prefix}y: targets of shape {target} and the output '{output.label}' of shape {output.shape} differ; "
                "the loss repeats the one to compare it with the other. Give the last layer a unit for each number of "
                "a target.",
                stacklevel=5,
            )


_LOSSES_OF_LABELS = (losses.sparse_categorical_crossentropy, losses.categorical_generalized_cross_entropy)
