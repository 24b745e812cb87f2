"""The metrics that `compile` describes, as one metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras_core import metrics
from keras_core.metrics import Metric
from keras_core.training.outputs import OutputNames, unique

_ACCURACIES = {
    "binary": metrics.BinaryAccuracy,
    "categorical": metrics.CategoricalAccuracy,
    "sparse": metrics.SparseCategoricalAccuracy,
}
_CROSSENTROPIES = {
    "binary": metrics.binary_crossentropy,
    "categorical": metrics.categorical_crossentropy,
    "sparse": metrics.sparse_categorical_crossentropy,
}
_BY_SHAPE: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("accuracy", "acc"), _ACCURACIES),
    **dict.fromkeys(("crossentropy", "ce"), _CROSSENTROPIES),
}


class CompiledMetrics(Metric):
    """Follows the metrics of all outputs.

    Args:
        unweighted: names, functions, metrics; or a list, dict or structure of lists of them, as the outputs.
        weighted: the same, of those that take the sample weights into account.
    """

    def __init__(self, unweighted: Any, weighted: Any) -> None:
        super().__init__(name="compile_metrics")
        self._given = {"metrics": unweighted, "weighted_metrics": weighted}
        self._names: OutputNames | None = None
        self._found: list[tuple[int, str, bool, Metric]] = []  # output, name in the logs, weighted?, metric

    @property
    def built(self) -> bool:
        """Whether the metrics exist: some are chosen by the shapes of targets and outputs."""
        return self._names is not None

    @property
    def labels(self) -> list[str]:
        """The names of the results in the logs; those that a metric gives as a dict are not among them."""
        return [label for _, label, _, _ in self._found]

    @property
    def parts(self) -> list[Metric]:
        """The single metrics."""
        return [metric for _, _, _, metric in self._found]

    @property
    def variables(self) -> list[Any]:
        """The states of the metrics."""
        return [variable for _, _, _, metric in self._found for variable in metric.variables]

    def build(self, y_true: Any, y_pred: Any, output_names: Sequence[str] | None = None) -> None:
        """Make the metrics.

        Args:
            y_true: targets, symbolic ones too.
            y_pred: outputs of the model, symbolic ones too.
            output_names: names of the outputs, or None.

        Raises:
            ValueError: where the metrics do not fit the outputs, or one is not known.
        """
        names = OutputNames(y_pred, output_names)
        targets = names.distribute("y", y_true, _is_tensor)
        outputs = names.distribute("y_pred", y_pred, _is_tensor)
        taken: set[str] = set()
        for argument, given in self._given.items():
            for place, listed in enumerate(names.distribute(argument, given, _is_list_of_metrics)):
                for identifier in _as_list(listed):
                    is_weighted = argument == "weighted_metrics"
                    name, metric = _make(identifier, targets[place], outputs[place])
                    if targets[place] is not None:
                        metric._build_for(targets[place], outputs[place])
                    label = names.log_name(place, name)
                    if is_weighted and label in taken:
                        label = names.log_name(place, f"weighted_{name}")
                    self._found.append((place, unique(label, taken), is_weighted, metric))
        self._names = names

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Add a batch.

        Args:
            y_true: targets, as the outputs of the model.
            y_pred: outputs of the model.
            sample_weight: weights of the samples for weighted metrics, one array for all outputs or as the outputs.
        """
        if self._names is None:
            self.build(y_true, y_pred)
        names = self._names
        assert names is not None
        targets = names.distribute("y", y_true, _is_tensor)
        outputs = names.distribute("y_pred", y_pred, _is_tensor)
        weights = names.distribute("sample_weight", sample_weight, _is_tensor, shared=True)
        for place, label, is_weighted, metric in self._found:
            if targets[place] is None:
                raise ValueError(f"y: no targets came for the metric '{label}'.")
            if is_weighted:
                metric.update_state(targets[place], outputs[place], sample_weight=weights[place])
            else:
                metric.update_state(targets[place], outputs[place])

    def reset_state(self) -> None:
        """Set all metrics back to the start."""
        for _, _, _, metric in self._found:
            metric.reset_state()

    def result(self) -> dict[str, Any]:
        """Return the result of each metric by its name in the logs."""
        results: dict[str, Any] = {}
        for _, label, _, metric in self._found:
            value = metric.result()
            results.update(value if isinstance(value, dict) else {label: value})
        return results


def _as_list(listed: Any) -> list[Any]:
    if listed is None:
        return []
    return list(listed) if isinstance(listed, list | tuple) else [listed]


def _is_list_of_metrics(value: Any) -> bool:
    return all(not isinstance(item, list | tuple | dict) or _is_config(item) for item in _as_list(value)) and (
        not isinstance(value, dict) or _is_config(value)
    )


def _is_config(value: Any) -> bool:
    return isinstance(value, dict) and "class_name" in value


def _is_tensor(value: Any) -> bool:
    return value is None or not isinstance(value, list | tuple | dict)


def _make(identifier: Any, target: Any, output: Any) -> tuple[str, Metric]:
    """Return the name in the logs, and the metric."""
    found = identifier
    label = None
    if isinstance(identifier, str):
        label = identifier
        if identifier in _BY_SHAPE:
            found = _BY_SHAPE[identifier][_kind(identifier, target, output)]
    found = metrics.get(found)
    if isinstance(found, Metric):
        return label or found.name, found
    name = label or getattr(found, "__name__", type(found).__name__)
    name = "lambda" if name == "<lambda>" else name
    return name, metrics.MeanMetricWrapper(found, name=name)


def _kind(name: str, target: Any, output: Any) -> str:
    """Return which form of a metric fits the shapes of targets and outputs."""
    if target is None:
        raise ValueError(f"metrics: '{name}' is chosen by the shape of the targets, but none came.")
    true, predicted = tuple(target.shape), tuple(output.shape)
    if len(predicted) < 2 or predicted[-1] == 1:
        return "binary"
    is_sparse = len(true) < len(predicted) or (true[-1] == 1 and predicted[-1] != 1)
    return "sparse" if is_sparse else "categorical"
