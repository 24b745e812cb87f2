"""Functions of tensors. The names are those of the Keras API.

Each function takes tensors of the active backend, `Variable`s, NumPy arrays, numbers and lists, and symbolic
`KerasTensor`s; see `docs/internals.md` for how a call runs. The modules `numpy`, `nn` and `linalg` are lists of
names, all of which are names of this module too.

The module has no `__getattr__`: with one, CPython would take longer to find each of its names, and it suggests a near
name by itself.
"""

from keras_core.ops import image, linalg, nn, numpy, operator_functions, random_bits, recurrence, update
from keras_core.ops.casting import dtype, saturate_cast, view_as_complex, view_as_real
from keras_core.ops.control import (
    cond,
    custom_gradient,
    fori_loop,
    map,
    scan,
    stop_gradient,
    switch,
    vectorized_map,
    while_loop,
)
from keras_core.ops.creation import (
    cast,
    convert_to_numpy,
    convert_to_tensor,
    is_tensor,
    shape,
)
from keras_core.ops.elementwise import erf, rsqrt
from keras_core.ops.fourier import extract_sequences, fft, fft2, ifft2, irfft, istft, rfft, stft
from keras_core.ops.indexing import (
    scatter_add,
    scatter_add_along_axis,
    slice_update,
    top_k,
)
from keras_core.ops.indexing import slice_ as slice
from keras_core.ops.linalg import *
from keras_core.ops.linear_systems import logdet, matrix_power
from keras_core.ops.nn import *
from keras_core.ops.numpy import *
from keras_core.ops.rearranging import rearrange
from keras_core.ops.reduction import logsumexp
from keras_core.ops.scanning import associative_scan, jvp
from keras_core.ops.scoring import cdist, in_top_k
from keras_core.ops.segments import scatter, scatter_update, segment_max, segment_min, segment_prod, segment_sum
from keras_core.ops.shaping import unstack
from keras_core.ops.special import erfc, erfinv, gammainc

operator_functions.bind()

__all__ = [
    "associative_scan",
    "cast",
    "cdist",
    "cond",
    "convert_to_numpy",
    "convert_to_tensor",
    "custom_gradient",
    "dtype",
    "erf",
    "erfc",
    "erfinv",
    "extract_sequences",
    "fft",
    "fft2",
    "fori_loop",
    "gammainc",
    "ifft2",
    "image",
    "in_top_k",
    "irfft",
    "is_tensor",
    "istft",
    "jvp",
    "linalg",
    "logdet",
    "logsumexp",
    "map",
    "matrix_power",
    "nn",
    "numpy",
    "random_bits",
    "rearrange",
    "recurrence",
    "rfft",
    "rsqrt",
    "saturate_cast",
    "scan",
    "scatter",
    "scatter_add",
    "scatter_add_along_axis",
    "scatter_update",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "shape",
    "slice",
    "slice_update",
    "stft",
    "stop_gradient",
    "switch",
    "top_k",
    "unstack",
    "update",
    "vectorized_map",
    "view_as_complex",
    "view_as_real",
    "while_loop",
]
__all__ += linalg.__all__
__all__ += nn.__all__
__all__ += numpy.__all__
