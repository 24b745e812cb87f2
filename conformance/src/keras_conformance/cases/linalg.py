"""Products and decompositions of matrices, Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from keras_conformance.case import (
    COMPLEX,
    INEXACT,
    NUMBERS,
    WIDE,
    Arguments,
    Case,
    Draw,
    ExpectedError,
    Sample,
    args,
    floating,
    host_dtype,
    real_part,
)
from keras_conformance.cases.common import array, fails, with_nan, zeros

_MATRICES = {"zero_d": "it takes matrices", "nonfinite": "no algorithm promises anything for nan"}
_DECOMPOSED = {**_MATRICES, "empty": "no algorithm promises anything for nothing"}


def _pair(first: tuple[int, ...], second: tuple[int, ...], *rest: Any, **named: Any) -> Sample:
    return lambda d: args(d.array(first), d.array(second), *rest, **named)


def _nan_pair(*rest: Any) -> Sample:
    def sample(d: Draw) -> Arguments:
        x = d.array((2, 3))
        x[0, 0] = np.nan
        return args(x, d.array((3, 2)), *rest)

    return sample


def _product_dtype(dtype: str) -> str:
    """Return the dtype of a product of two tensors of one dtype."""
    return "int32" if dtype == "int8" else dtype


def _widened(x: Any) -> Any:
    return x.astype(np.int32) if x.dtype == np.int8 else x


def _matmul(name: str, **changes: Any) -> Case:
    return Case(
        name=name,
        **{"oracle": np.matmul, **changes},
        samples=(
            _pair((2, 3), (3, 4)),
            _pair((3,), (3,)),
            _pair((2, 3), (3,)),
            _pair((3,), (3, 2)),
            _pair((2, 1, 3, 4), (5, 4, 2)),
        ),
        dtypes=NUMBERS,
        nonfinite=_nan_pair(),
        empty=_pair((2, 0), (0, 3)),
        without={"zero_d": "it takes vectors and matrices"},
        tolerance=4,
        errors=(fails(lambda: args(zeros(2, 3), zeros(2, 3)), Exception, ""),),
    )


def _einsum(subscripts: str, *shapes: tuple[int, ...]) -> Sample:
    return lambda d: args(subscripts, *(d.array(shape) for shape in shapes))


def _adjoint(x: Any) -> Any:
    return np.conj(np.swapaxes(x, -1, -2))


def _qr_observed(arguments: Arguments, results: list[Any]) -> list[Any]:
    # The columns of Q are unique but for their phase.
    q, r = results
    return [q @ r, _adjoint(q) @ q, np.abs(r), np.tril(r, -1)]


def _eigh_observed(arguments: Arguments, results: list[Any]) -> list[Any]:
    values, vectors = results
    return [values, (vectors * values[..., None, :]) @ _adjoint(vectors), _adjoint(vectors) @ vectors]


def _svd_observed(arguments: Arguments, results: list[Any]) -> list[Any]:
    if len(results) == 1:
        return results
    u, s, vh = results
    k = s.shape[-1]
    return [s, (u[..., :k] * s[..., None, :]) @ vh[..., :k, :], _adjoint(u) @ u, vh @ _adjoint(vh)]


def _svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    return tuple(np.linalg.svd(x, full_matrices, compute_uv)) if compute_uv else np.linalg.svd(x, compute_uv=False)


def _square(n: int, *batch: int, **named: Any) -> Sample:
    return lambda d: args(d.matrix(n, batch), **named)


def _definite(n: int, *batch: int, **named: Any) -> Sample:
    return lambda d: args(d.positive_definite(n, batch), **named)


def _system(n: int, right: tuple[int, ...], *batch: int) -> Sample:
    return lambda d: args(d.matrix(n, batch), d.array(right))


def _not_square(name: str, *more: Any) -> tuple[ExpectedError, ...]:
    return (fails(lambda: args(zeros(2, 3), *more), ValueError, f"{name}: expected square matrices, got shape (2, 3)"),)


def _decomposition(name: str, oracle: Callable[..., Any], *samples: Sample, **changes: Any) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=samples,
        **{"dtypes": WIDE, "without": _DECOMPOSED, "tolerance": 20, **changes},
    )


def _cholesky(x: Any, upper: bool = False) -> Any:
    return _adjoint(np.linalg.cholesky(x)) if upper else np.linalg.cholesky(x)


def _symmetric_gradient() -> dict[str, Any]:
    return {"gradient": False, "why_no_gradient": "its argument must stay Hermitian, which a random direction does not"}


def _solve(a: Any, b: Any) -> Any:
    return np.linalg.solve(a, b[..., None])[..., 0] if b.ndim == a.ndim - 1 else np.linalg.solve(a, b)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = x.astype(np.float64) if x.dtype.kind in "iub" else x
    return np.linalg.norm(x, ord, axis, keepdims)


_LAST_ONLY: Callable[[list[Any]], list[Any]] = lambda results: results[1:2]  # noqa: E731

_QR = _decomposition(
    "qr",
    lambda x: tuple(np.linalg.qr(x)),
    array(4, 3),
    _square(3),
    array(2, 3, 5),
    observe=_qr_observed,
    differentiate=lambda results: [part * part for part in results],
    out=("same", "same"),
)
_EIGH = _decomposition(
    "eigh", lambda x: tuple(np.linalg.eigh(x)), _definite(3), _definite(2, 2), observe=_eigh_observed, resized=1,
    out=(real_part, "same"), **_symmetric_gradient(),
)  # fmt: skip
_SLOGDET = _decomposition(
    "slogdet", lambda x: tuple(np.linalg.slogdet(x)), _square(3), _square(2, 4), differentiate=_LAST_ONLY,
    out=("same", real_part), resized=1,
)  # fmt: skip
_CHOLESKY = _decomposition("cholesky", _cholesky, _definite(3), _definite(2, 2), resized=1, **_symmetric_gradient())


def _fourier(name: str, oracle: Callable[..., Any]) -> Case:
    return Case(
        name=name,
        oracle=oracle,
        samples=(array(2, 8), array(5), array(2, 3, 6)),
        dtypes=COMPLEX,
        without={**_MATRICES, "empty": "there is no transform of nothing"},
        tolerance=4,
    )


OPS: Final = (
    _matmul("matmul", oracle=lambda x1, x2: np.matmul(_widened(x1), _widened(x2)), out=_product_dtype),
    Case(
        name="dot",
        oracle=np.dot,
        samples=(_pair((2, 3), (3, 4)), _pair((3,), (3,)), _pair((2, 3), (4, 3, 2)), _pair((2, 3), ())),
        dtypes=(*INEXACT, "int32", "uint8"),
        nonfinite=_nan_pair(),
        empty=_pair((2, 0), (0, 3)),
        zero_d=_pair((), ()),
        tolerance=4,
    ),
    Case(
        name="tensordot",
        oracle=lambda x1, x2, axes=2: np.tensordot(x1, x2, axes),
        samples=(
            _pair((2, 3, 4), (4, 5), axes=1),
            _pair((2, 3, 4), (3, 4)),
            _pair((2, 3), (4, 2), axes=((0,), (1,))),
            _pair((2, 3, 4), (4, 2, 3), axes=[[0, -1], [1, 0]]),
            _pair((2,), (3,), axes=0),
        ),
        dtypes=(*INEXACT, "int32", "uint8"),
        nonfinite=_nan_pair(1),
        empty=_pair((2, 0), (0, 3), 1),
        zero_d=_pair((), (), 0),
        tolerance=4,
        errors=(
            fails(
                lambda: args(zeros(2, 3), zeros(2, 3), axes=((0, 1), (0,))), ValueError, "tensordot: expected as many"
            ),
        ),
    ),
    Case(
        name="einsum",
        oracle=lambda subscripts, *operands: np.einsum(subscripts, *map(_widened, operands)),
        samples=(
            _einsum("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
            _einsum("ij->ji", (2, 3)),
            _einsum("ii->i", (3, 3)),
            _einsum("ij,kj,k->i", (2, 3), (4, 3), (4,)),
            _einsum("...ij,...jk->...ik", (2, 3, 4), (4, 5)),
            _einsum("ij,ij->", (2, 3), (2, 3)),
            _einsum("i,j", (2,), (3,)),
            _einsum("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)),
        ),
        dtypes=(*INEXACT, "int32", "int8"),
        out=_product_dtype,
        nonfinite=lambda d: args("ij,jk->ik", *_nan_pair()(d).positional),
        empty=_einsum("ij,jk->ik", (2, 0), (0, 3)),
        zero_d=_einsum(",->", (), ()),
        tolerance=4,
        errors=(
            # A kernel gets the subscripts as they are; the exception may be the framework's.
            fails(lambda: args("ij,jk->ik", zeros(2, 3)), Exception, ""),
            fails(lambda: args("ij->ik", zeros(2, 3)), Exception, ""),
            fails(lambda: args("ij,jk->il", zeros(2, 3), zeros(3, 4)), Exception, ""),
            fails(lambda: args("ij,jk->ik", zeros(2, 3), zeros(4, 5)), Exception, ""),
        ),
    ),
    Case(
        name="norm",
        oracle=_norm,
        samples=(
            array(3, 4, axis=1),
            array(3, 4),
            array(3, 4, ord=1, axis=0, keepdims=True),
            array(3, 4, ord=np.inf, axis=-1),
            array(3, 4, ord=3, axis=1),
            array(3, 4, ord="fro", axis=(0, 1)),
            array(3, 4, ord=1, axis=(0, 1)),
            array(2, 3, 4, ord=np.inf, axis=(1, 2), keepdims=True),
            array(2, 3, 4, ord=-1, axis=(0, 2)),
            array(2, 3, 4, ord="nuc", axis=(0, 2)),
            array(2, 3, 4, ord=2, axis=(1, 2), keepdims=True),
            array(3, 4, ord=-2, axis=(0, 1)),
            array(3, 4, ord=-np.inf, axis=(0, 1)),
            array(3, 4, ord=-1.5, axis=1),
            lambda d: args(np.zeros((2, 3)).astype(host_dtype(d.dtype)), ord=3, axis=1),
        ),
        dtypes=(*INEXACT, "int32"),
        out=lambda t: real_part(floating(t)),
        nonfinite=with_nan(3, 4, axis=1),
        empty=array(3, 0, axis=1),
        without={"zero_d": "numpy has no norm of a scalar"},
        tolerance=3,
        errors=(fails(lambda: args(zeros(2, 3), ord="nuclear", axis=1), ValueError, "norm: order 'nuclear'"),),
    ),
    replace(
        _CHOLESKY,
        samples=(*_CHOLESKY.samples, _definite(3, upper=True)),
        errors=_not_square("cholesky"),
    ),
    _decomposition("inv", np.linalg.inv, _square(3), _square(2, 4), resized=1, errors=_not_square("inv")),
    _decomposition(
        "solve",
        _solve,
        _system(3, (3, 2)),
        _system(3, (3,)),
        _system(2, (4, 2, 3), 4),
        resized=2,
        errors=_not_square("solve", zeros(2)),
    ),
    _decomposition("det", np.linalg.det, _square(3), _square(2, 4), resized=1, errors=_not_square("det")),
    replace(_SLOGDET, errors=_not_square("slogdet")),
    replace(
        _QR,
        oracle=lambda x, mode="reduced": tuple(np.linalg.qr(x, mode)),
        samples=(*_QR.samples, array(4, 2, mode="complete"), array(2, 2, 4, mode="complete")),
        errors=(fails(lambda: args(zeros(2, 2), "full"), ValueError, "qr: expected mode 'reduced' or 'complete'"),),
    ),
    _decomposition(
        "svd",
        _svd,
        array(4, 3, compute_uv=False),
        array(3, 4, full_matrices=False),
        array(4, 3),
        array(2, 3, 3),
        observe=_svd_observed,
        out=None,
        errors=(fails(lambda: args(zeros(3)), ValueError, "svd: expected matrices"),),
    ),
    replace(_EIGH, errors=_not_square("eigh")),
)
PRIMITIVES: Final = (
    _matmul("matmul"),
    _CHOLESKY,
    _QR,
    replace(
        _decomposition(
            "svd",
            lambda x, full_matrices: tuple(np.linalg.svd(x, full_matrices)),
            array(3, 4, rest=(False,)),
            array(4, 3, rest=(True,)),
            array(2, 3, 3, rest=(False,)),
            observe=_svd_observed,
            out=("same", real_part, "same"),
        ),
        differentiate=_LAST_ONLY,
    ),
    _EIGH,
    _decomposition("solve", np.linalg.solve, _system(3, (3, 2)), _system(2, (4, 2, 3), 4), resized=1),
    _SLOGDET,
    _fourier("fft", np.fft.fft),
    _fourier("ifft", np.fft.ifft),
)
