"""All VJP rules by name."""

from typing import Final

from keras_core.autodiff import (
    rules_elementwise,
    rules_kernels,
    rules_linalg,
    rules_reduction,
    rules_shape,
    rules_spatial,
)
from keras_core.autodiff.rule import Rule

PRIMITIVE_RULES: Final[dict[str, Rule]] = {
    **rules_elementwise.RULES,
    **rules_shape.RULES,
    **rules_reduction.RULES,
    **rules_linalg.RULES,
}
"""One rule, or `NO_GRADIENT`, for each primitive of the contract."""

KERNEL_RULES: Final[dict[str, Rule]] = {**rules_kernels.RULES, **rules_spatial.RULES}
"""Rules of composite ops; used where the backend has a kernel of that name."""
