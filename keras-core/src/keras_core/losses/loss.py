"""`Loss`, and the losses that wrap a function."""

import inspect
from collections.abc import Callable
from typing import Any

from keras_core import dtype_policies, ops
from keras_core.losses.reduction import dtype_of, reduce_weighted, standardize_reduction
from keras_core.runtime import config, dtypes, tree
from keras_core.runtime.call_context import get_mask
from keras_core.runtime.known_objects import Functions
from keras_core.runtime.naming import auto_name
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object


class Loss:
    """What training makes small: `loss(y_true, y_pred, sample_weight)`.

    Subclasses define `call(y_true, y_pred)`, which returns one value an element, and `get_config` where they take
    further arguments.

    Args:
        name: name; made up from the class name when None.
        reduction: how values become one number: `"sum_over_batch_size"` or `"mean"` (sum divided by the number of
            values), `"sum"`, `"mean_with_sample_weight"` (sum divided by the sum of weights), `"none"` or None.
        dtype: dtype name or policy in which the loss is computed; None for `floatx`.

    Raises:
        ValueError: for an unknown reduction.

    Example:
        >>> class Distance(keras.losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return ops.abs(y_true - y_pred)
        >>> float(Distance()([1.0, 2.0], [2.0, 4.0]))
        1.5
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.reduction = standardize_reduction(type(self).__name__, reduction)
        self._given_dtype = dtype
        self._dtype = dtype_policies.get(dtype or config.floatx()).compute_dtype

    @property
    def dtype(self) -> str:
        """The dtype name in which the loss is computed."""
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the loss.

        Args:
            y_true: targets: tensor, or tree of tensors.
            y_pred: predictions, of the same structure. A mask that a layer attached to them counts.
            sample_weight: weights that broadcast to the values of `call`; one number a sample will do.

        Returns:
            Scalar tensor; without a reduction a tensor of one value an element.
        """
        mask = self.mask(y_true, y_pred)
        y_pred = _map_tensors(self._to_tensor, y_pred)
        y_true = _map_tensors(self._to_target, y_true)
        values = self.call(y_true, y_pred)
        return reduce_weighted(values, sample_weight, mask, self.reduction, self._dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return one value an element.

        Args:
            y_true: targets.
            y_pred: predictions.
        """
        raise NotImplementedError(f"{type(self).__name__} has no method call(y_true, y_pred).")

    def mask(self, y_true: Any, y_pred: Any) -> Any:
        """Return which elements count: a bool tensor, or None for all."""
        return get_mask(y_pred)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        config: dict[str, Any] = {"name": self.name, "reduction": self.reduction}
        if self._given_dtype is not None:
            config["dtype"] = self._dtype
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Loss":
        """Return a loss from the result of `get_config`."""
        return cls(**config)

    def _to_tensor(self, x: Any) -> Any:
        return None if x is None else ops.convert_to_tensor(x, self._dtype)

    _to_target = _to_tensor


def _map_tensors(convert: Callable[[Any], Any], x: Any) -> Any:
    """Return a tree with its tensors converted; a nested list of numbers is one tensor."""
    if isinstance(x, list | tuple) and all(isinstance(leaf, bool | int | float) for leaf in tree.flatten(x)):
        return convert(x)
    return tree.map_structure(convert, x)


class LossFunctionWrapper(Loss):
    """A loss whose values come from a function.

    Args:
        fn: function `(y_true, y_pred, **kwargs) -> one value an element`.
        reduction: as of `Loss`.
        name: as of `Loss`; None for the function's name.
        dtype: as of `Loss`.
        **kwargs: further arguments of the function.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", None), reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    @property
    def takes_logits(self) -> bool | None:
        """Whether predictions are to be logits, and not probabilities; None where the loss does not say."""
        parameter = inspect.signature(self.fn).parameters.get("from_logits")
        return None if parameter is None else bool(self._fn_kwargs.get("from_logits", parameter.default))

    @property
    def fn_arguments(self) -> dict[str, Any]:
        """The further arguments of the function."""
        return self._fn_kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return one value an element."""
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        config = super().get_config()
        if type(self) is LossFunctionWrapper:
            config["fn"] = serialize_keras_object(self.fn)
        return {**config, **serialize_keras_object(self._fn_kwargs)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "LossFunctionWrapper":
        """Return a loss from the result of `get_config`."""
        if cls is LossFunctionWrapper:
            config = {**deserialize_keras_object(config, expected=Functions("losses"))}
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, reduction={self.reduction}>"


class LabelLoss(LossFunctionWrapper):
    """A loss whose targets are integers and stay so: a float32 holds no more than 2 ** 24 of them, half floats less."""

    def _to_target(self, x: Any) -> Any:
        labels = ops.convert_to_tensor(x)
        return labels if dtypes.is_integer(dtype_of(labels)) else self._to_tensor(labels)
