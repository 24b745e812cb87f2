"""Low-rank adaptation: a frozen weight and the product of two small ones that is trained in its place."""

from __future__ import annotations

from typing import Any, ClassVar

from keras_core import ops
from keras_core.layers.arguments import integer
from keras_core.layers.layer import Layer
from keras_core.runtime.variable import Variable


class LowRankAdapted(Layer):
    """A layer with one large weight that can be adapted by training a change of low rank.

    Source:
        Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.
    """

    adapted: ClassVar[str] = "kernel"
    """Name of the large weight."""

    lora_enabled: bool
    _is_plain = True
    """Whether the large weight is its variable, and nothing has to be computed."""

    lora_rank: Any
    lora_alpha: Any

    def _set_low_rank(self, rank: int | None, alpha: float | None) -> None:
        """Take the arguments of the constructor. None for the rank: no adaptation."""
        self.lora_rank = None if rank is None else integer(self, "lora_rank", rank)
        self.lora_alpha = alpha if alpha is not None else rank
        self.lora_enabled = False

    def _low_rank_config(self) -> dict[str, Any]:
        return {} if self.lora_rank is None else {"lora_rank": self.lora_rank, "lora_alpha": self.lora_alpha}

    def _add_large(self, shape: tuple[int, ...], initializer: Any, regularizer: Any, constraint: Any) -> None:
        """Make the large weight."""
        variable = self.add_weight(
            shape, initializer, regularizer=regularizer, constraint=constraint, name=self.adapted
        )
        setattr(self, f"_{self.adapted}", variable)

    @property
    def _large(self) -> Variable:
        variable = self.__dict__.get(f"_{self.adapted}")
        if variable is None:
            raise AttributeError(
                f"{self.label}: '{self.adapted}' does not exist before the layer is built; call build(input_shape)."
            )
        return variable

    def _with_change(self) -> Any:
        """Return the large weight, the trained change added where there is one."""
        variable = self._large
        if not self.lora_enabled:
            return variable
        return ops.add(variable, self._change)

    @property
    def _change(self) -> Any:
        """The trained change, in the shape of the large weight."""
        return ops.multiply(ops.matmul(self._factor_a, self._factor_b), self._change_scale)

    @property
    def _float_shape(self) -> tuple[int, ...]:
        """The shape of the large weight."""
        return self._large.shape

    @property
    def _change_scale(self) -> float:
        return self.lora_alpha / self.lora_rank

    @property
    def _factor_a(self) -> Variable:
        return self.__dict__[f"lora_{self.adapted}_a"]

    @property
    def _factor_b(self) -> Variable:
        return self.__dict__[f"lora_{self.adapted}_b"]

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Freeze the large weight and train a change of low rank instead.

        Args:
            rank: rank of the change.
            lora_alpha: the change is scaled by `lora_alpha / rank`; None for `rank`.
            a_initializer: first value of the first factor.
            b_initializer: first value of the second factor.

        Raises:
            ValueError: before the layer is built, at a second call, or where the weight has a constraint.
        """
        if not self.built:
            raise ValueError(f"{self.label}: enable_lora() needs a built layer; call build(input_shape) first.")
        variable = self._large
        if self.lora_enabled:
            raise ValueError(f"{self.label}: the low-rank adaptation is enabled already, with rank {self.lora_rank}.")
        if variable.constraint is not None:
            raise ValueError(
                f"{self.label}: low-rank adaptation would circumvent {self.adapted}_constraint={variable.constraint!r}."
            )
        rank = integer(self, "rank", rank)
        self._tracker.locked = False
        *first, last = self._float_shape
        for letter, shape, initializer in (
            ("a", (*first, rank), a_initializer),
            ("b", (rank, last), b_initializer),
        ):
            name = f"lora_{self.adapted}_{letter}"
            factor = self.add_weight(shape, initializer, regularizer=variable.regularizer, name=name)
            setattr(self, name, factor)
        variable.trainable = False
        self._tracker.locked = True
        self.lora_rank = rank
        self.lora_alpha = rank if lora_alpha is None else lora_alpha
        self.lora_enabled = True
        self.__dict__["_is_plain"] = False

    def _variables_to_train(self) -> list[Variable]:
        # A model that is made from its configuration sets what is trainable after all its layers were built.
        frozen = self._large if self.__dict__.get("lora_enabled") else None
        return [variable for variable in super()._variables_to_train() if variable is not frozen]

    def _saved_variables(self) -> list[Variable]:
        """Return what files hold: the factors are added to the large weight."""
        factors = (self._factor_a, self._factor_b) if self.lora_enabled else ()
        return [variable for variable in self._own_weights() if not any(variable is factor for factor in factors)]

    def save_own_variables(self, store: Any) -> None:
        """Put the variables into a mapping, the trained change added to the large weight.

        Args:
            store: mapping from keys to arrays.
        """
        if not self.built:
            return
        merged = {id(variable): value for variable, value in self._merged()}
        for position, variable in enumerate(self._saved_variables()):
            store[str(position)] = ops.convert_to_numpy(merged.get(id(variable), variable))

    def _merged(self) -> list[tuple[Variable, Any]]:
        """Return the variables to which the trained change is added in files, with their values there."""
        return [(self._large, self._with_change())] if self.lora_enabled else []

    def load_own_variables(self, store: Any) -> None:
        """Set the variables from what `save_own_variables` stored; the trained change becomes zero.

        Args:
            store: mapping from keys to arrays.

        Raises:
            ValueError: where the number or a shape differs.
        """
        super().load_own_variables(store)
        if self.lora_enabled:
            self._factor_b.assign(ops.zeros(self._factor_b.shape, self._factor_b.dtype))
