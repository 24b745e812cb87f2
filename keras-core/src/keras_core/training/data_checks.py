"""What the targets and weights of data are examined for, and what is said of the batch in which a step fails."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
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
        self._everything = None if source is None else source.everything
        self._is_numbered = source is not None
        needed = (step,) if step == "predict_step" else (step, "compute_loss")
        self._is_standard = all(getattr(type(model), name) is getattr(Steps, name) for name in needed)
        self._has_targets = step != "predict_step"
        self._is_done = not (self._is_standard and self._has_targets)
        self._is_first = True

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
            self._explain(error, first, batches)
            raise

    def _explain(self, error: Exception, first: int, batches: Sequence[Any]) -> None:
        """Say in which batch an error was, or raise a clearer one."""
        numbers = f"batch {first}" if len(batches) == 1 else f"batches {first} to {first + len(batches) - 1}"
        note = f"in {numbers} of the epoch, of {self._method}"
        if self._is_standard and self._everything is None:
            if self._has_targets:
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
        x, y, _ = unpack_x_y_sample_weight(batches[0])
        self._model._build_compiled(x, y)
        if self._everything is None:
            self._examine_batches(first, batches, fetches=self._is_first)
        else:
            self._is_done = True
            self._examine("", self._everything, fetches=True)
        self._is_first = False

    def _examine_batches(self, first: int, batches: Sequence[Any], fetches: bool, failed: bool = False) -> None:
        for position, batch in enumerate(batches, first):
            parts = unpack_x_y_sample_weight(batch)
            where = f"batch {position} of the data: " if self._is_numbered else ""
            with ErrorsOf(f"{self._model.label}: {self._method}: {where}"):
                _examine_rows(parts, failed)
            self._examine(where, parts, fetches)

    def _examine(self, where: str, parts: tuple[Any, Any, Any], fetches: bool) -> None:
        _, y, sample_weight = parts
        loss = self._model._compiled.loss
        if loss is None or y is None:
            return
        with ErrorsOf(f"{self._model.label}: {self._method}: {where}"):
            examine(loss, y, sample_weight, fetches)
        if self._is_first:
            _warn_of_repetition(f"{self._model.label}: {self._method}: ", loss, y)


def _examine_rows(parts: tuple[Any, Any, Any], failed: bool) -> None:
    """Refuse batches without samples, and after an error those of which one argument has more than another.

    Otherwise they may differ: the rows of the inputs of a graph are its nodes, and it has one target.
    """
    lengths = [{int(leaf.shape[0]) for leaf in arrays_of(part)} for part in parts]
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
        if weight is not None and weight.dtype.kind == "f" and not np.isfinite(weight).all():
            place = tuple(np.argwhere(~np.isfinite(weight))[0].tolist())
            raise ValueError(f"sample_weight: expected finite numbers, got {weight[place]} {_shown(place)}.")
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
