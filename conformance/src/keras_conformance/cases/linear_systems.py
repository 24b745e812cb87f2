"""Systems of linear equations, inverses of any matrix, triangular factors, and powers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import scipy.linalg

from keras_conformance.case import WIDE, WIDE_FLOATS, Arguments, Case, Draw, Sample, args, host_dtype, real_part
from keras_conformance.cases.common import array, fails, zeros

_WITHOUT: Final = {
    "zero_d": "it takes matrices",
    "empty": "frameworks refuse empty matrices",
    "nonfinite": "frameworks differ in raising or in nan for them",
}


def _case(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=samples,
        **{"dtypes": WIDE, "without": _WITHOUT, "tolerance": 40, **changes},
    )


def _square(size: int, /, *batch: int, **named: Any) -> Sample:
    return lambda d: args(d.matrix(size, batch), **named)


def _system(n: int, right: tuple[int, ...], *batch: int, **named: Any) -> Sample:
    return lambda d: args(d.matrix(n, batch), d.array(right), **named)


def _not_square(name: str, *more: Any) -> Any:
    return (fails(lambda: args(zeros(2, 3), *more), ValueError, f"{name}: expected square matrices, got shape (2, 3)"),)


def _no_matrices(name: str, *more: Any) -> Any:
    return fails(lambda: args(zeros(3), *more), ValueError, f"{name}: expected matrices")


def _adjoint(x: Any) -> Any:
    return np.conj(np.swapaxes(x, -1, -2))


def _solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    a = np.tril(a) if lower else np.triu(a)
    return np.linalg.solve(a, b[..., None])[..., 0] if b.ndim == a.ndim - 1 else np.linalg.solve(a, b)


def _cholesky_inverse(x: Any, upper: bool = False) -> Any:
    x = np.triu(x) if upper else np.tril(x)
    return np.linalg.inv(_adjoint(x) @ x if upper else x @ _adjoint(x))


def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    if a.ndim == 2:
        return np.linalg.lstsq(a, b, rcond)[0]
    return np.stack([np.linalg.lstsq(one, other, rcond)[0] for one, other in zip(a, b, strict=True)])


def _pinv(x: Any, rcond: Any = None) -> Any:
    return np.linalg.pinv(x, 1e-6 if rcond is None else rcond)


def _lu(x: Any) -> Any:
    stacked = x.reshape(-1, *x.shape[-2:])
    parts = [scipy.linalg.lu_factor(matrix) for matrix in stacked]
    size = min(x.shape[-2:])
    return np.stack([p[0] for p in parts]).reshape(x.shape), np.stack([p[1] for p in parts]).reshape(
        *x.shape[:-2], size
    )


def _of_rank(rank: int, m: int, n: int, *batch: int) -> Sample:
    def sample(d: Draw) -> Arguments:
        wide = "complex128" if d.dtype.startswith("complex") else "float64"
        x = d.array((*batch, m, rank), -1, 1, wide) @ d.array((*batch, rank, n), -1, 1, wide)
        return args(x.astype(host_dtype(d.dtype)))

    return sample


def _eigen(x: Any) -> Any:
    values, vectors = np.linalg.eig(x.astype(np.complex128))
    return values, vectors


def _eigen_observed(arguments: Arguments, results: list[Any]) -> list[Any]:
    # The order is free, and the phase of each vector.
    values, vectors = results
    x = arguments.positional[0]
    powers = [np.sum(values**k, -1) for k in range(1, x.shape[-1] + 1)]
    return [*powers, x @ vectors - vectors * values[..., None, :], np.sum(np.abs(vectors) ** 2, -2)]


def _modulus(values: Any) -> Any:
    """Return the sum of absolute values: it does not depend on the order."""
    if isinstance(values, np.ndarray):
        return np.sum(np.abs(values))
    from keras_core import ops

    return ops.sum(ops.abs(values))


def _complex(dtype: str) -> str:
    return "complex128" if dtype in ("float64", "complex128") else "complex64"


def _special(*rows: Any) -> Sample:
    return lambda d: args(np.array(rows).astype(host_dtype(d.dtype)))


def _eigen_case(name: str, *samples: Sample, **changes: Any) -> Case:
    return _case(
        name,
        _eigen,
        *samples,
        **{"observe": _eigen_observed, "out": (_complex, _complex), "tolerance": 100, **changes},
    )


_HARD: Final = (
    _special([0.0, 1.0], [-1.0, 0.0]),
    _special([0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
    _special([2.0, 0.0], [0.0, 2.0]),
    _special([0.0, 0.0], [0.0, 0.0]),
    _special([1.0]),
    _special([1.0, 2.0, 3.0], [0.0, 5.0, 6.0], [0.0, 0.0, 9.0]),
)

OPS: Final = (
    _eigen_case(
        "eigen_decomposition",
        array(4, 4),
        array(2, 3, 3),
        *_HARD,
        dtypes=("complex64", "complex128"),
        gradient=False,
        resized=1,
    ),
    _eigen_case(
        "eig",
        array(4, 4),
        array(2, 3, 3),
        *_HARD,
        differentiate=lambda results: [_modulus(results[0])],
        resized=1,
        errors=_not_square("eig"),
    ),
    _case(
        "solve_triangular",
        _solve_triangular,
        _system(3, (3, 2)),
        _system(3, (3,), lower=True),
        _system(2, (4, 2, 3), 4, lower=True),
        resized=2,
        errors=_not_square("solve_triangular", zeros(2)),
    ),
    _case(
        "cholesky_inverse",
        _cholesky_inverse,
        _square(3),
        _square(2, 4, upper=True),
        resized=1,
        errors=_not_square("cholesky_inverse"),
    ),
    _case(
        "logdet",
        lambda x: np.linalg.slogdet(x)[1],
        lambda d: args(d.positive_definite(3)),
        lambda d: args(d.positive_definite(2, (4,))),
        out=real_part,
        resized=1,
        errors=_not_square("logdet"),
    ),
    _case(
        "pinv",
        _pinv,
        array(4, 3),
        array(2, 3, 4),
        _square(3),
        array(3, 3, rcond=0.3),
        lambda d: args(np.eye(3).astype(d.dtype)),
        _of_rank(2, 4, 3),
        dtypes=WIDE,
        errors=(_no_matrices("pinv"),),
    ),
    _case(
        "lstsq",
        _lstsq,
        lambda d: args(d.array((5, 3)), d.array((5, 2))),
        lambda d: args(d.array((5, 3)), d.array((5,))),
        lambda d: args(d.array((3, 5)), d.array((3, 2))),
        lambda d: args(d.array((2, 4, 3)), d.array((2, 4, 1))),
        errors=(
            _no_matrices("lstsq", zeros(3)),
            fails(lambda: args(zeros(3, 2), zeros(2)), ValueError, "lstsq: expected b to have as many rows as a"),
        ),
    ),
    _case(
        "matrix_rank",
        lambda x, tol=None: np.linalg.matrix_rank(x, 1e-4 if tol is None else tol),
        _of_rank(2, 4, 3),
        _of_rank(1, 3, 3, 2),
        _square(3, tol=2.5),
        lambda d: args(np.zeros((2, 3, 3)).astype(d.dtype)),
        out="int32",
        gradient=False,
        errors=(_no_matrices("matrix_rank"),),
    ),
    _case(
        "lu_factor",
        _lu,
        array(3, 3),
        array(2, 4, 4),
        array(4, 2),
        array(2, 5),
        dtypes=WIDE,
        out=("same", "int32"),
        differentiate=lambda results: results[:1],
        errors=(_no_matrices("lu_factor"),),
    ),
    _case(
        "matrix_power",
        np.linalg.matrix_power,
        _square(3, n=3),
        _square(3, n=0),
        _square(2, 4, n=1),
        _square(3, n=-2),
        _square(3, n=7),
        dtypes=(*WIDE_FLOATS, "complex64"),
        resized=2,
        errors=(
            *_not_square("matrix_power", 2),
            fails(lambda: args(zeros(2, 2), 0.5), TypeError, "matrix_power: expected n to be an int"),
        ),
    ),
)
PRIMITIVES: Final = ()
