"""Optimizer updates over lists of tensors.

Inside a jitted function the buffers of its donated state are overwritten, so that an update takes no memory. Everything
else (and views, which share their buffer) is copied first: who holds the old value of a variable keeps it.
"""

import math
from types import MappingProxyType
from typing import Final

import torch
from torch import Tensor

from keras_backend_torch.host import is_transformed, scalar
from keras_backend_torch.recording import DONATED

Tensors = list[Tensor]
Number = float | Tensor


def _applies(gradients: Tensors, *lists: Tensors) -> bool:
    """Tell whether an update without a graph is right: nothing traces, nothing differentiates, all are floats."""
    if is_transformed() or any(x.requires_grad for x in gradients):
        return False
    return all(x.is_floating_point() and not x.requires_grad for tensors in lists for x in tensors)


def _writable(*lists: Tensors) -> list[Tensors]:
    """Return the lists with each tensor whose buffer may not be overwritten replaced by a copy."""
    donated, layout = DONATED.get(), torch.contiguous_format
    return [[x if id(x) in donated else x.clone(memory_format=layout) for x in tensors] for tensors in lists]


def sgd_update(variables: Tensors, gradients: Tensors, learning_rate: Tensor) -> Tensors:
    """`variables - learning_rate * gradients`."""
    if not _applies(gradients, variables):
        return NotImplemented
    (variables,) = _writable(variables)
    _descend(variables, gradients, learning_rate)
    return variables


def _descend(variables: Tensors, gradients: Tensors, learning_rate: Tensor) -> None:
    if variables:
        torch._foreach_addcmul_(variables, gradients, [learning_rate] * len(variables), value=-1)


def momentum_update(
    variables: Tensors, gradients: Tensors, velocities: Tensors, learning_rate: Tensor, momentum: Number, nesterov: bool
) -> tuple[Tensors, Tensors]:
    """Gradient descent with momentum, or Nesterov's."""
    if not _applies(gradients, variables, velocities):
        return NotImplemented
    variables, velocities = _writable(variables, velocities)
    if variables:
        momentum = float(momentum)
        torch._foreach_mul_(velocities, momentum)
        _descend(velocities, gradients, learning_rate)
        torch._foreach_add_(variables, velocities, alpha=momentum if nesterov else 1.0)
        if nesterov:
            _descend(variables, gradients, learning_rate)
    return variables, velocities


def adam_update(
    variables: Tensors,
    gradients: Tensors,
    momentums: Tensors,
    velocities: Tensors,
    learning_rate: Tensor,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
    step: Tensor,
) -> tuple[Tensors, Tensors, Tensors]:
    """Adam, with epsilon added to the square root of the uncorrected second moment."""
    lists = variables, gradients, momentums, velocities
    if not _applies(gradients, *lists) or len({(x.dtype, x.device) for tensors in lists for x in tensors}) > 1:
        return NotImplemented  # torch's is for one kind of tensors
    variables, momentums, velocities = _writable(variables, momentums, velocities)
    if variables:
        betas, count = (float(beta_1), float(beta_2)), step.to(torch.float64)
        rate = learning_rate * torch.sqrt(1.0 - betas[1] ** count) / (1.0 - betas[0] ** count)
        # torch adds its epsilon to the corrected moment; after infinitely many steps it corrects nothing.
        steps = [scalar(math.inf, "float32").to(variables[0].device)] * len(variables)
        # It goes through buffers in the order of memory, whatever the strides are; those of the state are contiguous.
        torch._fused_adam_(
            *(variables, [x.contiguous() for x in gradients], momentums, velocities, [], steps),
            **{"lr": rate, "beta1": betas[0], "beta2": betas[1], "eps": float(epsilon)},
            **{"weight_decay": 0.0, "amsgrad": False, "maximize": False},
        )
    return variables, momentums, velocities


UPDATES: Final = MappingProxyType({update.__name__: update for update in (sgd_update, momentum_update, adam_update)})
