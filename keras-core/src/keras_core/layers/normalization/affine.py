"""What layers that normalize have in common: the learned scale and shift."""

from __future__ import annotations

from typing import Any

from keras_core import constraints, initializers, regularizers
from keras_core.layers.arguments import number
from keras_core.layers.same_shape import SameShape
from keras_core.runtime.variable import Variable


class AffineNormalization(SameShape):
    """A layer that normalizes, then scales by `gamma` and shifts by `beta`; users take the classes of this room.

    Args:
        epsilon: small number added to the variance.
        center: whether `beta` is added.
        scale: whether `gamma` is multiplied.
        beta_initializer: first value of `beta`.
        gamma_initializer: first value of `gamma`.
        beta_regularizer: penalty on `beta`, or None.
        gamma_regularizer: penalty on `gamma`, or None.
        beta_constraint: what the optimizer applies to `beta` after an update, or None.
        gamma_constraint: the same for `gamma`.
        **kwargs: as of `Layer`.
    """

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon = number(self, "epsilon", epsilon)
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.gamma: Variable | None = None
        self.beta: Variable | None = None

    def _add_gamma(self, shape: tuple[int, ...], autocast: bool = True) -> None:
        self.gamma = self.add_weight(
            shape,
            self.gamma_initializer,
            regularizer=self.gamma_regularizer,
            constraint=self.gamma_constraint,
            autocast=autocast,
            name="gamma",
        )

    def _add_beta(self, shape: tuple[int, ...], autocast: bool = True) -> None:
        self.beta = self.add_weight(
            shape,
            self.beta_initializer,
            regularizer=self.beta_regularizer,
            constraint=self.beta_constraint,
            autocast=autocast,
            name="beta",
        )

    def _sizes(self, input_shape: Any, axes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the sizes of axes on which the shapes of the weights depend."""
        shape = tuple(input_shape)
        if not all(-len(shape) <= axis < len(shape) for axis in axes):
            raise ValueError(f"{self.label}: expected inputs that have an axis {_listed(axes)}, got the shape {shape}.")
        sizes = [shape[axis] for axis in axes]
        if any(size is None for size in sizes):
            raise ValueError(
                f"{self.label}: expected inputs with a known size of axis {_listed(axes)}, since the weights depend on "
                f"it; got the shape {shape}."
            )
        return tuple(sizes)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor as plain data."""
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


def _listed(axes: tuple[int, ...]) -> str:
    return str(axes[0]) if len(axes) == 1 else f"of {axes}"
