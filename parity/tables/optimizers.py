"""Optimizers in their configurations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from parity.built import Built, built, each


def _slow() -> float:
    """Return a learning rate; one that is computed."""
    return 0.05


_RATES: Final = (
    built("optimizers.schedules.ExponentialDecay", initial_learning_rate=0.1, decay_steps=5, decay_rate=0.5),
    built("optimizers.schedules.CosineDecay", initial_learning_rate=0.1, decay_steps=9),
)
_SHARED: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"weight_decay": 0.05},
    {"clipnorm": 0.5},
    {"clipvalue": 0.3},
    {"global_clipnorm": 1.0},
    {"use_ema": True, "ema_momentum": 0.8},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 4},
    {"gradient_accumulation_steps": 2, "use_ema": True, "weight_decay": 0.05, "global_clipnorm": 1.0},
    {"loss_scale_factor": 8.0, "clipnorm": 1.0},
    {"learning_rate": _RATES[0]},
    {"learning_rate": _RATES[1], "gradient_accumulation_steps": 3},
)
"""Options that all optimizers have, and one mechanism takes care of."""

_OFTEN: Final = ("SGD", "Adam", "Muon")
"""Optimizers with each of them; the others have the few that meet what is their own."""

_FEW: Final = (_SHARED[0], _SHARED[8], _SHARED[10])

_MOMENTS: Final = ({"beta_1": 0.5, "beta_2": 0.9}, {"epsilon": 1e-2})
_OWN: Final[dict[str, tuple[Mapping[str, Any], ...]]] = {
    "SGD": ({"momentum": 0.9}, {"learning_rate": _slow}, {"momentum": 0.9, "nesterov": True}),
    "Adam": ({"amsgrad": True}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}),
    "AdamW": ({"weight_decay": 0.1}, {"amsgrad": True}),
    "RMSprop": (
        {"momentum": 0.9},
        {"centered": True},
        {"rho": 0.5, "momentum": 0.5, "centered": True, "epsilon": 1e-3},
    ),
    "Adadelta": ({"rho": 0.5, "epsilon": 1e-2}, {"learning_rate": 1.0}),
    "Adafactor": (
        {"learning_rate": 0.9},
        {"learning_rate": 0.9, "relative_step": False},
        {"beta_2_decay": -0.5, "clip_threshold": 0.5, "epsilon_2": 0.5, "epsilon_1": 1e-3},
    ),
    "Adagrad": ({"initial_accumulator_value": 0.0}, {"epsilon": 1e-2}),
    "Adamax": _MOMENTS,
    "Ftrl": (
        {"l1_regularization_strength": 0.1, "l2_regularization_strength": 0.2},
        {"l2_shrinkage_regularization_strength": 0.3, "beta": 0.4},
        {"learning_rate_power": -0.7},
        {"learning_rate_power": 0.0, "initial_accumulator_value": 1.0},
    ),
    "Lamb": _MOMENTS,
    "Lion": ({"beta_1": 0.5, "beta_2": 0.9}, {"beta_1": 1.0}),
    "Muon": (
        {"nesterov": False},
        {"weight_decay": None, "adam_weight_decay": None},
        {"adam_weight_decay": 0.2, "adam_lr_ratio": 0.5, "adam_beta_1": 0.5, "adam_beta_2": 0.9, "epsilon": 1e-3},
        {"rms_rate": None, "ns_steps": 3, "muon_a": 3.0, "muon_b": -4.0, "muon_c": 2.0, "momentum": 0.5},
        {"exclude_embeddings": False},
        {"exclude_layers": ["ern", "x"]},
    ),
    "Nadam": _MOMENTS,
    "ScheduleFreeAdamW": ({"warmup_steps": 5}, {"beta_1": 0.5, "beta_2": 0.9}, {"warmup_steps": 30, "epsilon": 1e-3}),
}
"""Optimizer -> options of its own."""


def _scaled(**options: Any) -> Built:
    inner = built("optimizers.Adam", learning_rate=0.1, name="inner", **options)
    return built("optimizers.LossScaleOptimizer", inner_optimizer=inner, initial_scale=4.0, dynamic_growth_steps=4)


_SEVERAL: Final = built(
    "optimizers.OptimizerMap",
    default_optimizer=built("optimizers.SGD", learning_rate=0.1, momentum=0.9, name="first"),
    optimizer_map={
        "bias": built("optimizers.Adam", learning_rate=0.05, name="second"),
        "fil.*": built("optimizers.Lion", learning_rate=0.01, use_ema=True, name="third"),
    },
)

OPTIMIZERS: Final[tuple[Built, ...]] = (
    *(
        optimizer
        for name, options in _OWN.items()
        for optimizer in each(f"optimizers.{name}", *(_SHARED if name in _OFTEN else _FEW), *options, learning_rate=0.1)
    ),
    _scaled(),
    _scaled(use_ema=True, gradient_accumulation_steps=2, weight_decay=0.1),
    built("optimizers.MultiOptimizer", optimizer_map=_SEVERAL),
)

COMPILED: Final[tuple[Built, ...]] = (
    *(
        optimizer
        for name, options in _OWN.items()
        for optimizer in each(f"optimizers.{name}", _SHARED[8], options[0], learning_rate=0.1)
    ),
    _scaled(),
)
"""Those of which a compiled step is compared as well."""

REFUSED: Final[tuple[Built, ...]] = (
    *(built("optimizers.Ftrl", **{name: -1.0}) for name in ("initial_accumulator_value", "l1_regularization_strength")),
    *(
        built("optimizers.Ftrl", **{name: -1.0})
        for name in ("l2_regularization_strength", "l2_shrinkage_regularization_strength")
    ),
    built("optimizers.Ftrl", learning_rate_power=1.0),
    *each("optimizers.Lion", {"beta_1": 0.0}, {"beta_1": 1.5}),
    *each("optimizers.SGD", {"momentum": -1.0}, {"momentum": 2.0}),
    *(
        optimizer
        for name in _OWN
        for optimizer in each(
            f"optimizers.{name}",
            {"clipnorm": 1.0, "clipvalue": 1.0},
            {"use_ema": True, "ema_momentum": 2.0},
            {"use_ema": True, "ema_overwrite_frequency": "often"},
            {"gradient_accumulation_steps": 1},
            {"unknown": 1},
            {"learning_rate": "high"},
        )
    ),
)
"""What both refuse to build."""

NAMES: Final = (*(name.lower() for name in _OWN), "Adam", "adm")
"""What `optimizers.get` is asked for."""
