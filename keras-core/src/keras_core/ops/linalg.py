"""`keras_core.ops.linalg`: the ops of linear algebra."""

from keras_core.ops.decomposition import cholesky, det, eigh, inv, norm, qr, solve, svd
from keras_core.ops.eigen import eig
from keras_core.ops.linear_systems import cholesky_inverse, lstsq, lu_factor, matrix_rank, pinv, solve_triangular
from keras_core.ops.scanning import jvp

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "det",
    "eig",
    "eigh",
    "inv",
    "jvp",
    "lstsq",
    "lu_factor",
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
]
