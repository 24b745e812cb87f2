"""Tiers: how much of Keras a backend is examined for. Each holds the cases of those before it.

`inference` is what a trained model needs to predict, `training` what it needs to learn, `full` everything that the
suite has. A case belongs to a tier by what it needs of the backend, never by how many backends pass it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TIERS: Final = ("inference", "training", "full")
FULL: Final = TIERS[-1]

OF_CHECK: Final[Mapping[str, str]] = {
    "signature": "inference",
    "value": "inference",
    "special": "inference",
    "errors": "inference",
    "inputs": "inference",
    "promotion": "inference",
    "layout": "inference",
    "symbolic": "inference",
    "composite": "inference",
    "missing": "inference",
    "gradient": "training",
    "compiled": "full",
    "jvp": "full",
    "second_order": "full",
}
"""The tier of a check of ops and primitives."""

OF_COMPONENT: Final[Mapping[str, Mapping[str, str]]] = {
    "layers": {
        **dict.fromkeys(("shape", "dtype", "value", "mask", "state", "config", "weights", "batch"), "inference"),
        **dict.fromkeys(("mixed_float16", "mixed_bfloat16"), "inference"),
        **dict.fromkeys(("gradient", "random", "saving"), "training"),
        "compiled": "full",
    },
    "losses": {"value": "training", "gradient": "training", "config": "training", "compiled": "full"},
    "metrics": {"value": "training", "reset": "training", "config": "training", "compiled": "full"},
    "optimizers": {"eager": "training", "config": "training", "compiled": "full"},
    "initializers": dict.fromkeys(("value", "moments", "config"), "inference"),
}
"""The tier of a check of layers and other classes, by their kind."""

OF_FAMILY: Final[Mapping[str, str]] = {
    "host": "inference",
    "devices": "inference",
    "discovery": "inference",
    "weights": "inference",
    "accumulation": "inference",
    "recurring": "training",
    "variables": "training",
    "random": "training",
    "training": "training",
    "saving": "training",
    "database": "full",
    "compilation": "full",
    "control_flow": "full",
    "differentiation": "full",
    "vectorization": "full",
}
"""The tier of the other cases, by the family in front of their ids."""

OF_CASE: Final[Mapping[str, str]] = {
    "recurring/compiled": "full",
    "saving/every_float_dtype": "inference",
    "saving/file_of_another_backend/from_numpy": "inference",
    "weights/trained_weights_move": "training",
    "weights/two_backends_train_in_turns": "training",
}
"""Cases, with their parameters or for all of them, that need more or less than their family."""

TRAINING_OPS: Final = frozenset(
    {"random_bits", "random_uniform", "random_normal", "sgd_update", "momentum_update", "adam_update", "each_update"}
)
"""Ops without which a model predicts, but does not learn."""


def tier_of(case: str) -> str:
    """Return the first tier that has a case; `"full"` where no table above knows its check or family.

    Args:
        case: its id, as `ops/exp/gradient` or `host/scalars`.
    """
    family, _, rest = case.partition("/")
    if family in OF_COMPONENT:
        check = rest.partition("/")[2].partition("/")[0]
        return {**OF_COMPONENT[family], "missing": "inference"}.get(check, FULL)
    if family not in ("ops", "primitives"):
        name = rest.partition("/")[0]
        return OF_CASE.get(case) or OF_CASE.get(f"{family}/{name}") or OF_FAMILY.get(family, FULL)
    name, _, check = rest.partition("/")
    tier = OF_CHECK.get(check.partition("/")[0], FULL)
    return max(tier, "training", key=TIERS.index) if family == "ops" and name in TRAINING_OPS else tier


def holds(tier: str, case: str) -> bool:
    """Tell whether a tier asks for a case."""
    return TIERS.index(tier_of(case)) <= TIERS.index(tier)
