"""Optimizers: five steps with the same gradients."""

from typing import Any, Final

from keras_conformance.cases.component_case import ComponentCase, variants

CHECKS: Final = ("eager", "compiled", "config")
OPTIONS: Final = {
    "weight_decay": {"weight_decay": 0.05},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 1.0},
    "average": {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 2},
    "accumulation": {"gradient_accumulation_steps": 2},
    "together": {
        **{"gradient_accumulation_steps": 2, "use_ema": True, "weight_decay": 0.05, "global_clipnorm": 1.0},
        **{"loss_scale_factor": 8.0},
    },
}
"""What all optimizers take; the base does it for all of them."""
OWN: Final = {
    "SGD": {"momentum": {"momentum": 0.9}, "nesterov": {"momentum": 0.9, "nesterov": True}, **OPTIONS},
    "Adam": {"amsgrad": {"amsgrad": True}, **OPTIONS},
    "AdamW": {"decay": {"weight_decay": 0.1}},
    "RMSprop": {"centered": {"momentum": 0.9, "centered": True}},
    "Adadelta": {},
    "Adafactor": {"absolute": {"relative_step": False}},
    "Adagrad": {},
    "Adamax": {},
    "Ftrl": {"penalties": {"l1_regularization_strength": 0.1, "l2_regularization_strength": 0.2, "beta": 0.4}},
    "Lamb": {},
    "Lion": {},
    "Muon": {"nesterov": {"nesterov": False, "adam_weight_decay": 0.2}},
    "Nadam": {},
    "ScheduleFreeAdamW": {"warmup": {"warmup_steps": 3}},
}
"""Optimizer -> variant -> arguments, beside that without any."""


def _several(optimizers: Any) -> Any:
    parts = optimizers.OptimizerMap(optimizers.SGD(0.1, momentum=0.9), {"bias": optimizers.Adam(0.05)})
    return optimizers.MultiOptimizer(parts)


def _scheduled(optimizers: Any) -> Any:
    return optimizers.SGD(optimizers.schedules.CosineDecay(0.1, 4))


CASES: Final = (
    *(
        case
        for name, own in OWN.items()
        for case in variants(
            "optimizers",
            name,
            {variant: {"learning_rate": 0.1, **settings} for variant, settings in {"plain": {}, **own}.items()},
            checks=CHECKS,
            tolerance=4,
        )
    ),
    ComponentCase("optimizers", "SGD", "schedule", _scheduled, CHECKS, tolerance=4),
    ComponentCase("optimizers", "MultiOptimizer", "plain", _several, CHECKS, tolerance=4),
    ComponentCase(
        "optimizers",
        "LossScaleOptimizer",
        "plain",
        lambda optimizers: optimizers.LossScaleOptimizer(
            optimizers.Adam(0.1), initial_scale=4.0, dynamic_growth_steps=2
        ),
        CHECKS,
        tolerance=4,
    ),
)
