"""Layers with one planted bug each: a scale and an offset of the features, with what layers have beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keras_core import layers, ops, random


class Healthy(layers.Layer):
    """Scales the features, and adds noise while training; counts the batches of training."""

    def __init__(self, power: float = 1.0, noise: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.power = power
        self.noise = noise
        self.supports_masking = True
        if noise:
            self.seed_generator = random.SeedGenerator(3)

    def build(self, input_shape: Any) -> None:
        size = (input_shape[-1],)
        self.factor = self.add_weight(size, "ones", name="factor")
        self.offset = self.add_weight(size, "zeros", name="offset")
        self.mean = self.add_weight(size, "zeros", trainable=False, name="mean")

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.mean.assign(
                ops.add(ops.multiply(self.mean, 0.9), ops.mean(inputs, axis=tuple(range(inputs.ndim - 1))))
            )
        if training and self.noise:
            shape = ops.shape(inputs)
            inputs = ops.add(inputs, random.normal(shape, 0.0, self.noise, self.compute_dtype, self.seed_generator))
        return ops.add(ops.multiply(inputs, ops.power(self.factor, self.power)), self.offset)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "power": self.power, "noise": self.noise}


class WrongShape(Healthy):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], 1)


class WrongSymbolicShape(Healthy):
    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        from keras_core import KerasTensor

        return KerasTensor((*inputs.shape[:-1], 1), inputs.dtype)


class FixedBatch(Healthy):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return (2, *input_shape[1:])


class LosesArgument(Healthy):
    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["power"]
        return config


class ForgetsValue(Healthy):
    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "power": 1.0}


class NoPlainData(Healthy):
    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "power": np.float32(self.power).tobytes}


class DropsMask(Healthy):
    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return None


class MasksOnlyEagerly(Healthy):
    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        from keras_core import KerasTensor

        return None if isinstance(inputs, KerasTensor) else previous_mask


class WrongMask(Healthy):
    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        wrong = previous_mask is not None and inputs.dtype != "float64"
        return ops.logical_not(previous_mask) if wrong else previous_mask


class Hidden:
    """A place where no layer looks for variables."""


class Untracked(Healthy):
    def build(self, input_shape: Any) -> None:
        from keras_core import Variable

        super().build(input_shape)
        self.hidden = Hidden()
        self.hidden.bias = Variable(np.full(input_shape[-1], 0.5, "float32"))

    def call(self, inputs: Any, training: bool = False) -> Any:
        return ops.add(super().call(inputs, training), ops.cast(self.hidden.bias, inputs.dtype))


class CutsGradient(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        return ops.stop_gradient(super().call(inputs, training))


class CutsGradientOfInputs(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        return super().call(ops.stop_gradient(inputs), training)


class FrozenWeight(Healthy):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.extra = self.add_weight((input_shape[-1],), "zeros", trainable=False, name="extra")

    def call(self, inputs: Any, training: bool = False) -> Any:
        return ops.add(super().call(inputs, training), self.extra)


class IgnoresPolicy(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        return ops.cast(super().call(inputs, training), "float32")


class WeightsInComputeDtype(Healthy):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.late = self.add_weight((input_shape[-1],), "zeros", dtype=self.compute_dtype, name="late")

    def call(self, inputs: Any, training: bool = False) -> Any:
        return ops.add(super().call(inputs, training), self.late)


class ChangesInInference(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        self.mean.assign(ops.add(self.mean, 1.0))
        return super().call(inputs, training)


class ChangesTrainable(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs, training)
        if training:
            self.offset.assign(ops.add(self.offset, 1.0))
        return outputs


class CountsTraces(Healthy):
    """Adds how often it has run as Python code: what is compiled keeps the first number."""

    calls = 0

    def call(self, inputs: Any, training: bool = False) -> Any:
        type(self).calls += 1
        return ops.add(super().call(inputs, training), float(type(self).calls))


class OtherWhenCompiled(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        from keras_core.runtime.scopes import in_stateless_scope

        outputs = super().call(inputs, training)
        return ops.multiply(outputs, 1.001) if in_stateless_scope() else outputs


class NoiseWithoutState(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs, training)
        return ops.add(outputs, random.normal((), stddev=0.1)) if training and self.noise else outputs


class SameNoise(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        if training and self.noise:
            next(iter([self.seed_generator.next()]))
            noise = random.normal(ops.shape(inputs), 0.0, self.noise, self.compute_dtype, 5)
            return super().call(ops.add(inputs, noise), False)
        return super().call(inputs, training)


class MixesRows(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        return super().call(ops.subtract(inputs, ops.mean(inputs, axis=0, keepdims=True)), training)


class NoEmptyBatch(Healthy):
    def call(self, inputs: Any, training: bool = False) -> Any:
        if 0 in inputs.shape:
            raise ValueError("there are no rows")
        return super().call(inputs, training)


class StoresTooLittle(Healthy):
    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        store["0"] = np.zeros_like(store["0"])


class BuildsOnlyByCall(Healthy):
    """Its weights depend on what `get_build_config` does not say."""

    def build_from_config(self, config: Any) -> None:
        super().build_from_config({"input_shape": (None, 1)})


@dataclass(frozen=True)
class Caught:
    """How `check_layer` must catch a bug.

    Attributes:
        layer: the faulty class.
        property: that must be found not to hold.
        says: a part of the message.
        arguments: of the constructor.
        options: of `check_layer`.
    """

    layer: type[Healthy]
    property: str
    says: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


MASK = {"input_shape": (2, 3, 4), "input_mask": [[True, True, False], [True, False, False]]}
POWER = {"power": 2.0}
NOISE = {"noise": 0.5}

MUTANTS: dict[str, Caught] = {
    "wrong compute_output_shape": Caught(WrongShape, "shape", r"compute_output_shape.*\(2, 4\).*\(2, 1\)"),
    "wrong compute_output_spec": Caught(WrongSymbolicShape, "shape", "symbolic call"),
    "compute_output_shape of a fixed batch": Caught(FixedBatch, "shape", "a batch of unknown size"),
    "output shape that was not expected": Caught(
        Healthy, "shape", r"expected \[\(2, 3\)\], got \[\(2, 4\)\]", options={"expected_output_shape": (2, 3)}
    ),
    "config loses an argument": Caught(LosesArgument, "config", r"lacks.*\['power'\]", POWER),
    "config has the default": Caught(
        ForgetsValue, "config", "attribute 'power' of a copy: expected 2.0, got 1.0", POWER
    ),
    "config is no plain data": Caught(NoPlainData, "config", "expected no error, got"),
    "mask dropped": Caught(
        DropsMask, "mask", "expected True, got False", options={**MASK, "expected_output_mask": True}
    ),
    "mask only eagerly": Caught(
        MasksOnlyEagerly, "mask", r"symbolic call.*expected \[True\], got \[False\]", options=MASK
    ),
    "mask inverted": Caught(WrongMask, "mask", "mask of output 0", options=MASK),
    "masking not supported": Caught(
        Healthy, "mask", "supports_masking: expected False, got True", options={"supports_masking": False}
    ),
    "variable not tracked": Caught(
        Untracked, "state", r"'variables' does not have: expected \[\], got \['untracked/variable"
    ),
    "gradient cut": Caught(CutsGradient, "gradient", r"by input 0, in a random direction.*got 0\.0"),
    "gradient of inputs cut": Caught(CutsGradientOfInputs, "gradient", "by input 0"),
    "weight not trainable": Caught(
        FrozenWeight,
        "counts",
        "that are not trainable: expected 1, got 2",
        options={"expected_num_non_trainable_weights": 1},
    ),
    "policy ignored": Caught(IgnoresPolicy, "dtype", "policy 'float64': expected 'float64', got 'float32'"),
    "weights in the compute dtype": Caught(
        WeightsInComputeDtype, "mixed_float16", "dtype of '.*late': expected 'float32', got 'float16'"
    ),
    "inference changes state": Caught(ChangesInInference, "state", r"training=False changes: expected \[\].*mean"),
    "training changes a trainable weight": Caught(ChangesTrainable, "state", r"training=True changes.*offset"),
    "state outside variables": Caught(CountsTraces, "config", "outputs of a copy"),
    "other numbers when compiled": Caught(OtherWhenCompiled, "compiled", "output 0"),
    "noise without a seed of its own": Caught(NoiseWithoutState, "random", "after the same seed", NOISE),
    "the same noise at each call": Caught(
        SameNoise, "random", "expected 'other numbers', got 'the same numbers'", NOISE
    ),
    "noise of another size": Caught(
        Healthy,
        "random",
        r"deviation \(within 0.05\): expected 0.1",
        NOISE,
        {"input_shape": (50, 40), "statistics": lambda x, y: {"deviation": (float(np.std(y - x)), 0.1, 0.05)}},
    ),
    "rows depend on one another": Caught(MixesRows, "batch", "a batch of one row"),
    "no batch without rows": Caught(NoEmptyBatch, "batch", "a batch of no rows.*there are no rows"),
    "weights stored wrong": Caught(StoresTooLittle, "weights", "after save_own_variables"),
    "file cannot be read": Caught(BuildsOnlyByCall, "saving", "expected no error, got"),
    "value of another formula": Caught(
        Healthy,
        "value",
        "output 0",
        options={"input_data": np.ones((2, 4), "float32"), "expected_output": np.zeros((2, 4))},
    ),
}
"""Bug by name."""
