"""The part of `Layer` about what a call leaves behind: losses; and calls that leave nothing behind."""

from __future__ import annotations

import weakref
from typing import Any

from keras_core.layers.configuration import Configurable
from keras_core.runtime import tree
from keras_core.runtime.scopes import StatelessScope, autocast_scope, stateless_scope

_with_losses: weakref.WeakSet[Effects] = weakref.WeakSet()


def any_losses() -> bool:
    """Tell whether a layer of this process holds losses of an earlier call: without one, none need be cleared."""
    return bool(_with_losses)


class Effects(Configurable):
    """Losses that calls add, and pure calls."""

    def add_loss(self, loss: Any) -> None:
        """Add a scalar to the losses of the current call, so that training minimizes it too.

        Args:
            loss: scalar tensor, or a list of them.
        """
        scope = stateless_scope()
        for item in tree.flatten(loss):
            self._losses.append(item)
            if scope is not None and scope.collect_losses:
                scope.add_loss(item)
        _with_losses.add(self)

    def add_metric(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: metrics are attributes of a layer, or arguments of `compile`.

        Args:
            *args: whatever.
            **kwargs: whatever.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            f"{self.label}: add_metric() is of older code. Make the metric in __init__(), as self.score = "
            "keras_core.metrics.Mean(), and call self.score.update_state(values) in call(); or give it to "
            "compile(metrics=[...])."
        )

    @property
    def losses(self) -> list[Any]:
        """What was added in the last call by the layer and its sublayers, and the penalties on weights."""
        losses = [loss for layer in self._flatten_layers() for loss in layer._losses]
        with autocast_scope(None):
            for variable in self.trainable_weights:
                if variable.regularizer is not None:
                    losses.append(variable.regularizer(variable))
        return losses

    def _clear_losses(self) -> None:
        for layer in self._flatten_layers():
            if layer._losses:
                layer._losses.clear()
                _with_losses.discard(layer)

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Call the layer with values in place of its variables, and change none.

        Args:
            trainable_variables: values, in the order of `trainable_variables`.
            non_trainable_variables: values, in the order of `non_trainable_variables`.
            *args: as of `call`.
            return_losses: whether the losses are returned too.
            **kwargs: as of `call`.

        Returns:
            The outputs and the new values of `non_trainable_variables`; with `return_losses` the list of losses third.

        Raises:
            ValueError: before the layer is built, or where the number of values differs.
        """
        if not self.built:
            raise ValueError(f"{self.label}: stateless_call needs a built layer; call build(input_shape) first.")
        mapping: list[tuple[Any, Any]] = []
        kept = self.non_trainable_variables
        for kind, own, values in (
            ("trainable_variables", self.trainable_variables, trainable_variables),
            ("non_trainable_variables", kept, non_trainable_variables),
        ):
            if len(own) != len(values):
                raise ValueError(f"{self.label}: expected {len(own)} {kind}, got {len(values)}.")
            mapping += zip(own, values, strict=True)
        with StatelessScope(mapping, collect_losses=return_losses) as scope:
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else []
        self._clear_losses()
        state = [scope.get_current_value(variable) for variable in kept]
        return (outputs, state, losses) if return_losses else (outputs, state)
