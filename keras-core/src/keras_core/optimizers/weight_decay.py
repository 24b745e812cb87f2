"""Weight decay: a share of each variable is taken off at each step."""

import re
from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.runtime.variable import Variable


class WeightDecay:
    """The part of `Optimizer` about weight decay."""

    weight_decay: float | None
    _excluded: set[int]
    _excluded_names: list[str]

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave variables out of weight decay.

        Args:
            var_list: the variables.
            var_names: regular expressions; variables in whose name one is found.
        """
        self._excluded |= {id(variable) for variable in var_list or ()}
        self._excluded_names += list(var_names or ())

    def _is_decayed(self, variable: Variable) -> bool:
        named = any(re.search(name, variable.name) for name in self._excluded_names)
        return not named and id(variable) not in self._excluded

    def _decay_of(self, variable: Variable) -> float | None:
        """Return the weight decay of a variable."""
        return self.weight_decay

    def _decay_weights(self, variables: list[Variable], learning_rate: Any) -> None:
        for variable in variables:
            decay = self._decay_of(variable)
            if decay is not None and self._is_decayed(variable):
                share = ops.cast(learning_rate * decay, variable._dtype)
                variable.assign(variable.value - variable.value * share)
