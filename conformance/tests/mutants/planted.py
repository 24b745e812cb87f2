"""Backends with one planted bug each: the NumPy backend with one function changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_conformance.subject import Subject, prepared
from keras_core.backends.numpy.plugin import NumpyBackend
from keras_core.contract import Devices, HostConversion, UnsupportedOpError, hookimpl
from keras_core.runtime.table import DispatchTable

from . import bugs
from .bugs import Functions

NUMPY = NumpyBackend()
NUMPY_KERNELS: Functions = NUMPY.keras_kernels("numpy") or {}


class Planted(NumpyBackend):
    """The plugin object of a mutant; its hooks are those of the NumPy backend with the changes."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self.name = name
        self.mutant = mutant

    @hookimpl
    def keras_primitives(self, backend: str) -> Functions | None:
        """All primitives."""
        own = NUMPY.keras_primitives("numpy") or {}
        return {**own, **self.mutant.primitives(own)} if backend == self.name else None

    @hookimpl
    def keras_kernels(self, backend: str) -> Functions | None:
        """All kernels."""
        return {**(NUMPY.keras_kernels("numpy") or {}), **self.mutant.kernels} if backend == self.name else None

    @hookimpl
    def keras_transforms(self, backend: str) -> Functions | None:
        """The transforms that the mutant brings."""
        return self.mutant.transforms if backend == self.name else None

    @hookimpl
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Host conversion."""
        own = NUMPY.keras_host_conversion("numpy")
        return self.mutant.host(own) if backend == self.name and own is not None else None

    @hookimpl
    def keras_devices(self, backend: str) -> Devices | None:
        """Devices."""
        own = NUMPY.keras_devices("numpy")
        return self.mutant.devices(own) if backend == self.name and own is not None else None


@dataclass(frozen=True)
class Mutant:
    """One bug, and the cases of the suite that must see it.

    Attributes:
        seen_by: ids of cases, each of which must fail; or a function of the suite, as `"random:test_name"`, with its
            arguments; `Path` stands for an empty folder.
        primitives: the changed primitives, from those of the NumPy backend.
        kernels: changed kernels.
        transforms: changed transforms.
        host: changed host conversion.
        devices: changed devices.
        error: what the cases fail with.
    """

    seen_by: tuple[Any, ...]
    primitives: Callable[[Functions], Functions] = lambda own: {}
    kernels: Functions = field(default_factory=dict)
    transforms: Functions = field(default_factory=dict)
    host: Callable[[HostConversion], HostConversion] = lambda own: own
    devices: Callable[[Devices], Devices] = lambda own: own
    error: type[Exception] = AssertionError


def subject_of(mutant: Mutant) -> Subject:
    """Return the mutant as the suite sees a backend."""
    plugin = Planted("mutant", mutant)
    parts = (plugin.keras_primitives, plugin.keras_kernels, plugin.keras_transforms)
    functions = [part("mutant") or {} for part in parts]
    devices, host = plugin.keras_devices("mutant"), plugin.keras_host_conversion("mutant")
    return prepared("mutant", DispatchTable("mutant", *functions, devices, host), kernels=True)


MUTANTS: dict[str, Mutant] = {
    "wrong dtype": Mutant(
        ("primitives/sqrt/value/float32", "ops/sqrt/value/float32", "ops/sqrt/symbolic"),
        lambda own: {"sqrt": lambda x: np.sqrt(x, dtype="float64") if x.dtype == "float32" else np.sqrt(x)},
    ),
    "off by one": Mutant(
        ("primitives/argmax/value/float32", "ops/argmax/value/int32"),
        lambda own: {"argmax": lambda x, axis, keepdims: own["argmax"](x, axis, keepdims) + np.int32(1)},
    ),
    "zero gradient": Mutant(
        ("ops/exp/gradient", "primitives/matmul/gradient"), transforms={"value_and_grad": bugs.zero_gradient}
    ),
    "half a gradient of one argument": Mutant(
        ("ops/multiply/gradient",), transforms={"value_and_grad": bugs.half_gradient}
    ),
    "raises Unsupported for everything": Mutant(
        ("primitives/exp/value/float32", "primitives/full/value/bool", "ops/exp/value/float32", "ops/sum/gradient"),
        bugs.unsupported,
        error=UnsupportedOpError,
    ),
    "transposed axes": Mutant(
        ("primitives/permute_dims/value/float32", "ops/transpose/value/float32"),
        lambda own: {"permute_dims": lambda x, axes: x.transpose(np.argsort(axes)) if axes else x},
    ),
    "changes its argument": Mutant(
        ("primitives/negative/value/float32", "ops/negative/special/zero_d"),
        lambda own: {"negative": bugs.negated_in_place},
    ),
    "ignores keepdims": Mutant(
        ("primitives/sum/value/float32", "ops/sum/value/float32", "ops/sum/symbolic"),
        lambda own: {"sum": lambda x, axis, keepdims: own["sum"](x, axis, False)},
    ),
    "swallows nan": Mutant(
        ("primitives/maximum/special/nonfinite", "ops/maximum/special/nonfinite"), lambda own: {"maximum": np.fmax}
    ),
    "returns host arrays": Mutant(
        ("primitives/exp/value/float32", "ops/exp/value/float32"),
        lambda own: {"exp": lambda x: np.asarray(np.exp(x))},
        host=bugs.own_tensors,
    ),
    "kernel unlike its composite": Mutant(
        ("ops/softmax/composite", "ops/softmax/value/float32"), kernels={"softmax": bugs.softmax_along_0}
    ),
    "compiled function remembers": Mutant(("ops/exp/compiled",), transforms={"jit": bugs.remembering_jit}),
    "compiled function keeps the first sizes": Mutant(("ops/exp/compiled",), transforms={"jit": bugs.first_sizes_jit}),
    "integers saturate": Mutant(("primitives/add/value/int8",), lambda own: {"add": bugs.saturating_add}),
    "takes shapes that do not fit": Mutant(("ops/add/errors",), lambda own: {"add": bugs.forgiving_add}),
    "rounds halves away from zero": Mutant(("ops/round/value/float32",), lambda own: {"round": bugs.away_from_zero}),
    "running sum without the element": Mutant(
        ("primitives/cumulative_sum/value/float32",),
        lambda own: {"cumulative_sum": lambda x, axis: own["cumulative_sum"](x, axis) - x},
    ),
    "truncates in place of floor": Mutant(
        ("primitives/floor_divide/value/float32", "primitives/floor_divide/value/int32"),
        lambda own: {"floor_divide": lambda x, y: np.trunc(x / y).astype(x.dtype)},
    ),
    "float64 in float32": Mutant(
        ("primitives/log/value/float64",),
        lambda own: {
            "log": lambda x: np.log(x.astype(np.float32)).astype(x.dtype) if x.dtype == "float64" else np.log(x)
        },
    ),
    "fails on nothing": Mutant(
        ("primitives/sort/special/empty", "ops/sort/special/empty"),
        lambda own: {"sort": lambda x, axis: own["sort"](x, axis)[...] if x.size else x[0]},
        error=IndexError,
    ),
    "random numbers ignore the seed": Mutant(
        (("random:test_other_seed_other_numbers", "uniform"),), kernels={"random_uniform": bugs.frozen_numbers}
    ),
    "wrong spread of random numbers": Mutant(
        ("ops/random_normal/value/float32",), kernels={"random_normal": bugs.wide_numbers}
    ),
    "optimizer without correction": Mutant(
        ("ops/adam_update/value/float32", "optimizers/Adam/eager/plain", ("training:test_curve", "dense")),
        kernels={"adam_update": bugs.adam_without_correction},
    ),
    "compiled step forgets the new state": Mutant(
        (
            ("training:test_curve", "dense"),
            ("training:test_curve_of_the_formula",),
            ("training:test_frozen_layer_stays",),
            "layers/BatchNormalization/compiled/plain",
            "optimizers/SGD/compiled/plain",
            "metrics/Mean/compiled/plain",
        ),
        transforms={"jit": bugs.forgetful_jit, "abstract_eval": bugs.trace},
    ),
    "half a gradient in training": Mutant(
        (
            ("training:test_curve", "convolution"),
            ("training:test_curve_of_the_formula",),
            "layers/Dense/gradient/plain",
            "losses/MeanSquaredError/gradient/plain",
        ),
        transforms={"value_and_grad": bugs.half_gradient},
    ),
    "operators take variables for constants": Mutant(
        (("variables:test_operators_beside_tensors", "+"),), host=bugs.blind_tensors
    ),
    "float32 leaves as float16": Mutant(
        (
            ("weights:test_variables_move_bit_for_bit",),
            ("weights:test_one_seed_one_weight", "HeNormal"),
            "initializers/HeNormal/value/plain",
            ("saving:test_round_trip", "dense", Path),
        ),
        host=bugs.coarse,
    ),
    "smallest numbers become zero": Mutant((("weights:test_special_values_move_bit_for_bit",),), host=bugs.flushing),
    "shares memory with the host": Mutant(
        ("host:test_from_host_copies",), host=lambda own: replace(own, from_host=lambda array, dtype: array.view())
    ),
    "bfloat16 leaves as float32": Mutant(
        (("host:test_roundtrip", (3,)),),
        host=lambda own: replace(own, to_host=lambda x: np.array(x, "float32" if x.dtype == "bfloat16" else x.dtype)),
    ),
    "detached gradient of one argument": Mutant(
        ("ops/multiply/gradient", "primitives/matmul/gradient"), transforms={"value_and_grad": bugs.detached_gradient}
    ),
    "random numbers differ under one seed": Mutant(
        (("random:test_same_seed_same_numbers", "uniform"), "layers/Dropout/random/plain"),
        kernels={"random_uniform": bugs.fresh_numbers},
    ),
    "tensors are on another device": Mutant(
        (("devices:test_tensors_are_on_the_first",), ("devices:test_place",)),
        devices=lambda own: replace(own, device_of=lambda x: "cpu:1"),
    ),
    "ignores an argument": Mutant(
        ("ops/pad/value/float32", "ops/pad/composite"),
        kernels={"pad": lambda x, pad_width, mode, constant_values: np.pad(x, pad_width)},
    ),
    "convolution without dilation": Mutant(
        ("ops/conv/value/float32", "layers/Conv2D/value/grouped"),
        kernels={
            "conv": lambda x, k, s, p, data_format, d: NUMPY_KERNELS["conv"](x, k, s, p, data_format, (1,) * len(d))
        },
    ),
    "remainder has the sign of the dividend": Mutant(
        ("primitives/remainder/value/float32", "primitives/remainder/value/int32"), lambda own: {"remainder": np.fmod}
    ),
    "last of equals": Mutant(
        (
            "primitives/argmax/value/int32",
            "ops/argmax/value/int32",
        ),
        lambda own: {"argmax": bugs.argmax_of_the_last},
    ),
    "nan equals nan": Mutant(
        ("primitives/equal/special/nonfinite",),
        lambda own: {"equal": lambda x, y: np.equal(x, y) | (np.not_equal(x, x) & np.not_equal(y, y))},
    ),
    "nan is the smallest": Mutant(
        ("primitives/sort/special/nonfinite",), lambda own: {"sort": bugs.sort_with_nan_first}
    ),
    "variance of a sample": Mutant(
        ("ops/var/value/float32", "ops/var/composite"),
        kernels={"var": lambda x, axis, keepdims: np.var(x, axis, keepdims=keepdims, ddof=1)},
    ),
    "silent overflow": Mutant(
        (
            "ops/softmax/value/float32",
            "ops/softmax/composite",
        ),
        kernels={"softmax": bugs.softmax_that_overflows},
    ),
    "shift without the sign": Mutant(
        ("primitives/bitwise_right_shift/value/int32",),
        lambda own: {
            "bitwise_right_shift": lambda x, y: (
                np.right_shift(np.abs(x), y) if x.dtype == "int32" else np.right_shift(x, y)
            )
        },
    ),
    "equal indices count once": Mutant(("ops/scatter_add/value/float32",), kernels={"scatter_add": bugs.added_once}),
    "repeats the whole": Mutant(
        ("ops/repeat/value/float32",),
        kernels={"repeat": lambda x, n, axis: np.tile(x, n) if axis is None else np.concatenate([x] * n, axis)},
    ),
    "reads arrays in the order of memory": Mutant((("host:test_strided_arrays",),), host=bugs.memory_order),
    "lets the host write into tensors": Mutant(
        (("host:test_to_host_copies",),), host=lambda own: replace(own, to_host=lambda x: x)
    ),
    "numbers lose their dtype": Mutant(
        (("host:test_scalars",),), host=lambda own: replace(own, scalar=lambda value, dtype: np.float64(value))
    ),
    "no second derivative": Mutant(
        ("ops/exp/second_order", "primitives/matmul/second_order"),
        transforms={"value_and_grad": bugs.constant_gradient},
    ),
    "forward mode the other way": Mutant(
        ("ops/exp/jvp", "primitives/matmul/jvp", ("differentiation:test_jvp",)), transforms={"jvp": bugs.backward_jvp}
    ),
    "compiled function keeps variables as constants": Mutant(
        (("compilation:test_variable_changed_outside",), ("compilation:test_training_step",)),
        transforms={"jit": bugs.stale_jit, "abstract_eval": bugs.trace},
    ),
    "mapped results along the last axis": Mutant(
        (("vectorization:test_in_axis", 0), ("vectorization:test_nested",)), transforms={"vmap": bugs.stacked_last}
    ),
    "loops only forwards": Mutant(
        (("control_flow:test_scan_in_reverse", "eager"),), transforms={"scan": bugs.forward_scan}
    ),
    "changes its argument where it is strided": Mutant(
        ("primitives/negative/layout", "ops/negative/layout"), lambda own: {"negative": bugs.negated_where_it_lies}
    ),
    "adds float16 one by one": Mutant((("accumulation:test_floats", "sum", "float16"),), bugs.added_one_by_one),
    "numbers widen what they meet": Mutant(("ops/add/promotion", "ops/maximum/promotion"), host=bugs.wide_scalars),
}
"""Bug by name."""
