"""Which values of a logged number are better."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from typing import Any

from keras_core.runtime.naming import did_you_mean, to_snake_case

_MODES = ("auto", "min", "max")
_LARGER_IS_BETTER = re.compile(r"acc(uracy)?$|_accuracy|auc|precision|recall|fmeasure|f1|fbeta|iou|r2|cosine|top_k")
_SMALLER_IS_BETTER = re.compile(
    r"loss|error|entropy|(^|_)(mse|mae|mape|msle|rmse|bce|cce|ce|kld)$|divergence|hinge|poisson|logcosh|huber"
)


class Monitor:
    """Tells whether a number is better than another one.

    Args:
        owner: class name of the callback, for errors.
        name: name of the number in the logs.
        mode: `"min"`: smaller is better; `"max"`: larger is better; `"auto"`: what the name says.
        min_delta: what a number must be better by to count.

    Raises:
        ValueError: for another mode.
    """

    def __init__(self, owner: str, name: str, mode: str = "auto", min_delta: float = 0.0) -> None:
        if mode not in _MODES:
            raise ValueError(f"{owner}: expected mode to be one of {_MODES}, got {mode!r}.{did_you_mean(mode, _MODES)}")
        self.owner = owner
        self.name = name
        self.mode = mode
        self.min_delta = abs(min_delta)
        self._larger_is_better: bool | None = None if mode == "auto" else mode == "max"

    def find_direction(self, model: Any) -> None:
        """Find out which way is better, where the mode is `"auto"`.

        Args:
            model: the model that trains; a metric of it that has the monitored name may say by its class.

        Raises:
            ValueError: where neither the name nor the metric says.
        """
        if self._larger_is_better is not None:
            return
        name = self.name.removeprefix("val_")
        kinds = [to_snake_case(type(metric).__name__) for metric in _metrics(model) if metric.name == name]
        for text in (name.lower(), *kinds):
            if _SMALLER_IS_BETTER.search(text) or _LARGER_IS_BETTER.search(text):
                self._larger_is_better = not _SMALLER_IS_BETTER.search(text)
                return
        raise ValueError(
            f"{self.owner}: whether '{self.name}' should become large or small does not follow from its name; "
            "pass mode='max' or mode='min'."
        )

    def value(self, logs: Mapping[str, Any] | None) -> Any:
        """Return the number in the logs; None, with a warning, where there is none."""
        found = (logs or {}).get(self.name)
        if found is None:
            warnings.warn(
                f"{self.owner}: the logs have no '{self.name}', which it monitors; they have {sorted(logs or {})}.",
                stacklevel=4,
            )
        return found

    def is_better(self, value: float, than: float | None) -> bool:
        """Tell whether a number is better than another one, None standing for none so far.

        Which way is better must be known: by the mode, or by `find_direction`.
        """
        if than is None:
            return not math.isnan(value)
        return value - self.min_delta > than if self._larger_is_better else value + self.min_delta < than


def _metrics(model: Any) -> list[Any]:
    """Return the metrics of a model, those of `compile` one by one."""
    found = list(getattr(model, "metrics", ()))
    return [inner for metric in found for inner in (metric, *getattr(metric, "parts", ()))]
