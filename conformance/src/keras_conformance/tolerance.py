"""The one table of tolerances, by dtype of the result."""

from typing import Final, NamedTuple


class Tolerance(NamedTuple):
    """A result `r` agrees with an expected `e` where `|r - e| <= absolute + relative * |e|`."""

    relative: float
    absolute: float

    def scaled(self, factor: float) -> "Tolerance":
        """Return the tolerance times a factor."""
        return Tolerance(self.relative * factor, self.absolute * factor)


# About 40 units in the last place of float32 and float64, 4 of the narrow ones.
TOLERANCES: Final[dict[str, Tolerance]] = {
    "bfloat16": Tolerance(3e-2, 3e-2),
    "float16": Tolerance(4e-3, 4e-3),
    "float32": Tolerance(5e-6, 5e-6),
    "float64": Tolerance(1e-12, 1e-12),
    "complex64": Tolerance(1e-5, 1e-5),
    "complex128": Tolerance(2e-12, 2e-12),
}
EXACT: Final = Tolerance(0.0, 0.0)
GRADIENT: Final[dict[str, Tolerance]] = {"float64": Tolerance(2e-6, 2e-7), "float32": Tolerance(2e-3, 2e-4)}
"""Of directional derivatives against central differences of the oracle, by the dtype of the tensors."""
SECOND_ORDER: Final[dict[str, Tolerance]] = {"float64": Tolerance(2e-5, 2e-6), "float32": Tolerance(5e-3, 5e-4)}
"""Of second derivatives against second differences of the oracle, which lose as many digits again."""

# Rounding errors of single steps add up over a training; measured on four backends, none is off by more than 1e-5.
CURVE: Final = Tolerance(1e-4, 1e-5)
"""Of losses and outputs of float32 models that were trained for some epochs."""
TRAINED: Final = Tolerance(1e-2, 1e-3)
"""Of their weights: optimizers that divide by the size of a gradient make large steps of the rounding errors of a small
one; a step that is wrong is larger still."""


def tolerance_of(dtype: str) -> Tolerance:
    """Return the tolerance of a dtype; integers and bools are exact."""
    return TOLERANCES.get(dtype, EXACT)
