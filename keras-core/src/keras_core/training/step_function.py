"""`StepFunction`: one step of a model, compiled by the backend, over one or several batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from keras_core import transforms
from keras_core.layers.effects import any_losses
from keras_core.runtime import tree
from keras_core.runtime.conversion import to_tensor
from keras_core.runtime.table import active


class StepFunction:
    """Runs a step on each of some batches.

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
        self._eager_calls = 0

    @property
    def traces(self) -> int:
        """How often the step has run as Python code: to be compiled, or at all where nothing is compiled."""
        return self._eager_calls + (self._compiled.traces if self._compiled is not None else 0)

    def __call__(self, batches: Sequence[Any], is_own: bool = False) -> Any:
        """Run the step on each batch.

        Args:
            batches: one batch a step.
            is_own: whether nobody else holds the NumPy arrays in them.

        Returns:
            What the last step returns; a list of what all return where all are wanted.
        """
        if self._is_prepared:
            if self._compiled is None:
                return self._run_eagerly(batches)
            return (self._compiled.call_on_own if is_own else self._compiled)(list(batches))
        results = self.build(batches)
        return self(batches, is_own) if results is None else results

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

    def _run_eagerly(self, batches: Sequence[Any]) -> Any:
        self._eager_calls += 1
        table = active()
        return self._run([tree.map_structure(lambda x: _to_tensor(table, x), batch) for batch in batches])

    def _run(self, batches: list[Any]) -> Any:
        results = []
        for batch in batches:
            results.append(self._step(batch))
            if any_losses():
                self._model._clear_losses()  # those of a trace are no values
        return results if self._keeps_all else results[-1]


def _to_tensor(table: Any, x: Any) -> Any:
    return x if transforms.is_static(x) else to_tensor(table, x)
