"""A warning where the last activation of a model and its loss do not go together: probabilities and logits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Final

from keras_core import activations, layers

_OF_PROBABILITIES: Final = (activations.softmax, activations.sigmoid)


def warn_of_activations(owner: str, outputs: Sequence[Any], losses: Sequence[Any]) -> None:
    """Warn of losses that take probabilities where a model gives logits, and the reverse.

    What is known are layers with an activation of their own and `Softmax`; of other outputs nothing is said.

    Args:
        owner: the model, for the warning.
        outputs: symbolic outputs of the model.
        losses: the loss of each output, or None.
    """
    for output, loss in zip(outputs, losses, strict=True):
        takes_logits = getattr(loss, "takes_logits", None)
        gives_logits = _gives_logits(output)
        if takes_logits is None or gives_logits is None or takes_logits == gives_logits:
            continue
        operation = output._keras_history.operation
        gives, takes = ("logits", "probabilities") if gives_logits else ("probabilities", "logits")
        remedy = (
            "Give the layer an activation, 'sigmoid' or 'softmax', or the loss from_logits=True."
            if gives_logits
            else "Take the activation off the layer, or give the loss from_logits=False."
        )
        warnings.warn(
            f"{owner}: the loss '{loss.name}' takes {takes}, but {operation.label} gives {gives}. {remedy}",
            stacklevel=2,
        )


def _gives_logits(output: Any) -> bool | None:
    """Tell whether an output has no activation; None where that is not known."""
    operation = output._keras_history.operation
    if isinstance(operation, layers.Softmax):
        return False
    activation = getattr(operation, "activation", None)
    if activation in _OF_PROBABILITIES:
        return False
    return True if activation is activations.linear else None
