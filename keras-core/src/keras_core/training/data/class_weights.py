"""Weights of classes as weights of samples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_core import ops
from keras_core.runtime import config, tree
from keras_core.training.data.columns import is_number, to_columns


def weights_of_classes(y: Any, class_weight: Mapping[int, float]) -> np.ndarray:
    """Return one weight a sample, 1 for a class that is not named.

    Args:
        y: labels of shape `(n,)` or `(n, 1)`, or one-hot of shape `(n, classes)`; `(n, ..., classes)` likewise.
        class_weight: class -> weight.

    Raises:
        ValueError: for several targets, and weights that are no mapping of finite numbers.
    """
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"class_weight: expected a dict from class to weight, got {class_weight!r}.")
    for label, weight in class_weight.items():
        if not is_number(label) or not is_number(weight) or not math.isfinite(weight):
            raise ValueError(f"class_weight: expected finite numbers, got {weight!r} for class {label!r}.")
    leaves = tree.flatten(to_columns("y", y))
    if len(leaves) != 1 or leaves[0] is None:
        raise ValueError(
            f"class_weight: expected one target array, got {len(leaves)}; weight the samples of models with several "
            "outputs by sample_weight."
        )
    labels = ops.convert_to_numpy(leaves[0])
    if labels.ndim > 1:
        labels = labels.argmax(-1) if labels.shape[-1] > 1 else labels[..., 0]
    labels = np.round(labels).astype("int64")
    weights = np.ones(labels.shape, config.floatx())
    for label, weight in class_weight.items():
        weights[labels == int(label)] = weight
    return weights


def with_class_weights(y: Any, sample_weight: Any, class_weight: Mapping[int, float] | None) -> Any:
    """Return the sample weights, made from the class weights where these are given.

    Raises:
        ValueError: where both are given.
    """
    if class_weight is None:
        return sample_weight
    if sample_weight is not None:
        raise ValueError("expected class_weight or sample_weight, got both; multiply them into one sample_weight.")
    return weights_of_classes(y, class_weight)
