"""`StepFunction`: one step of a model, compiled by the backend, over one or several batches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from keras_core import transforms
from keras_core.layers.effects import any_losses
from keras_core.layers.failures import failed_layer
from keras_core.runtime import tree
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.scopes import StatelessScope
from keras_core.runtime.table import active
from keras_core.training.step_scan import scanned, stacked


class StepFunction:
    """Runs a step on each of some batches.

    Several batches of one shape are a loop inside one compiled function, which costs one more trace, whatever their
    number is. Batches that are fewer than before, or of several shapes, run one by one: so a remainder at the end of an
    epoch needs no other function than that of a single batch, which is traced once for each shape. (To fill the last
    batch up and mask it would save that trace, but each layer and metric would have to know of the mask, and the last
    step would take as long as the others.)

    Args:
        model: the model.
        step: takes a batch, returns a tree of tensors.
        prepare: called with the first batch before anything is compiled; tells whether everything is built.
        keeps_all: whether what each step returns is wanted, and not only the last.
        run_eagerly: whether the step runs as it is written, without the backend's compiler.
        jit_compile: as of `transforms.jit`.
    """

    def __init__(
        self,
        model: Any,
        step: Callable[[Any], Any],
        prepare: Callable[[Any], bool],
        keeps_all: bool = False,
        run_eagerly: bool = False,
        jit_compile: bool = False,
    ) -> None:
        self._model = model
        self._step = step
        self._prepare = prepare
        self._is_prepared = False
        self._trained: list[int] | None = None
        self._keeps_all = keeps_all
        self._compiled = None if run_eagerly else transforms.jit(self._run, jit_compile=jit_compile)
        self._scanned = None if run_eagerly or keeps_all else transforms.jit(self._scan, jit_compile=jit_compile)
        self._counts: set[int] = set()
        self._eager_calls = 0

    @property
    def traces(self) -> int:
        """How often the step has run as Python code: to be compiled, or at all where nothing is compiled."""
        functions = (self._compiled, self._scanned)
        return self._eager_calls + sum(function.traces for function in functions if function is not None)

    def __call__(self, batches: Sequence[Any], is_own: bool = False) -> Any:
        """Run the step on each batch.

        Args:
            batches: one batch a step.
            is_own: whether nobody else holds the NumPy arrays in them.

        Returns:
            What the last step returns; a list of what all return where all are wanted.
        """
        results = self.build(batches)
        if results is not None:
            return results
        if self._compiled is None:
            return self._run_eagerly(batches)
        if len(batches) == 1:
            return self._run_compiled(self._compiled, batches[0], batches, is_own)
        count = len(batches)
        is_usual = count in self._counts or count > max(self._counts, default=1)
        if self._scanned is not None and is_usual and transforms.compiles(active()):
            together = stacked(batches, is_own)
            if together is not None:
                self._counts.add(count)
                return self._run_compiled(self._scanned, together, batches, True)
        results = [self([batch], is_own) for batch in batches]
        return [result for part in results for result in part] if self._keeps_all else results[-1]

    def build(self, batches: Sequence[Any]) -> Any:
        """Make all variables that the step needs, before anything is compiled.

        Args:
            batches: one batch a step.

        Returns:
            What `__call__` returns, where the steps had to be run for it; else None.
        """
        if self._is_prepared:
            return None
        is_built = self._prepare(batches[0])
        # What only the step builds cannot be made inside a compiled function.
        results = None if is_built else self._run_eagerly(batches)
        self._is_prepared = True
        self._trained = self._variables_to_train()
        return results

    def is_stale(self) -> bool:
        """Tell whether other variables are to be trained than those for which the step was compiled."""
        return self._trained is not None and self._trained != self._variables_to_train()

    def _variables_to_train(self) -> list[int]:
        return [id(variable) for variable in self._model.trainable_variables]

    def _run_compiled(
        self, function: transforms.CompiledFunction, argument: Any, batches: Sequence[Any], is_own: bool
    ) -> Any:
        try:
            return (function.call_on_own if is_own else function)(argument)
        except Exception as error:
            # What is run and not compiled has failed by itself: once more it would only do it twice.
            if not function.is_tracing or not transforms.compiles(active()):
                raise
            return self._run_instead(batches, error)

    def _run_instead(self, batches: Sequence[Any], error: Exception) -> Any:
        """Run uncompiled what could not be traced, this time and ever after; raise the error if it fails there too."""
        try:
            with StatelessScope() as scope:  # nothing is assigned unless all goes well
                results = self._run_eagerly(batches)
        except Exception:
            raise error from None
        for variable, value in scope.updates():
            variable.assign(value)
        self._compiled = self._scanned = None
        where = failed_layer(error) or self._model.label
        warnings.warn(
            f"{self._model.label}: {self._step.__name__} runs uncompiled, which is slower, since {where} cannot be "
            f"compiled: {type(error).__name__}: {str(error).strip().partition(chr(10))[0]} Its code needs the values "
            "of tensors: let ops such as ops.where and ops.cond decide instead of Python, or compile the model with "
            "run_eagerly=True.",
            stacklevel=2,
        )
        return results

    def _run_eagerly(self, batches: Sequence[Any]) -> Any:
        self._eager_calls += 1
        table = active()
        results = [self._one(tree.map_structure(lambda x: _to_tensor(table, x), batch)) for batch in batches]
        return results if self._keeps_all else results[-1]

    def _run(self, batch: Any) -> Any:
        return [self._one(batch)] if self._keeps_all else self._one(batch)

    def _scan(self, batches: Any) -> Any:
        return scanned(self._one, batches)

    def _one(self, batch: Any) -> Any:
        result = self._step(batch)
        if any_losses():
            self._model._clear_losses()  # those of a trace are no values
        return result


def _to_tensor(table: Any, x: Any) -> Any:
    return x if transforms.is_static(x) else to_tensor(table, x)
