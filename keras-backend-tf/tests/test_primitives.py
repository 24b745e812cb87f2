"""Each primitive against NumPy: values, strict result dtypes, 0-d, empty, and unknown sizes in graphs."""

import numpy as np
import pytest
import tensorflow as tf

from keras_backend_tf.host import DTYPES, HOST_CONVERSION
from keras_backend_tf.primitives import PRIMITIVES
from keras_core.contract import PRIMITIVE_NAMES, UnsupportedOpError

SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTEGER = SIGNED + UNSIGNED
FLOAT = ["float16", "bfloat16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INEXACT, REAL, NUMBER = FLOAT + COMPLEX, INTEGER + FLOAT, INTEGER + FLOAT + COMPLEX
ANY = ["bool", *NUMBER]
TOLERANCE = {"float16": 4e-3, "bfloat16": 3e-2, "float32": 2e-5, "complex64": 2e-5}
REAL_PART = {"complex64": "float32", "complex128": "float64"}
SHAPES = [(3, 4), (), (0, 3)]


def sample(shape, dtype, seed=0, low=-3.0, high=3.0):
    """Return a tensor and the array of its (rounded) values in the widest dtype of its kind."""
    generator = np.random.default_rng(seed)
    values = generator.uniform(low, high, shape)
    if dtype in COMPLEX:
        values = values + 1j * generator.uniform(low, high, shape)
    if dtype == "bool":
        values = values > (low + high) / 2
    elif dtype in UNSIGNED:
        values = np.abs(values).round()
    elif dtype in SIGNED:
        values = values.round()
    tensor = HOST_CONVERSION.from_host(np.asarray(values), dtype)
    exact = HOST_CONVERSION.to_host(tensor)
    return tensor, exact.astype("complex128" if dtype in COMPLEX else "float64") if dtype in INEXACT else exact


def check(result, expected, dtype):
    assert result.dtype is DTYPES[dtype], (result.dtype, dtype)
    actual = HOST_CONVERSION.to_host(result)
    assert actual.shape == np.shape(expected)
    if dtype in INEXACT:
        tolerance = TOLERANCE.get(dtype, 1e-10)
        actual = actual.astype("complex128" if dtype in COMPLEX else "float64")
        np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(actual, np.asarray(expected).astype(actual.dtype))


def run_unknown(name, tensors, *rest):
    """Call a primitive in a graph in which no size is known."""
    specifications = [tf.TensorSpec([None] * x.ndim, x.dtype) for x in tensors]
    return tf.function(lambda *xs: PRIMITIVES[name](*xs, *rest), specifications, autograph=False)(*tensors)


def test_all_primitives_are_there_in_order():
    assert tuple(PRIMITIVES) == PRIMITIVE_NAMES


UNARY = {
    **{
        name: (getattr(np, name), INEXACT, -2.0, 2.0) for name in ("exp", "expm1", "sin", "cos", "sinh", "cosh", "tanh")
    },
    **{name: (getattr(np, name), INEXACT, 0.1, 3.0) for name in ("log", "log1p", "sqrt")},
    **{name: (getattr(np, name), FLOAT, -3.0, 3.0) for name in ("floor", "ceil", "round", "trunc")},
    "tan": (np.tan, INEXACT, -1.0, 1.0),
    "asin": (np.arcsin, INEXACT, -0.9, 0.9),
    "acos": (np.arccos, INEXACT, -0.9, 0.9),
    "atan": (np.arctan, INEXACT, -0.9, 0.9),
    "asinh": (np.arcsinh, INEXACT, -2.0, 2.0),
    "acosh": (np.arccosh, INEXACT, 1.1, 3.0),
    "atanh": (np.arctanh, INEXACT, -0.9, 0.9),
    "abs": (np.abs, NUMBER, -3.0, 3.0),
    "negative": (np.negative, NUMBER, -3.0, 3.0),
    "sign": (np.sign, NUMBER, -3.0, 3.0),
    "conj": (np.conj, COMPLEX, -3.0, 3.0),
    "real": (np.real, COMPLEX, -3.0, 3.0),
    "imag": (np.imag, COMPLEX, -3.0, 3.0),
    "isnan": (np.isnan, INEXACT, -3.0, 3.0),
    "isinf": (np.isinf, INEXACT, -3.0, 3.0),
    "isfinite": (np.isfinite, INEXACT, -3.0, 3.0),
    "logical_not": (np.logical_not, ["bool"], -3.0, 3.0),
    "bitwise_invert": (np.invert, ["bool", *INTEGER], -3.0, 3.0),
    "stop_gradient": (np.array, ANY, -3.0, 3.0),
}


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    function, dtypes, low, high = UNARY[name]
    for dtype in dtypes:
        result_dtype = "bool" if name.startswith("is") else dtype
        if name in ("abs", "real", "imag"):
            result_dtype = REAL_PART.get(dtype, dtype)
        for shape in SHAPES:
            tensor, array = sample(shape, dtype, low=low, high=high)
            check(PRIMITIVES[name](tensor), function(array), result_dtype)
    check(
        run_unknown(name, [sample((2, 3), dtypes[-1], low=low, high=high)[0]]),
        function(sample((2, 3), dtypes[-1], low=low, high=high)[1]),
        result_dtype,
    )


BINARY = {
    "add": (np.add, ANY, None),
    "subtract": (np.subtract, NUMBER, None),
    "multiply": (np.multiply, ANY, None),
    "divide": (np.divide, INEXACT, None),
    "floor_divide": (np.floor_divide, REAL, "nonzero"),
    "remainder": (np.remainder, REAL, "nonzero"),
    "pow": (np.power, NUMBER, "positive"),
    "atan2": (np.arctan2, FLOAT, None),
    "maximum": (np.maximum, ["bool", *REAL], None),
    "minimum": (np.minimum, ["bool", *REAL], None),
    **{name: (getattr(np, name), ANY, None) for name in ("equal", "not_equal")},
    **{name: (getattr(np, name), ["bool", *REAL], None) for name in ("less", "less_equal", "greater", "greater_equal")},
    **{name: (getattr(np, name), ["bool"], None) for name in ("logical_and", "logical_or", "logical_xor")},
    **{name: (getattr(np, name), ["bool", *INTEGER], None) for name in ("bitwise_and", "bitwise_or", "bitwise_xor")},
    "bitwise_left_shift": (np.left_shift, INTEGER, "positive"),
    "bitwise_right_shift": (np.right_shift, INTEGER, "positive"),
}
COMPARISONS = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    function, dtypes, domain = BINARY[name]
    for dtype in dtypes:
        for shape1, shape2 in [((3, 4), (4,)), ((), ()), ((0, 3), (1, 3)), ((3, 1), (3, 4))]:
            x1, a1 = sample(shape1, dtype, 1, *((0.6, 3.0) if name == "pow" else ()))
            x2, a2 = sample(shape2, dtype, 2, *((0.6, 3.0) if domain else ()))
            if domain == "nonzero" and dtype not in UNSIGNED:
                signs = np.where(np.arange(a2.size).reshape(a2.shape) % 2, -1, 1).astype(a2.dtype)
                a2 = a2 * signs
                x2 = HOST_CONVERSION.from_host(a2, dtype)
            expected = function(a1, a2)
            if name == "floor_divide" and dtype in FLOAT:
                expected = np.floor(a1 / a2)
            check(PRIMITIVES[name](x1, x2), expected, "bool" if name in COMPARISONS else dtype)
    check(run_unknown(name, [x1, x2]), expected, "bool" if name in COMPARISONS else dtype)


@pytest.mark.parametrize("rows", [2, None])
@pytest.mark.parametrize(
    ("shape", "bias_shape", "is_bias"),
    [
        ((3, 4), (4,), True),
        ((3, 4), (3, 4), True),
        ((3, 4), (1, 4), False),
        ((4, 3), (1,), False),
        ((3, 0), (0,), False),
        ((3, 4), (), False),
    ],
    ids=str,
)
def test_a_bias_in_a_graph_goes_to_the_flat_product_and_is_a_sum(shape, bias_shape, is_bias, rows):
    (flat, array), (bias, bias_array) = sample((2, *shape), "float32", 1), sample(bias_shape, "float32", 2)

    def with_gradients(flat, bias):
        with tf.GradientTape() as tape:
            tape.watch([flat, bias])
            product = PRIMITIVES["reshape"](flat, (-1 if shape[-1] else 2, *shape))
            result = PRIMITIVES["add"](product, bias)
            value = tf.reduce_sum(result**2)
        return result, tape.gradient(value, [flat, product, bias])

    specifications = [tf.TensorSpec((rows, np.prod(shape)), "float32"), tf.TensorSpec(bias_shape, "float32")]
    graph = tf.function(with_gradients, specifications, autograph=False).get_concrete_function()
    result, (of_flat, of_product, of_bias) = graph(tf.reshape(flat, (2, np.prod(shape))), bias)
    expected = array + bias_array
    check(result, expected, "float32")
    check(of_product, 2 * expected, "float32")
    check(of_flat, 2 * expected.reshape(2, -1), "float32")
    summed = tuple(range(expected.ndim - len(bias_shape)))
    kept = tuple(axis for axis, size in enumerate(bias_shape) if size == 1)
    check(of_bias, 2 * expected.sum(summed).sum(kept, keepdims=True), "float32")
    types = {operation.type: operation for operation in graph.graph.get_operations()}
    assert ("BiasAdd" in types) is is_bias
    assert not is_bias or types["BiasAdd"].inputs[0].shape.rank == 2


def test_integers_wrap_and_large_unsigned_ones_are_ordered():
    big = HOST_CONVERSION.from_host(np.array([2**64 - 1, 5, 2**63], "uint64"), "uint64")
    one = HOST_CONVERSION.from_host(np.array(1), "uint64")
    check(PRIMITIVES["add"](big, one), np.array([0, 6, 2**63 + 1], "uint64"), "uint64")
    check(PRIMITIVES["negative"](big), np.array([1, 2**64 - 5, 2**63], "uint64"), "uint64")
    check(PRIMITIVES["sort"](big, 0), np.array([5, 2**63, 2**64 - 1], "uint64"), "uint64")
    check(PRIMITIVES["less"](big, one), [False, False, False], "bool")
    check(PRIMITIVES["floor_divide"](big, one), np.array([2**64 - 1, 5, 2**63], "uint64"), "uint64")
    check(PRIMITIVES["max"](big, None, False), np.uint64(2**64 - 1), "uint64")


def test_nan_and_signed_zero():
    nan, infinity = np.nan, np.inf
    x = tf.constant([1.0, nan, -infinity, infinity, -0.0])
    check(PRIMITIVES["sign"](x), [1, nan, -1, 1, 0], "float32")
    check(PRIMITIVES["trunc"](x), [1, nan, -infinity, infinity, 0], "float32")
    check(PRIMITIVES["max"](x, None, False), nan, "float32")
    check(PRIMITIVES["min"](x, (0,), True), [nan], "float32")
    check(PRIMITIVES["maximum"](x, tf.constant(0.0)), [1, nan, 0, infinity, 0], "float32")
    check(PRIMITIVES["round"](tf.constant([0.5, 1.5, -2.5])), [0, 2, -2], "float32")
    check(PRIMITIVES["sign"](tf.constant([0j, 3 + 4j], tf.complex64)), [0, 0.6 + 0.8j], "complex64")


@pytest.mark.parametrize("name", ["floor_divide", "remainder", "pow", "multiply", "divide"])
def test_graph_optimizer_keeps_the_meaning_of_one(name):
    values = np.array([1.5, -1.5, np.inf])
    for sizes in (None, 3):
        specification = [tf.TensorSpec([sizes], tf.float64)]
        traced = tf.function(
            lambda x: PRIMITIVES[name](x, HOST_CONVERSION.scalar(1.0, "float64")), specification, autograph=False
        )
        expected = PRIMITIVES[name](tf.constant(values), tf.constant(1.0, "float64"))
        check(traced(tf.constant(values)), expected, "float64")


def test_creation():
    for dtype in ANY:
        check(PRIMITIVES["full"]((2, 0, 3), 1, dtype), np.ones((2, 0, 3)), dtype)
        check(PRIMITIVES["full"]((), True, dtype), np.array(1), dtype)
    for dtype in REAL:
        check(PRIMITIVES["arange"](1, 9, 3, dtype), [1, 4, 7], dtype)
    check(PRIMITIVES["arange"](0, -1, 1, "int32"), [], "int32")
    check(PRIMITIVES["arange"](0.0, 1.0, 0.1, "float32"), np.arange(0.0, 1.0, 0.1), "float32")
    traced = tf.function(lambda: PRIMITIVES["arange"](0.0, 1.0, 0.1, "float32"), autograph=False)
    np.testing.assert_array_equal(traced(), PRIMITIVES["arange"](0.0, 1.0, 0.1, "float32"))
    check(PRIMITIVES["arange"](tf.constant(1), tf.constant(7), 2, "int32"), [1, 3, 5], "int32")
    filled = tf.function(lambda n: PRIMITIVES["full"]((n, 2), 3.0, "float32"), autograph=False)
    check(filled(tf.constant(2)), [[3, 3], [3, 3]], "float32")


@pytest.mark.parametrize("source", ANY)
def test_astype(source):
    tensor, array = sample((7,), source)
    for target in ANY:
        if target in UNSIGNED and source not in UNSIGNED and source != "bool":
            continue  # negative to unsigned is not defined
        if target == "bool":
            expected = array != 0
        elif target in INTEGER:
            expected = np.trunc(array.real)
        else:
            expected = array if target in COMPLEX else array.real.astype("float64")
        check(PRIMITIVES["astype"](tensor, target), expected, target)


def test_astype_of_complex_to_bool_looks_at_both_parts():
    check(PRIMITIVES["astype"](tf.constant([0j, 1j, 2 + 0j]), "bool"), [False, True, True], "bool")


@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "float8_e5m2"])
def test_float8_moves_and_casts(dtype):
    x = PRIMITIVES["astype"](tf.constant([1, 2, -3]), dtype)
    back = lambda y: PRIMITIVES["astype"](y, "float64").numpy().tolist()  # noqa: E731
    assert x.dtype is DTYPES[dtype]
    assert back(PRIMITIVES["flip"](x, None)) == [-3, 2, 1]
    assert back(PRIMITIVES["where"](tf.constant([True, False, True]), x, PRIMITIVES["full"]((3,), 4.0, dtype))) == [
        1,
        4,
        -3,
    ]
    assert back(PRIMITIVES["concat"]([x, x], 0)) == [1, 2, -3, 1, 2, -3]


def test_unknown_dtype_is_an_unsupported_op():
    with pytest.raises(UnsupportedOpError, match="float128"):
        PRIMITIVES["astype"](tf.constant(1.0), "float128")


MOVES = {
    "reshape": (lambda a: a.reshape(4, -1), ((4, -1),)),
    "permute_dims": (lambda a: a.transpose(2, 0, 1), ((2, 0, 1),)),
    "broadcast_to": (lambda a: np.broadcast_to(a, (2, *a.shape)), ((2, 2, 3, 4),)),
    "expand_dims": (lambda a: a[:, :, None], (2,)),
    "flip": (lambda a: np.flip(a, (0, 2)), ((0, 2),)),
    "slice": (lambda a: a[1:, 0:2:2, 1:9], ((1, 0, 1), (None, 2, 9), (1, 2, 1))),
}


@pytest.mark.parametrize("name", MOVES)
def test_moves(name):
    function, rest = MOVES[name]
    for dtype in ANY:
        tensor, array = sample((2, 3, 4), dtype)
        check(PRIMITIVES[name](tensor, *rest), function(array), dtype)
    check(run_unknown(name, [tensor], *rest), function(array), dtype)


def test_more_moves():
    for dtype in ANY:
        tensor, array = sample((2, 1, 3), dtype)
        check(PRIMITIVES["squeeze"](tensor, (1,)), array[:, 0], dtype)
        check(PRIMITIVES["squeeze"](tensor, ()), array, dtype)
        check(PRIMITIVES["concat"]([tensor, tensor], 2), np.concatenate([array, array], 2), dtype)
        check(PRIMITIVES["concat"]([tensor], 0), array, dtype)
        check(PRIMITIVES["where"](tf.constant([True, False, True]), tensor, tensor), array, dtype)
        zero, number = sample((), dtype)
        check(PRIMITIVES["slice"](zero, (), (), ()), number, dtype)
        check(PRIMITIVES["flip"](zero, None), number, dtype)
        check(PRIMITIVES["reshape"](zero, (1, 1)), number.reshape(1, 1), dtype)
        indices = np.array([1, 0, 1])
        for index_dtype in INTEGER:
            check(PRIMITIVES["take"](tensor, HOST_CONVERSION.from_host(indices, index_dtype), 0), array[indices], dtype)
        order = np.array([[[0, 2, 0, 1]], [[1, 1, 2, 0]]])
        check(PRIMITIVES["take_along_axis"](tensor, tf.constant(order), 2), np.take_along_axis(array, order, 2), dtype)
        rows = np.array([[[1, 0, 1]]])
        check(PRIMITIVES["take_along_axis"](tensor, tf.constant(rows), 0), np.take_along_axis(array, rows, 0), dtype)
        for result, expected in zip(PRIMITIVES["nonzero"](tensor), np.nonzero(array), strict=True):
            check(result, expected, "int32")


def test_shapes_with_unknown_sizes():
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)], autograph=False)
    def traced(x):
        rows, columns = PRIMITIVES["shape"](x)
        assert columns == 3 and isinstance(rows, tf.Tensor)
        wide = PRIMITIVES["broadcast_to"](PRIMITIVES["expand_dims"](x, 0), (2, rows, columns))
        flat = PRIMITIVES["reshape"](wide, (rows, -1))
        ones = PRIMITIVES["full"]((rows, 1), 1.0, "float32")
        return PRIMITIVES["matmul"](PRIMITIVES["expand_dims"](ones, 0), flat[:1]), PRIMITIVES["arange"](
            0, rows, 1, "int32"
        )

    product, counted = traced(tf.ones((4, 3)))
    assert product.shape == (1, 4, 6) and counted.numpy().tolist() == [0, 1, 2, 3]
    assert PRIMITIVES["shape"](tf.ones((2, 3))) == (2, 3)


@pytest.mark.parametrize("dtype", ["bool", *REAL])
def test_sorting(dtype):
    tensor, array = sample((5, 7, 3), dtype)
    for axis in range(3):
        check(PRIMITIVES["sort"](tensor, axis), np.sort(array, axis), dtype)
        check(PRIMITIVES["argsort"](tensor, axis), np.argsort(array, axis, kind="stable"), "int32")
        check(PRIMITIVES["argmax"](tensor, axis, False), np.argmax(array, axis), "int32")
        check(PRIMITIVES["argmin"](tensor, axis, True), np.argmin(array, axis, keepdims=True), "int32")
    empty, nothing = sample((2, 0), dtype)
    check(PRIMITIVES["sort"](empty, 1), nothing, dtype)
    check(run_unknown("argsort", [tensor], 1), np.argsort(array, 1, kind="stable"), "int32")


@pytest.mark.parametrize("dtype", FLOAT)
def test_order_of_nan_and_zeros(dtype):
    values = [2.0, np.nan, 0.0, -np.inf, -0.0, np.inf, -np.nan, -1.0, np.inf]
    x = HOST_CONVERSION.from_host(np.array(values), dtype)
    for call in (lambda name, *rest: PRIMITIVES[name](x, *rest), lambda name, *rest: run_unknown(name, [x], *rest)):
        assert call("argsort", 0).numpy().tolist() == [3, 7, 2, 4, 0, 5, 8, 1, 6]
        check(call("sort", 0), np.sort(values), dtype)
        assert call("argmax", 0, False).numpy() == call("argmin", 0, False).numpy() == 1
    assert PRIMITIVES["argmax"](x[2:6], 0, False).numpy() == 3
    assert PRIMITIVES["argmax"](tf.constant([-0.0, 0.0]), 0, True).numpy().tolist() == [0]


REDUCTIONS = {
    "sum": (np.sum, NUMBER),
    "prod": (np.prod, NUMBER),
    "max": (np.max, REAL),
    "min": (np.min, REAL),
    "all": (np.all, ["bool"]),
    "any": (np.any, ["bool"]),
}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    function, dtypes = REDUCTIONS[name]
    for dtype in dtypes:
        tensor, array = sample((2, 3, 2), dtype)
        own = {"dtype": array.dtype} if name in ("sum", "prod") else {}
        for axis, keepdims in [(None, False), ((0, 2), True), ((1,), False), ((), False)]:
            check(PRIMITIVES[name](tensor, axis, keepdims), function(array, axis=axis, keepdims=keepdims, **own), dtype)
        zero, number = sample((), dtype)
        check(PRIMITIVES[name](zero, None, False), number, dtype)
        if name not in ("max", "min"):
            check(PRIMITIVES[name](sample((0, 2), dtype)[0], (0,), False), function(np.ones((0, 2)), axis=0), dtype)
    check(run_unknown(name, [tensor], (1,), True), function(array, axis=1, keepdims=True, **own), dtype)


@pytest.mark.parametrize("dtype", NUMBER)
def test_cumulative(dtype):
    tensor, array = sample((3, 4), dtype)
    check(PRIMITIVES["cumulative_sum"](tensor, 1), np.cumsum(array, 1, dtype=array.dtype), dtype)
    check(PRIMITIVES["cumulative_prod"](tensor, 0), np.cumprod(array, 0, dtype=array.dtype), dtype)


@pytest.mark.parametrize("dtype", NUMBER)
def test_matmul(dtype):
    pairs = [((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,))]
    pairs += [((2, 1, 2, 3), (5, 3, 2)), ((3,), (5, 3, 2)), ((2, 3), (5, 3, 2)), ((2, 0), (0, 3)), ((2, 2, 0), (0, 3))]
    for shape1, shape2 in pairs:
        (x1, a1), (x2, a2) = sample(shape1, dtype, 1), sample(shape2, dtype, 2)
        check(PRIMITIVES["matmul"](x1, x2), np.matmul(a1, a2), dtype)
    (x1, a1), (x2, a2) = sample((5, 2, 3), dtype, 1), sample((3, 4), dtype, 2)
    check(run_unknown("matmul", [x1, x2]), np.matmul(a1, a2), dtype)


@pytest.mark.parametrize("dtype", INEXACT)
def test_linear_algebra(dtype):
    tolerance = 20 * TOLERANCE.get(dtype, 1e-10)
    wide = "complex128" if dtype in COMPLEX else "float64"
    real = REAL_PART.get(dtype, dtype)

    def host(*tensors, dtypes=None):
        assert [x.dtype.name for x in tensors] == (dtypes or [dtype] * len(tensors))
        return [HOST_CONVERSION.to_host(x).astype(wide) for x in tensors]

    def adjoint(a):
        return a.conj().swapaxes(-1, -2)

    def close(actual, expected):
        np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)

    tensor, array = sample((2, 4, 3), dtype, low=-1, high=1)
    q, r = host(*PRIMITIVES["qr"](tensor))
    assert q.shape == (2, 4, 3) and r.shape == (2, 3, 3)
    close(q @ r, array)
    for full in (False, True):
        u, s, vh = host(*PRIMITIVES["svd"](tensor, full), dtypes=[dtype, real, dtype])
        assert u.shape == ((2, 4, 4) if full else (2, 4, 3)) and vh.shape == (2, 3, 3)
        close((u[..., :3] * s[:, None, :]) @ vh, array)
    positive = adjoint(array) @ array / 4 + np.eye(3)
    matrix = HOST_CONVERSION.from_host(positive, dtype)
    (lower,) = host(PRIMITIVES["cholesky"](matrix))
    close(lower @ adjoint(lower), positive)
    close(lower, np.tril(lower))
    values, vectors = host(*PRIMITIVES["eigh"](matrix), dtypes=[real, dtype])
    close(values, np.sort(values.real))
    close(positive @ vectors, vectors * values[:, None, :])
    right, right_array = sample((2, 3, 5), dtype, 3)
    (solution,) = host(PRIMITIVES["solve"](matrix, right))
    close(solution, np.linalg.solve(positive, right_array))
    sign, logarithm = host(*PRIMITIVES["slogdet"](matrix), dtypes=[dtype, real])
    expected = np.linalg.slogdet(positive)
    close(sign, expected.sign)
    close(logarithm, expected.logabsdet)


@pytest.mark.parametrize("dtype", COMPLEX)
def test_fourier(dtype):
    for shape in [(3, 5), (8,)]:
        tensor, array = sample(shape, dtype)
        check(PRIMITIVES["fft"](tensor), np.fft.fft(array), dtype)
        check(PRIMITIVES["ifft"](tensor), np.fft.ifft(array), dtype)
