"""A layer on one backend, with weights that are known, and what calls of it give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from keras_conformance.case import FLOATS, map_arrays
from keras_conformance.layer_checks.specimen import Specimen, policy_scope


@dataclass(frozen=True)
class Outcome:
    """What one call gave, on the host.

    Attributes:
        outputs: the leaves of the outputs.
        masks: of each of them, None where it has none.
    """

    outputs: list[np.ndarray]
    masks: list[np.ndarray | None]


@dataclass(frozen=True)
class Evaluation:
    """What a call and the derivatives of a weighted sum of its float outputs and of its losses gave.

    Attributes:
        outputs: the leaves of the outputs.
        losses: of the layer.
        gradients: by the name of an input or the path of a weight.
        state: the values that weights without gradients have afterwards, by path.
    """

    outputs: list[np.ndarray]
    losses: list[np.ndarray]
    gradients: dict[str, np.ndarray]
    state: dict[str, np.ndarray]


class Bench:
    """A layer of a specimen on the backend that is active when the bench is made; it is built at once.

    Args:
        specimen: how it is made and called.
        policy: its dtype policy.
        weights: values of its weights; the layer is built by a symbolic call then. None for its first ones, after a
            call as users make it, moved off zeros and ones, where derivatives vanish.
        layer: the layer, where it is there already.
    """

    def __init__(
        self,
        specimen: Specimen,
        policy: str = "float32",
        weights: Sequence[np.ndarray] | None = None,
        layer: Any = None,
    ) -> None:
        from keras_core.runtime.table import active

        self.specimen, self.policy, self.table = specimen, policy, active()
        self.input_dtype = "float64" if policy == "float64" else "float32"
        with policy_scope(policy):
            self.layer = specimen.make() if layer is None else layer
        if weights is None:
            self.forward()
            weights = _moved(self.layer.get_weights())
        else:
            inputs, named = specimen.symbolic(specimen.batch)
            self.layer(inputs, **named)
        self.layer.set_weights(weights)
        self.first = [variable.numpy() for variable in self.layer.variables]

    @cached_property
    def outcome(self) -> Outcome:
        """What an eager call without `training` gives."""
        with self.at_work():
            return self.forward()

    @property
    def dtypes(self) -> list[str]:
        """Names of the dtypes of the outputs."""
        return [array.dtype.name for array in self.outcome.outputs]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Make its backend the active one, and begin at the first values of all variables."""
        from keras_core.runtime.table import use_table

        with use_table(self.table):
            self.restore()
            yield

    def restore(self) -> None:
        """Give all variables their first values."""
        for variable, value in zip(self.layer.variables, self.first, strict=True):
            variable.assign(value)

    def changed(self, variables: Sequence[Any]) -> list[str]:
        """Return the paths of those variables that no longer have their first values."""
        first = {id(variable): value for variable, value in zip(self.layer.variables, self.first, strict=True)}
        return [v.path for v in variables if v.numpy().tobytes() != first[id(v)].tobytes()]

    # calls

    def tensor(self, array: np.ndarray) -> Any:
        """Return an array as a tensor of its backend."""
        return self.table.from_host(np.array(array), array.dtype.name)

    def array(self, tensor: Any) -> np.ndarray:
        """Return a tensor, or what the host has already, as an array."""
        return np.asarray(self.table.to_host(tensor) if isinstance(tensor, self.table.tensor_types) else tensor)

    def call(self, inputs: Any, named: dict[str, Any], training: bool | None = None) -> Any:
        """Call the layer on tensors, with the mask of the specimen on those of the inputs."""
        from keras_core import tree
        from keras_core.runtime.call_context import set_mask

        if self.specimen.mask is not None:
            rows = tree.flatten(inputs)[0].shape[0]
            mask = self.tensor(self.specimen.mask[:rows])
            for leaf in tree.flatten(inputs):
                set_mask(leaf, mask)
        named = named if training is None else {**named, "training": training}
        return self.layer(inputs, **named)

    def forward(self, training: bool | None = None, rows: slice = slice(None)) -> Outcome:
        """Call the layer eagerly, variables as they are.

        Args:
            training: the argument of the call, None for none.
            rows: of the batch.
        """
        from keras_core import tree
        from keras_core.runtime.call_context import get_mask

        inputs, named = self.specimen.given(self.input_dtype, rows)
        outputs = self.call(
            map_arrays(inputs, self.tensor), {n: map_arrays(v, self.tensor) for n, v in named.items()}, training
        )
        leaves = tree.flatten(outputs)
        masks = [get_mask(leaf) for leaf in leaves]
        return Outcome(list(map(self.array, leaves)), [None if mask is None else self.array(mask) for mask in masks])

    # derivatives

    def evaluation(self, training: bool | None, compiled: bool) -> Evaluation:
        """Return outputs, derivatives and new state of one call.

        Args:
            training: the argument of the call.
            compiled: whether all of it is one compiled program.
        """
        from keras_core import transforms

        factors = self._factors()
        with self.at_work():
            variables, tensors = self._differentiable()
            chosen = [variable for _, variable in variables]
            own = set(map(id, self.layer.variables))
            every = [*(variable for variable in chosen if id(variable) not in own), *self.layer.variables]

            def step() -> dict[str, Any]:
                return self._step(tensors, chosen, factors, training)

            found = (transforms.jit(step, variables=every, donate=False) if compiled else step)()
            return Evaluation(
                list(map(self.array, found["outputs"])),
                list(map(self.array, found["losses"])),
                {name: self.array(gradient) for (name, _), gradient in zip(variables, found["gradients"], strict=True)},
                {variable.path: variable.numpy() for variable in self.layer.non_trainable_weights},
            )

    def total(self, training: bool | None, changes: dict[str, np.ndarray]) -> float:
        """Return the sum of which `evaluation` has the derivatives, with some inputs or weights changed."""
        from keras_core.runtime.scopes import StatelessScope

        factors = self._factors()
        with self.at_work():
            variables, tensors = self._differentiable()
            for name, variable in variables:
                if name in changes:
                    variable.assign(changes[name])
            with StatelessScope():  # as where it is differentiated
                return float(self.array(self._loss(tensors, factors, training)[0]))

    def differentiable(self) -> dict[str, np.ndarray]:
        """Return the values by which `evaluation` differentiates, by their names."""
        with self.at_work():
            return {name: variable.numpy() for name, variable in self._differentiable()[0]}

    def _differentiable(self) -> tuple[list[tuple[str, Any]], tuple[Any, dict[str, Any]]]:
        """Return named variables, inputs among them, and the arguments in which these stand for arrays of floats."""
        from keras_core import Variable

        found: list[tuple[str, Any]] = []

        def held(array: np.ndarray) -> Any:
            if array.dtype.name not in FLOATS:
                return self.tensor(array)
            name = f"input {len(found)}"
            found.append((name, Variable(array, dtype=array.dtype.name, name=name.replace(" ", "_"))))
            return found[-1][1]

        inputs, named = self.specimen.given(self.input_dtype)
        arguments = map_arrays(inputs, held), {name: map_arrays(value, held) for name, value in named.items()}
        return [*found, *((variable.path, variable) for variable in self.layer.trainable_variables)], arguments

    def _step(self, arguments: Any, variables: list[Any], factors: list[Any], training: bool | None) -> dict[str, Any]:
        from keras_core import transforms

        def loss() -> Any:
            total, outputs, losses = self._loss(arguments, factors, training)
            return total, {"outputs": outputs, "losses": losses}

        if not variables:
            return {**loss()[1], "gradients": []}
        (_, found), gradients = transforms.value_and_grad(loss, has_aux=True, variables=variables)()
        return {**found, "gradients": gradients}

    def _loss(self, arguments: Any, factors: list[Any], training: bool | None) -> tuple[Any, list[Any], list[Any]]:
        from keras_core import Variable, ops, tree

        inputs, named = tree.map_structure(lambda leaf: leaf.value if isinstance(leaf, Variable) else leaf, arguments)
        outputs = tree.flatten(self.call(inputs, named, training))
        losses = list(self.layer.losses)
        total = ops.zeros((), self.input_dtype)
        for output, factor in zip(outputs, factors, strict=True):
            if factor is not None:
                total = ops.add(total, ops.sum(ops.multiply(output, factor)))
        for loss in losses:
            total = ops.add(total, loss)
        return total, outputs, losses

    def _factors(self) -> list[Any]:
        """Return what the outputs are multiplied by in the sum, None for outputs that are no floats."""
        random = np.random.Generator(np.random.Philox(key=7))
        numbers = [(random.uniform(-1, 1, output.shape), output.dtype) for output in self.outcome.outputs]
        return [self.tensor(array.astype(dtype)) if dtype.name in FLOATS else None for array, dtype in numbers]


def _moved(weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    random = np.random.Generator(np.random.Philox(key=11))
    return [
        array + random.uniform(0.02, 0.2, array.shape).astype(array.dtype) if array.dtype.name in FLOATS else array
        for array in weights
    ]
