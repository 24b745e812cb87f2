"""Initializers, regularizers, constraints, activations and learning rate schedules, and what each one is called on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from parity.built import Built, built, each

Values = Mapping[str, Any]
"""What an object is called on, by name."""

_rng: Final = np.random.default_rng(11)
_MATRIX: Final = _rng.normal(size=(4, 3)).astype("float32")
_ARRAYS: Final[Values] = {
    "matrix": _MATRIX,
    "zeros": np.zeros((4, 3), "float32"),
    "kernel": _rng.normal(size=(2, 3, 4, 3)).astype("float32"),
}
_SHAPES: Final[Values] = {"vector": (5,), "matrix": (4, 3), "square": (3, 3)}
_NUMBERS: Final[Values] = {
    "matrix": _MATRIX * 2,
    "edges": np.array([[-100.0, -3.0, -1.0, -0.5, 0.0], [0.5, 1.0, 3.0, 6.0, 100.0]], "float32"),
    "narrow": _MATRIX.astype("float16"),
}

FIXED: Final[tuple[tuple[Built, Values], ...]] = (
    *((initializer, _SHAPES) for initializer in (built("initializers.Zeros"), built("initializers.Ones"))),
    *((initializer, _SHAPES) for initializer in each("initializers.Constant", {}, {"value": 2.5})),
    (built("initializers.Constant", value=[1, 2, 3]), {name: _SHAPES[name] for name in ("matrix", "square")}),
    *(
        (initializer, {name: _SHAPES[name] for name in ("matrix", "square")})
        for initializer in each("initializers.Identity", {}, {"gain": 0.5})
    ),
    *(
        (initializer, {"transform": (8, 1, 5)})
        for initializer in each(
            "initializers.STFT",
            *({"side": side, "scaling": scaling} for side in ("real", "imag") for scaling in (None, "density")),
            {"window": "hamming", "periodic": True},
        )
    ),
)
"""Initializers that draw nothing, and the shapes that they fill."""

RANDOM: Final[tuple[Built, ...]] = (
    *each("initializers.RandomNormal", {}, {"mean": 1.0, "stddev": 2.0}, seed=7),
    *each("initializers.TruncatedNormal", {}, {"mean": 1.0, "stddev": 2.0}, seed=7),
    *each("initializers.RandomUniform", {}, {"minval": 1.0, "maxval": 3.0}, seed=7),
    *(
        built(f"initializers.{name}{distribution}", seed=7)
        for name in ("Glorot", "He", "Lecun")
        for distribution in ("Normal", "Uniform")
    ),
    *each(
        "initializers.VarianceScaling",
        *(
            {"scale": 2.0, "mode": mode, "distribution": distribution}
            for mode in ("fan_in", "fan_out", "fan_avg")
            for distribution in ("truncated_normal", "untruncated_normal", "uniform")
        ),
        seed=7,
    ),
    *each("initializers.Orthogonal", {}, {"gain": 2.0}, seed=7),
)
"""Initializers that draw."""

REGULARIZERS: Final[tuple[tuple[Built, Values], ...]] = (
    *(
        (regularizer, _ARRAYS)
        for regularizer in (
            *each("regularizers.L1", {}, {"l1": 0.3}),
            *each("regularizers.L2", {}, {"l2": 0.3}),
            *each("regularizers.L1L2", {}, {"l1": 0.1, "l2": 0.2}),
        )
    ),
    *(
        (regularizer, {"matrix": _MATRIX})
        for regularizer in each("regularizers.OrthogonalRegularizer", {}, {"factor": 0.1, "mode": "columns"})
    ),
)
CONSTRAINTS: Final[tuple[tuple[Built, Values], ...]] = tuple(
    (constraint, _ARRAYS)
    for constraint in (
        built("constraints.NonNeg"),
        *each("constraints.UnitNorm", {}, {"axis": 1}, {"axis": [0, 1]}),
        *each("constraints.MaxNorm", {}, {"max_value": 0.5, "axis": 1}),
        *each("constraints.MinMaxNorm", {}, {"min_value": 0.5, "max_value": 0.8, "rate": 0.5, "axis": 1}),
    )
)
SCHEDULES: Final[tuple[Built, ...]] = (
    *each(
        "optimizers.schedules.CosineDecayRestarts",
        *({"t_mul": t, "m_mul": m, "alpha": a} for t in (1.0, 1.5, 2.0) for m in (1.0, 0.5) for a in (0.0, 0.1)),
        initial_learning_rate=1.0,
        first_decay_steps=3,
    ),
    *each(
        "optimizers.schedules.PolynomialDecay",
        *({"power": power, "cycle": cycle} for power in (0.5, 1.0, 2.0) for cycle in (False, True)),
        initial_learning_rate=1.0,
        decay_steps=7,
        end_learning_rate=0.1,
    ),
    *each(
        "optimizers.schedules.InverseTimeDecay",
        *({"decay_rate": rate, "staircase": stairs} for rate in (0.1, 2.0) for stairs in (False, True)),
        initial_learning_rate=1.0,
        decay_steps=4,
    ),
    *each(
        "optimizers.schedules.ExponentialDecay",
        *({"staircase": False}, {"staircase": True}),
        initial_learning_rate=1.0,
        decay_steps=4,
        decay_rate=0.5,
    ),
    *each(
        "optimizers.schedules.CosineDecay",
        {"initial_learning_rate": 1.0},
        {"initial_learning_rate": 0.0, "warmup_target": 1.0, "warmup_steps": 4},
        decay_steps=9,
        alpha=0.1,
    ),
    built("optimizers.schedules.PiecewiseConstantDecay", boundaries=[3, 9], values=[1.0, 0.5, 0.25]),
)

_PLAIN: Final = (
    *("celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh"),
    *("leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu"),
    *("soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus"),
    *("tanh", "tanh_shrink"),
)
_EVEN: Final[Values] = {"even": _rng.normal(size=(3, 4)).astype("float32")}
ACTIVATIONS: Final[tuple[tuple[Built, Values], ...]] = (
    *((built(f"activations.{name}"), _EVEN if name == "glu" else _NUMBERS) for name in _PLAIN),
    *(
        (activation, _NUMBERS)
        for activation in (
            *each("activations.relu", {"negative_slope": 0.1}, {"max_value": 2.0, "threshold": 0.5}),
            built("activations.gelu", approximate=True),
            built("activations.softmax", axis=0),
            built("activations.elu", alpha=0.5),
            built("activations.threshold", threshold=0.3, default_value=-1.0),
        )
    ),
)

POLICIES: Final[tuple[Built, ...]] = (
    *each("dtype_policies.DTypePolicy", *({"name": name} for name in ("float32", "float64", "bfloat16", "int8"))),
    *each("dtype_policies.FloatDTypePolicy", *({"name": name} for name in ("mixed_float16", "mixed_bfloat16"))),
    built(
        "dtype_policies.DTypePolicyMap",
        default_policy="float32",
        policy_map={"net/.*": built("dtype_policies.DTypePolicy", name="mixed_bfloat16")},
    ),
)

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "initializers": ("zeros", "Zeros", "glorot_uniform", "GlorotUniform", "he_normal", "orthogonal", "stft", "nothing"),
    "regularizers": ("l1", "L1", "l2", "l1_l2", "L1L2", "orthogonal_regularizer", "nothing"),
    "constraints": ("non_neg", "NonNeg", "max_norm", "unit_norm", "min_max_norm", "nothing"),
    "dtype_policies": ("float32", "mixed_float16", "mixed_bfloat16", "float64", "int8", "mixed_int8", "nothing"),
    "activations": (*_PLAIN, "swish", "hard_swish", "ReLU", "nothing"),
}
"""What `get` of each module is asked for."""

REFUSED: Final[tuple[Built, ...]] = (
    *each("initializers.VarianceScaling", {"scale": 0.0}, {"mode": "fan"}, {"distribution": "x"}),
    built("initializers.STFT", side="left"),
    *each("dtype_policies.DTypePolicy", {"name": "mixed_float32"}, {"name": "float"}, {"name": 3}),
    *each("regularizers.OrthogonalRegularizer", {"mode": "x"}),
    *each("regularizers.L1", {"l1": "a"}),
    built("optimizers.schedules.PiecewiseConstantDecay", boundaries=[3], values=[1.0]),
)
"""What both refuse to build."""
