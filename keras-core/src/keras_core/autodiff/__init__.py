"""Reverse mode over primitives, and the transforms that follow from it, for backends that supply none.

All are the strict forms of `contract.transforms.Transforms`: pure functions of flat lists of tensors of the active
table.
"""

from keras_core.autodiff.control import scan, vmap
from keras_core.autodiff.custom import checkpoint, custom_gradient
from keras_core.autodiff.reverse import jvp, value_and_grad, vjp

__all__ = [
    "checkpoint",
    "custom_gradient",
    "jvp",
    "scan",
    "value_and_grad",
    "vjp",
    "vmap",
]
