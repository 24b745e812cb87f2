"""Functions of tensors. The names are those of the Keras API.

Each function takes tensors of the active backend, `Variable`s, NumPy arrays, numbers and lists, and symbolic
`KerasTensor`s; see `docs/internals.md` for how a call runs.
"""

from keras_core.ops import random_bits, update
from keras_core.ops.activation import (
    celu,
    elu,
    gelu,
    hard_sigmoid,
    hard_silu,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
)
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
from keras_core.ops.convolution import average_pool, conv, max_pool
from keras_core.ops.creation import (
    arange,
    cast,
    convert_to_numpy,
    convert_to_tensor,
    copy,
    eye,
    full,
    full_like,
    identity,
    is_tensor,
    linspace,
    ones,
    ones_like,
    shape,
    zeros,
    zeros_like,
)
from keras_core.ops.elementwise import (
    clip,
    conjugate,
    erf,
    imag,
    isclose,
    log2,
    log10,
    logaddexp,
    nan_to_num,
    real,
    reciprocal,
    round,
    rsqrt,
    square,
    where,
)
from keras_core.ops.elementwise_binary import (
    add,
    arctan2,
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    divide,
    equal,
    floor_divide,
    greater,
    greater_equal,
    left_shift,
    less,
    less_equal,
    logical_and,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    mod,
    multiply,
    not_equal,
    power,
    right_shift,
    subtract,
)
from keras_core.ops.elementwise_unary import (
    absolute,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctanh,
    bitwise_not,
    ceil,
    cos,
    cosh,
    exp,
    expm1,
    floor,
    isfinite,
    isinf,
    isnan,
    log,
    log1p,
    logical_not,
    negative,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
    trunc,
)
from keras_core.ops.indexing import (
    argmax,
    argmin,
    argsort,
    get_item,
    nonzero,
    one_hot,
    scatter_add,
    scatter_add_along_axis,
    slice_update,
    sort,
    take,
    take_along_axis,
    top_k,
)
from keras_core.ops.indexing import slice_ as slice
from keras_core.ops.linalg import (
    cholesky,
    det,
    dot,
    eigh,
    einsum,
    inv,
    matmul,
    norm,
    qr,
    slogdet,
    solve,
    svd,
    tensordot,
)
from keras_core.ops.normalization import (
    batch_normalization,
    binary_crossentropy,
    categorical_crossentropy,
    dot_product_attention,
    layer_normalization,
    moments,
    normalize,
    rms_normalization,
    sparse_categorical_crossentropy,
)
from keras_core.ops.reduction import (
    all,
    any,
    count_nonzero,
    cumprod,
    cumsum,
    logsumexp,
    max,
    mean,
    min,
    prod,
    std,
    sum,
    var,
)
from keras_core.ops.shaping import (
    broadcast_to,
    concatenate,
    expand_dims,
    flip,
    moveaxis,
    ndim,
    pad,
    ravel,
    repeat,
    reshape,
    roll,
    size,
    split,
    squeeze,
    stack,
    swapaxes,
    tile,
    transpose,
    unstack,
)
from keras_core.runtime import operators

abs = absolute
amax, amin = max, min
bitwise_invert = bitwise_not
bitwise_left_shift, bitwise_right_shift = left_shift, right_shift
conj = conjugate
swish, hard_swish = silu, hard_silu
true_divide = divide

operators.bind(
    **{
        "abs": absolute,
        "add": add,
        "and": lambda x, y: _bits(bitwise_and, logical_and, x, y),
        "divide": divide,
        "equal": equal,
        "floor_divide": floor_divide,
        "get_item": get_item,
        "greater": greater,
        "greater_equal": greater_equal,
        "invert": bitwise_not,
        "left_shift": left_shift,
        "less": less,
        "less_equal": less_equal,
        "matmul": matmul,
        "mod": mod,
        "multiply": multiply,
        "negative": negative,
        "not_equal": not_equal,
        "or": lambda x, y: _bits(bitwise_or, logical_or, x, y),
        "power": power,
        "reshape": reshape,
        "right_shift": right_shift,
        "squeeze": squeeze,
        "subtract": subtract,
        "xor": lambda x, y: _bits(bitwise_xor, logical_xor, x, y),
    }
)


def _bits(bitwise, logical, x, y):
    is_bool = "bool" in str(getattr(x, "dtype", "")) or "bool" in str(getattr(y, "dtype", ""))
    return logical(x, y) if is_bool else bitwise(x, y)


__all__ = sorted(name for name in globals() if not name.startswith("_") and name not in ("operators", "random_bits"))
