"""Backends with one planted bug each: the NumPy backend with one function changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_conformance.subject import Subject, prepared
from keras_core.backends.numpy.plugin import NumpyBackend
from keras_core.contract import HostConversion, UnsupportedOpError, hookimpl
from keras_core.runtime.table import DispatchTable
from keras_core.runtime.variable import Variable

Functions = Mapping[str, Callable[..., Any]]
NUMPY = NumpyBackend()


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
        error: what the cases fail with.
    """

    seen_by: tuple[Any, ...]
    primitives: Callable[[Functions], Functions] = lambda own: {}
    kernels: Functions = field(default_factory=dict)
    transforms: Functions = field(default_factory=dict)
    host: Callable[[HostConversion], HostConversion] = lambda own: own
    error: type[Exception] = AssertionError


def subject_of(mutant: Mutant) -> Subject:
    """Return the mutant as the suite sees a backend."""
    plugin = Planted("mutant", mutant)
    parts = (plugin.keras_primitives, plugin.keras_kernels, plugin.keras_transforms)
    functions = [part("mutant") or {} for part in parts]
    host = plugin.keras_host_conversion("mutant")
    return prepared("mutant", DispatchTable("mutant", *functions, NUMPY.keras_devices("numpy"), host), kernels=True)


def _negated_in_place(x: Any) -> Any:
    np.negative(x, out=x)
    return x


def _unsupported(own: Functions) -> Functions:
    def raising(name: str) -> Callable[..., Any]:
        def primitive(*args: Any) -> Any:
            raise UnsupportedOpError(name, "mutant", "it cannot")

        return primitive

    return {name: raising(name) for name in own}


class Tensor(np.ndarray):
    """A tensor type of its own, so that a plain array is none."""


def _own_tensors(own: HostConversion) -> HostConversion:
    def from_host(array: np.ndarray, dtype: str) -> Any:
        return own.from_host(array, dtype).view(Tensor)

    return replace(own, tensor_type=Tensor, tensor_types=(Tensor,), from_host=from_host, scalar=None)


class BlindTensor(np.ndarray):
    """A tensor whose operator takes a variable for the array that it was at first."""

    def __add__(self, other: Any) -> Any:
        return np.add(self, other.handle if isinstance(other, Variable) else other)


def _blind_tensors(own: HostConversion) -> HostConversion:
    def from_host(array: np.ndarray, dtype: str) -> Any:
        return own.from_host(array, dtype).view(BlindTensor)

    return replace(own, tensor_type=BlindTensor, tensor_types=(BlindTensor,), from_host=from_host, scalar=None)


def _zero_gradient(function: Any) -> Any:
    def differentiated(inputs: list[Any]) -> Any:
        value, auxiliary = function(inputs)
        return value, auxiliary, [np.zeros_like(x) for x in inputs]

    return differentiated


def _half_gradient(function: Any) -> Any:
    from keras_core import autodiff

    def differentiated(inputs: list[Any]) -> Any:
        value, auxiliary, gradients = autodiff.value_and_grad(function)(inputs)
        return value, auxiliary, [*gradients[:-1], gradients[-1] / 2]

    return differentiated


def _remembering_jit(function: Any, jit_compile: bool, donate: bool) -> Any:
    kept: list[Any] = []

    def compiled(state: Any, inputs: Any) -> Any:
        if not kept:
            kept.append(function(state, inputs))
        return kept[0]

    return compiled


def _first_sizes_jit(function: Any, jit_compile: bool, donate: bool) -> Any:
    sizes: list[Any] = []

    def compiled(state: Any, inputs: Any) -> Any:
        sizes[:] = sizes or [x.shape[:1] for x in inputs]
        return function(state, [x[: size[0]] if size else x for x, size in zip(inputs, sizes, strict=True)])

    return compiled


def _forgetful_jit(function: Any, jit_compile: bool, donate: bool) -> Any:
    return lambda state, inputs: (function(state, inputs)[0], list(state))


def _trace(function: Any, inputs: list[Any]) -> None:
    function(inputs)


def _coarse(own: HostConversion) -> HostConversion:
    def to_host(x: Any) -> np.ndarray:
        return own.to_host(x).astype("float16").astype("float32") if x.dtype == "float32" else own.to_host(x)

    return replace(own, to_host=to_host)


def _flushing(own: HostConversion) -> HostConversion:
    def from_host(array: np.ndarray, dtype: str) -> Any:
        tiny = (array != 0) & (np.abs(array) < 2.0**-126) if dtype == "float32" else False
        return own.from_host(np.where(tiny, array.dtype.type(0), array), dtype)

    return replace(own, from_host=from_host)


def _saturating_add(x1: Any, x2: Any) -> Any:
    result = np.add(x1.astype(np.int64), x2.astype(np.int64)) if x1.dtype == np.int8 else np.add(x1, x2)
    return np.clip(result, -4, 4).astype(np.int8) if x1.dtype == np.int8 else result


def _forgiving_add(x1: Any, x2: Any) -> Any:
    try:
        return np.add(x1, x2)
    except ValueError:
        return x1


def _away_from_zero(x: Any) -> Any:
    return np.sign(x) * np.floor(np.abs(x) + x.dtype.type(0.5))


def _softmax_along_0(x: Any, axis: Any) -> Any:
    powers = np.exp(x - x.max(0, keepdims=True))
    return powers / powers.sum(0, keepdims=True)


def _frozen_numbers(shape: Any, dtype: str, seed: Any) -> Any:
    return np.random.default_rng(0).random(shape).astype(dtype)


def _wide_numbers(shape: Any, dtype: str, seed: Any) -> Any:
    return (1.3 * np.random.default_rng(np.asarray(seed)).standard_normal(shape)).astype(dtype)


def _adam_without_correction(
    v: Any, g: Any, m: Any, s: Any, rate: Any, b1: Any, b2: Any, epsilon: Any, step: Any
) -> Any:
    first = [b1 * old + (1 - b1) * gradient for old, gradient in zip(m, g, strict=True)]
    second = [b2 * old + (1 - b2) * gradient**2 for old, gradient in zip(s, g, strict=True)]
    new = [x - rate * f / (np.sqrt(t) + epsilon) for x, f, t in zip(v, first, second, strict=True)]
    return tuple([np.asarray(x, old.dtype) for x, old in zip(part, v, strict=True)] for part in (new, first, second))


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
        ("ops/exp/gradient", "primitives/matmul/gradient"), transforms={"value_and_grad": _zero_gradient}
    ),
    "half a gradient of one argument": Mutant(
        ("ops/multiply/gradient",), transforms={"value_and_grad": _half_gradient}
    ),
    "raises Unsupported for everything": Mutant(
        ("primitives/exp/value/float32", "primitives/full/value/bool", "ops/exp/value/float32", "ops/sum/gradient"),
        _unsupported,
        error=UnsupportedOpError,
    ),
    "transposed axes": Mutant(
        ("primitives/permute_dims/value/float32", "ops/transpose/value/float32"),
        lambda own: {"permute_dims": lambda x, axes: x.transpose(np.argsort(axes)) if axes else x},
    ),
    "changes its argument": Mutant(
        ("primitives/negative/value/float32", "ops/negative/special/zero_d"),
        lambda own: {"negative": _negated_in_place},
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
        host=_own_tensors,
    ),
    "kernel unlike its composite": Mutant(
        ("ops/softmax/composite", "ops/softmax/value/float32"), kernels={"softmax": _softmax_along_0}
    ),
    "compiled function remembers": Mutant(("ops/exp/compiled",), transforms={"jit": _remembering_jit}),
    "compiled function keeps the first sizes": Mutant(("ops/exp/compiled",), transforms={"jit": _first_sizes_jit}),
    "integers saturate": Mutant(("primitives/add/value/int8",), lambda own: {"add": _saturating_add}),
    "takes shapes that do not fit": Mutant(("ops/add/errors",), lambda own: {"add": _forgiving_add}),
    "rounds halves away from zero": Mutant(("ops/round/value/float32",), lambda own: {"round": _away_from_zero}),
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
        (("random:test_other_seed_other_numbers", "uniform"),), kernels={"random_uniform": _frozen_numbers}
    ),
    "wrong spread of random numbers": Mutant(
        ("ops/random_normal/value/float32",), kernels={"random_normal": _wide_numbers}
    ),
    "optimizer without correction": Mutant(
        ("ops/adam_update/value/float32", ("training:test_curve", "dense")),
        kernels={"adam_update": _adam_without_correction},
    ),
    "compiled step forgets the new state": Mutant(
        (
            ("training:test_curve", "dense"),
            ("training:test_curve_of_the_formula",),
            ("training:test_frozen_layer_stays",),
        ),
        transforms={"jit": _forgetful_jit, "abstract_eval": _trace},
    ),
    "half a gradient in training": Mutant(
        (("training:test_curve", "convolution"), ("training:test_curve_of_the_formula",)),
        transforms={"value_and_grad": _half_gradient},
    ),
    "operators take variables for constants": Mutant(
        (("variables:test_operators_beside_tensors", "+"),), host=_blind_tensors
    ),
    "float32 leaves as float16": Mutant(
        (
            ("weights:test_variables_move_bit_for_bit",),
            ("weights:test_one_seed_one_weight", "HeNormal"),
            ("saving:test_round_trip", "dense", Path),
        ),
        host=_coarse,
    ),
    "smallest numbers become zero": Mutant((("weights:test_special_values_move_bit_for_bit",),), host=_flushing),
    "shares memory with the host": Mutant(
        ("host:test_from_host_copies",), host=lambda own: replace(own, from_host=lambda array, dtype: array.view())
    ),
    "bfloat16 leaves as float32": Mutant(
        (("host:test_roundtrip", (3,)),),
        host=lambda own: replace(own, to_host=lambda x: np.array(x, "float32" if x.dtype == "bfloat16" else x.dtype)),
    ),
}
"""Bug by name."""
