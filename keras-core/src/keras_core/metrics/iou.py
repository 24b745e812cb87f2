"""How much predicted regions of classes and true ones overlap."""

import warnings
from typing import Any, Final

from keras_core import ops
from keras_core.losses.reduction import same_rank
from keras_core.metrics.confusion import ratio, spread_weights
from keras_core.metrics.metric import Metric
from keras_core.runtime import config, dtypes
from keras_core.runtime.call_context import get_mask

_TWO_CLASSES: Final = 2


class IoU(Metric):
    """Mean over some classes of intersection over union: `hits / (hits + false positives + false negatives)`.

    The state is the confusion matrix, in int32 unless a dtype is given. Labels that are no class do not count; neither
    does a class that is not in the data.

    Args:
        num_classes: how many classes.
        target_class_ids: list of the classes that the mean is over.
        name: as of `Metric`.
        dtype: as of `Metric`; give a float dtype where weights are no integers.
        ignore_class: label of elements that do not count.
        sparse_y_true: whether labels are integers; else they are one-hot.
        sparse_y_pred: whether predictions are integers; else the largest along `axis` is taken.
        axis: the axis of classes of what is not integers.

    Raises:
        ValueError: for a class that is none of the classes.

    Example:
        >>> round(float(keras.metrics.IoU(2, [0])([0, 0, 1, 1], [0, 1, 0, 1])), 4)
        0.3333
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype or "int32", name)
        self.num_classes = num_classes
        # Before the classes are listed: so a model file cannot claim more of them than it may.
        shape = (num_classes, num_classes)
        self.total_confusion_matrix = self.add_variable(shape, "zeros", name="total_confusion_matrix")
        self.target_class_ids = list(target_class_ids)
        wrong = [place for place in self.target_class_ids if not 0 <= place < num_classes]
        if wrong:
            raise ValueError(
                f"{type(self).__name__}: expected target_class_ids from 0 to {num_classes - 1}, got {wrong}."
            )
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels.
            y_pred: predictions. A mask that a layer attached to them counts.
            sample_weight: weights of the elements, or one a sample.

        Raises:
            ValueError: where weights do not fit.
        """
        mask = get_mask(y_pred)
        true = self._classes(y_true, self.sparse_y_true)
        predicted = self._classes(y_pred, self.sparse_y_pred)
        self._add(true, predicted, sample_weight, mask)

    def _classes(self, values: Any, are_classes: bool) -> Any:
        values = ops.convert_to_tensor(values)
        return ops.cast(values if are_classes else ops.argmax(values, axis=self.axis), "int32")

    def _add(self, true: Any, predicted: Any, sample_weight: Any, mask: Any) -> None:
        if sample_weight is not None and dtypes.is_integer(self.dtype):
            sample_weight = ops.convert_to_tensor(sample_weight)
            if not dtypes.is_integer(dtypes.standardize_dtype(sample_weight.dtype)):
                warnings.warn(
                    f"{self.name}: sample_weight is of floats, but the state is of {self.dtype}, so that fractions are "
                    f"cut off. Pass dtype='float32' to {type(self).__name__}.",
                    stacklevel=3,
                )
        true, predicted = same_rank(true, predicted)
        weights = spread_weights(self.name, sample_weight, mask, true, self.dtype)
        size = self.num_classes
        counts = (true >= 0) & (true < size) & (predicted >= 0) & (predicted < size)
        if self.ignore_class is not None:
            counts = counts & (true != self.ignore_class)
        # One number for each pair of classes, and one more for what does not count.
        pairs = ops.where(counts, true * size + predicted, ops.full_like(true, size * size))
        sums = ops.segment_sum(ops.reshape(weights, (-1,)), ops.reshape(pairs, (-1,)), num_segments=size * size + 1)
        self.total_confusion_matrix.assign_add(ops.reshape(sums[:-1], (size, size)))

    def result(self) -> Any:
        """Return the mean, 0 where none of the classes is in the data."""
        dtype = self.dtype if dtypes.is_float(self.dtype) else config.floatx()
        matrix = ops.cast(self.total_confusion_matrix, dtype)
        hits = ops.diagonal(matrix)
        union = ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1) - hits
        places = ops.convert_to_tensor(self.target_class_ids, "int32")
        hits, union = ops.take(hits, places), ops.take(union, places)
        number = ops.sum(ops.cast(union > 0, dtype))
        return ratio(ops.sum(ops.divide(hits, union + config.epsilon())), number)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        given = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")
        left_out = self._not_in_config
        return {**super().get_config(), **{name: getattr(self, name) for name in given if name not in left_out}}

    _not_in_config: tuple[str, ...] = ()


class MeanIoU(IoU):
    """Mean over all classes of intersection over union.

    Args:
        num_classes: how many classes.
        name: as of `Metric`.
        dtype: as of `IoU`.
        ignore_class: label of elements that do not count.
        sparse_y_true: whether labels are integers; else they are one-hot.
        sparse_y_pred: whether predictions are integers; else the largest along `axis` is taken.
        axis: the axis of classes of what is not integers.

    Example:
        >>> round(float(keras.metrics.MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1])), 4)
        0.3333
    """

    _not_in_config = ("target_class_ids",)

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)


class OneHotIoU(IoU):
    """Mean over some classes of intersection over union, of one-hot labels.

    Args:
        num_classes: how many classes.
        target_class_ids: list of the classes that the mean is over.
        name: as of `Metric`.
        dtype: as of `IoU`.
        ignore_class: label of elements that do not count.
        sparse_y_pred: whether predictions are integers; else the largest along `axis` is taken.
        axis: the axis of classes.

    Example:
        >>> round(float(keras.metrics.OneHotIoU(2, [0])([[1, 0], [0, 1]], [[0.6, 0.4], [0.2, 0.8]])), 4)
        1.0
    """

    _not_in_config = ("sparse_y_true",)

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)


class OneHotMeanIoU(MeanIoU):
    """Mean over all classes of intersection over union, of one-hot labels.

    Args:
        num_classes: how many classes.
        name: as of `Metric`.
        dtype: as of `IoU`.
        ignore_class: label of elements that do not count.
        sparse_y_pred: whether predictions are integers; else the largest along `axis` is taken.
        axis: the axis of classes.

    Example:
        >>> round(float(keras.metrics.OneHotMeanIoU(2)([[1, 0], [0, 1]], [[0.6, 0.4], [0.2, 0.8]])), 4)
        1.0
    """

    _not_in_config = ("target_class_ids", "sparse_y_true")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)


class BinaryIoU(IoU):
    """Mean over the classes 0 and 1, or one of them, of intersection over union, of predicted probabilities.

    Args:
        target_class_ids: list of the classes that the mean is over.
        threshold: predictions of at least it count as 1.
        name: as of `Metric`.
        dtype: as of `IoU`.

    Example:
        >>> round(float(keras.metrics.BinaryIoU([1])([0, 1, 1], [0.6, 0.4, 0.9])), 4)
        0.3333
    """

    _not_in_config = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")

    def __init__(
        self, target_class_ids: Any = (0, 1), threshold: float = 0.5, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(_TWO_CLASSES, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels, 0 or 1.
            y_pred: predicted probabilities. A mask that a layer attached to them counts.
            sample_weight: weights of the elements, or one a sample.

        Raises:
            ValueError: where weights do not fit.
        """
        mask = get_mask(y_pred)
        predicted = ops.cast(ops.convert_to_tensor(y_pred) >= self.threshold, "int32")
        self._add(self._classes(y_true, True), predicted, sample_weight, mask)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "threshold": self.threshold}
