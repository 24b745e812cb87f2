"""Computing in half floats: the names of Keras 2 for dtype policies, and the optimizer that goes with them."""

from keras_core.dtype_policies import DTypePolicy, dtype_policy, set_dtype_policy
from keras_core.optimizers import LossScaleOptimizer

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
