"""What became of each variable when weights were loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keras_core.saving.errors import listed


@dataclass(frozen=True)
class LoadReport:
    """Which variables of a model were set from a file, and which were left as they were.

    `load_weights` returns it. Names are those of safetensors files: `"dense_1/kernel"`. Without `skip_mismatch` only
    the state of an optimizer can be missing, unexpected or mismatched: of anything else an error tells.

    Attributes:
        source: what was loaded.
        model: into what.
        matched: variables that were set.
        missing: variables of the model for which the file has nothing.
        unexpected: arrays of the file for which the model has nothing.
        mismatched: variable of the model -> why it was left as it is, though the file has something for it.

    Example:
        >>> import tempfile
        >>> one = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> other = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     one.save_weights(f"{folder}/one.safetensors")
        ...     report = other.load_weights(f"{folder}/one.safetensors")
        >>> report.matched, report.complete
        (('dense/kernel', 'dense/bias'), True)
    """

    source: str
    model: str
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    mismatched: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether all variables were set, and all arrays used."""
        return not (self.missing or self.unexpected or self.mismatched)

    def __str__(self) -> str:
        lines = [f"{self.source} into {self.model}: {len(self.matched)} variables set"]
        for what, names in (
            ("missing in the file", list(self.missing)),
            ("unexpected in the file", list(self.unexpected)),
            ("left as they are", [f"{name}: {reason}" for name, reason in self.mismatched.items()]),
        ):
            if names:
                lines += [f"{what}:", listed(names)]
        return "\n".join(lines)
