"""Optimizer updates over lists of tensors.

Inside a jitted function the buffers of its donated state are overwritten, so that an update takes no memory. Everything
else (and views, which share their buffer) is copied first: who holds the old value of a variable keeps it.
"""

from types import MappingProxyType
from typing import Final

import torch
from torch import Tensor

from keras_backend_torch.host import is_tracing
from keras_backend_torch.transforms import donated_tensors

Tensors = list[Tensor]
Number = float | Tensor
Betas = tuple[float, float]


def _applies(gradients: Tensors, *lists: Tensors) -> bool:
    """Tell whether an update without a graph is right: nothing traces, nothing differentiates, all are floats."""
    if is_tracing() or any(x.requires_grad for x in gradients):
        return False
    return all(x.is_floating_point() and not x.requires_grad for tensors in lists for x in tensors)


def _writable(*lists: Tensors) -> list[Tensors]:
    """Return the lists with each tensor whose buffer may not be overwritten replaced by a copy."""
    donated, layout = donated_tensors(), torch.contiguous_format
    return [
        [x if id(x) in donated and _has_own_buffer(x) else x.clone(memory_format=layout) for x in tensors]
        for tensors in lists
    ]


def _has_own_buffer(x: Tensor) -> bool:
    return x.is_contiguous() and not x._is_view() and not x.is_inference()


def sgd_update(variables: Tensors, gradients: Tensors, learning_rate: Tensor) -> Tensors:
    """`variables - learning_rate * gradients`."""
    if not _applies(gradients, variables):
        return NotImplemented
    (variables,) = _writable(variables)
    _descend(variables, gradients, learning_rate)
    return variables


def _descend(variables: Tensors, gradients: Tensors, learning_rate: Tensor) -> None:
    if not variables:
        return
    if learning_rate.device.type == "cpu":
        torch._foreach_add_(variables, gradients, alpha=-learning_rate.item())
    else:  # reading the number would wait for the device
        torch._foreach_sub_(variables, torch._foreach_mul(gradients, learning_rate))


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
        if nesterov:
            torch._foreach_add_(variables, velocities, alpha=momentum)
            _descend(variables, gradients, learning_rate)
        else:
            torch._foreach_add_(variables, velocities)
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
    if not _applies(gradients, variables, momentums, velocities):
        return NotImplemented
    variables, momentums, velocities = _writable(variables, momentums, velocities)
    if variables:
        lists = [variables, gradients, momentums, velocities]
        kinds = {(x.dtype, x.device.type) for tensors in lists for x in tensors}
        rule = _fused_adam if kinds == {(variables[0].dtype, "cpu")} else _foreach_adam
        rule(lists, learning_rate, (float(beta_1), float(beta_2)), float(epsilon), step)
    return variables, momentums, velocities


def _fused_adam(lists: list[Tensors], learning_rate: Tensor, betas: Betas, epsilon: float, step: Tensor) -> None:
    # torch adds its epsilon to the corrected moment.
    epsilon /= (1.0 - betas[1] ** step.item()) ** 0.5
    steps = [step.to(torch.float32)] * len(lists[0])
    options = {"weight_decay": 0.0, "amsgrad": False, "maximize": False}
    # It goes through the buffers in the order of memory, whatever the strides are; those of the state are contiguous.
    lists[1] = [x.contiguous() for x in lists[1]]
    torch._fused_adam_(
        *lists, [], steps, lr=learning_rate.item(), beta1=betas[0], beta2=betas[1], eps=epsilon, **options
    )


def _foreach_adam(lists: list[Tensors], learning_rate: Tensor, betas: Betas, epsilon: float, step: Tensor) -> None:
    variables, gradients, momentums, velocities = lists
    torch._foreach_lerp_(momentums, gradients, 1.0 - betas[0])
    torch._foreach_mul_(velocities, betas[1])
    torch._foreach_addcmul_(velocities, gradients, gradients, 1.0 - betas[1])
    step = step.to(torch.float32)
    rate = learning_rate * torch.sqrt(1.0 - betas[1] ** step) / (1.0 - betas[0] ** step)
    changes = torch._foreach_sqrt(velocities)
    torch._foreach_add_(changes, epsilon)
    torch._foreach_reciprocal_(changes)
    torch._foreach_mul_(changes, momentums)
    torch._foreach_mul_(changes, rate)
    torch._foreach_sub_(variables, changes)


UPDATES: Final = MappingProxyType({update.__name__: update for update in (sgd_update, momentum_update, adam_update)})
