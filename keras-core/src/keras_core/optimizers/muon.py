"""Muon."""

import math
import re
from collections.abc import Sequence
from typing import Any

from keras_core import ops
from keras_core.ops import update
from keras_core.ops.update_rules import orthogonalized
from keras_core.optimizers.by_rule import RuleOptimizer, assign_by_rule
from keras_core.runtime.variable import Variable


class Muon(RuleOptimizer):
    """Steps along the orthogonal matrix nearest to the mean gradient; Adam for what is no matrix.

    Args:
        learning_rate: as of `Optimizer`.
        adam_beta_1: `beta_1` of Adam.
        adam_beta_2: `beta_2` of Adam.
        adam_weight_decay: weight decay of the variables that Adam changes.
        epsilon: `epsilon` of Adam.
        weight_decay: weight decay of the matrices.
        clipnorm: as of `Optimizer`.
        clipvalue: as of `Optimizer`.
        global_clipnorm: as of `Optimizer`.
        use_ema: as of `Optimizer`.
        ema_momentum: as of `Optimizer`.
        ema_overwrite_frequency: as of `Optimizer`.
        loss_scale_factor: as of `Optimizer`.
        gradient_accumulation_steps: as of `Optimizer`.
        name: as of `Optimizer`.
        exclude_layers: regular expressions; variables in whose path one is found are left to Adam.
        exclude_embeddings: whether variables with `embedding` in their path are.
        muon_a: first coefficient of the polynomial that makes a matrix orthogonal.
        muon_b: second coefficient.
        muon_c: third coefficient.
        adam_lr_ratio: learning rate of Adam as a share of the other one.
        momentum: float: how slowly the mean of the gradients moves.
        ns_steps: how often the polynomial is applied.
        nesterov: whether the step looks ahead.
        rms_rate: float: root mean square of a step at a learning rate of 1; None: as it comes.

    Raises:
        ValueError: where an argument is none of these.

    Source:
        Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/;
        Liu et al., 2025, https://arxiv.org/abs/2502.16982.

    Example:
        >>> v = keras.Variable([[1.0, 0.0], [0.0, 1.0]])
        >>> keras.optimizers.Muon(0.5, weight_decay=None).apply([ops.eye(2)], [v])
        >>> np.round(v.numpy().astype("float64"), 1).tolist()
        [[0.8, 0.0], [0.0, 0.8]]
    """

    _rule = "muon"
    _arguments = (
        *("adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b", "muon_c", "adam_lr_ratio"),
        *("momentum", "ns_steps", "nesterov", "exclude_embeddings", "adam_weight_decay", "rms_rate"),
    )

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.775,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ) -> None:
        super().__init__(locals())
        self.exclude_layers = list(exclude_layers or [])

    def _is_for_adam(self, variable: Variable) -> bool:
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in variable.path.lower()):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def build(self, var_list: Sequence[Variable]) -> None:
        """Make the state for trainable variables.

        Args:
            var_list: list of variables.
        """
        if self.built:
            return
        super().build(var_list)
        self._columns = ([], [])
        for variable in self._trainable_variables:
            wanted = 0 if variable.overwrite_with_gradient else 2 if self._is_for_adam(variable) else 1
            for place, (column, name) in enumerate(zip(self._columns, ("momentum", "velocity"), strict=True)):
                column.append(self.add_variable_from_reference(variable, name) if place < wanted else None)

    def _decay_of(self, variable: Variable) -> float | None:
        return self.adam_weight_decay if self._is_for_adam(variable) else self.weight_decay

    def _options(self) -> dict[str, Any]:
        return {
            "momentum": self.momentum,
            "nesterov": self.nesterov,
            "coefficients": (self.muon_a, self.muon_b, self.muon_c),
            "steps": self.ns_steps,
            "size": self.rms_rate,
        }

    def update_steps(self, gradients: list[Any], variables: list[Variable], learning_rate: Any) -> None:
        """Change all variables.

        Args:
            gradients: list of tensors.
            variables: list of variables of the same shapes and dtypes.
            learning_rate: scalar tensor.
        """
        pairs = list(zip(variables, gradients, strict=True))
        matrices = [pair for pair in pairs if not self._is_for_adam(pair[0])]
        others = [pair for pair in pairs if self._is_for_adam(pair[0])]
        kept, slopes = [pair[0] for pair in matrices], [pair[1] for pair in matrices]
        assign_by_rule(self._rule, [kept, self._rows(kept)[0]], slopes, [learning_rate], self._options())
        if others:
            self._apply_adam([pair[0] for pair in others], [pair[1] for pair in others], learning_rate)

    def _apply_adam(self, variables: list[Variable], gradients: list[Any], learning_rate: Any) -> None:
        changed = [variables, *self._rows(variables)]
        values, momentums, velocities = ([variable.value for variable in column] for column in changed)
        rate, betas = learning_rate * self.adam_lr_ratio, (self.adam_beta_1, self.adam_beta_2)
        step = ops.convert_to_tensor(self.iterations) + 1
        results = update.adam_update(values, gradients, momentums, velocities, rate, *betas, self.epsilon, step)
        for column, tensors in zip(changed, results, strict=True):
            for variable, tensor in zip(column, tensors, strict=True):
                variable.assign(tensor)

    def lr_adjust(self, x: Any) -> Any:
        """Return a step scaled so that its root mean square is `rms_rate` where it is orthogonal.

        Args:
            x: tensor of shape (rows, columns).

        Source:
            Liu et al., 2025, https://arxiv.org/abs/2502.16982, equation 4: an orthogonal step of `rows x columns`
            has the root mean square `1 / sqrt(max(rows, columns))`.
        """
        rows, columns, *_ = x.shape
        scale = 1.0 if self.rms_rate is None else self.rms_rate * math.sqrt(max(rows, columns))
        return ops.multiply(x, scale)

    def transpose_last_axis(self, X: Any) -> Any:
        """Return matrices transposed.

        Args:
            X: tensor of shape (..., rows, columns).
        """
        return ops.swapaxes(X, -1, -2)

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Return matrices with the singular vectors of given ones, and singular values of about 1.

        Args:
            x: tensor of shape (..., rows, columns).
            steps: how often the polynomial is applied.
        """
        return orthogonalized(ops.convert_to_tensor(x), (self.muon_a, self.muon_b, self.muon_c), steps)
