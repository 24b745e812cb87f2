"""The NumPy backend's kernels against plain loops and closed forms."""

import itertools
import math
import threading
import warnings

import numpy as np
import pytest

from keras_core.plugins import registry

ANSWERS = registry.load_backend_plugin("numpy")
K = ANSWERS.kernels
DTYPES = ANSWERS.host.dtypes
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def looped_conv(x, kernel, strides, padding, dilation):
    """Channels-last convolution, one output at a time."""
    x = np.pad(x, ((0, 0), *padding, (0, 0)))
    sizes = kernel.shape[:-2]
    out = [(n - (k - 1) * d - 1) // s + 1 for n, k, d, s in zip(x.shape[1:-1], sizes, dilation, strides, strict=True)]
    groups = x.shape[-1] // kernel.shape[-2]
    per_in, per_out = kernel.shape[-2], kernel.shape[-1] // groups
    result = np.zeros((x.shape[0], *out, kernel.shape[-1]))
    for place in np.ndindex(*out):
        for offset in np.ndindex(*sizes):
            at = tuple(p * s + o * d for p, s, o, d in zip(place, strides, offset, dilation, strict=True))
            pixel = x[(slice(None), *at)]
            for group in range(groups):
                ins, outs = slice(group * per_in, (group + 1) * per_in), slice(group * per_out, (group + 1) * per_out)
                result[(slice(None), *place, outs)] += pixel[:, ins] @ kernel[offset][:, outs]
    return result


@pytest.mark.parametrize("data_format", ("channels_last", "channels_first"))
@pytest.mark.parametrize("channels, filters", ((4, 6), (2, 6), (1, 4), (1, 8)))
@pytest.mark.parametrize(
    "rank, strides, padding, dilation",
    ((1, (1,), ((0, 0),), (1,)), (2, (2, 1), ((1, 0), (2, 1)), (1, 2)), (3, (1, 2, 1), ((1, 1),) * 3, (1, 1, 1))),
)
def test_conv(rank, strides, padding, dilation, channels, filters, data_format):
    x = RNG.normal(size=(2, *(5, 6, 4)[:rank], 4)).astype("float32")
    kernel = RNG.normal(size=(*(3, 2, 2)[:rank], channels, filters)).astype("float32")
    expected = looped_conv(x, kernel, strides, padding, dilation)
    given = x if data_format == "channels_last" else np.moveaxis(x, -1, 1)
    result = K["conv"](given, kernel, strides, padding, data_format, dilation)
    result = result if data_format == "channels_last" else np.moveaxis(result, 1, -1)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_conv_of_narrow_floats_and_of_an_empty_batch():
    x, kernel = np.ones((1, 3, 2), DTYPES["bfloat16"]), np.ones((2, 2, 1), DTYPES["bfloat16"])
    assert K["conv"](x, kernel, (1,), ((0, 0),), "channels_last", (1,)).ravel().tolist() == [4, 4]
    assert K["conv"](x[:0], kernel, (1,), ((0, 0),), "channels_last", (1,)).shape == (0, 2, 1)


@pytest.mark.parametrize("data_format", ("channels_last", "channels_first"))
def test_pools_ignore_padding(data_format):
    x = RNG.normal(size=(2, 5, 6, 3)).astype("float32") - 5
    padding, sizes, strides = ((1, 0), (1, 1)), (3, 2), (2, 1)
    given = x if data_format == "channels_last" else np.moveaxis(x, -1, 1)
    padded = np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=np.nan)
    rows, columns = range(0, padded.shape[1] - 2, 2), range(padded.shape[2] - 1)
    windows = [padded[:, i : i + 3, j : j + 2] for i, j in itertools.product(rows, columns)]
    for name, reduce in (("max_pool", np.nanmax), ("average_pool", np.nanmean)):
        expected = np.stack([reduce(w, axis=(1, 2)) for w in windows], 1).reshape(2, len(rows), len(columns), 3)
        result = K[name](given, sizes, strides, padding, data_format)
        result = result if data_format == "channels_last" else np.moveaxis(result, 1, -1)
        np.testing.assert_allclose(result, expected, rtol=1e-5)


@pytest.mark.parametrize("dtype", ("float16", "bfloat16", "float32", "float64"))
def test_reductions(dtype):
    x = RNG.normal(size=(3, 4, 5)).astype(DTYPES[dtype])
    wide = x.astype("float64")
    exponentials = np.exp(wide)
    softmax = exponentials / exponentials.sum((0, 2), keepdims=True)
    cases = {
        ("mean", (0, 2), False): wide.mean((0, 2)),
        ("var", None, True): wide.var(keepdims=True),
        ("softmax", (0, 2)): softmax,
        ("log_softmax", (0, 2)): np.log(softmax),
    }
    for (name, *arguments), expected in cases.items():
        result = K[name](x, *arguments)
        assert result.dtype == x.dtype
        assert result.shape == expected.shape
        np.testing.assert_allclose(result.astype("float64"), expected, 0.02, 0.02)


def test_special_functions():
    x = np.array([0.5, 0.25], DTYPES["bfloat16"])
    for name, exact in (("erf", math.erf), ("lgamma", math.lgamma)):
        result = K[name](x)
        assert result.dtype == x.dtype
        np.testing.assert_allclose(result.astype("float64"), [exact(0.5), exact(0.25)], rtol=0.01)
    np.testing.assert_allclose(K["erf"](K["erfinv"](x.astype("float64"))), x.astype("float64"))
    np.testing.assert_allclose(K["digamma"](np.ones(1, "float32")), -0.5772157, rtol=1e-6)


@pytest.mark.parametrize(
    ("subscripts", "x", "y"),
    [
        ("ij,jk->ik", (2, 3), (3, 4)),
        ("ji,jk->ik", (3, 2), (3, 4)),
        ("ij,kj->ik", (2, 3), (4, 3)),
        ("ji,kj->ik", (3, 2), (4, 3)),
        ("abij,abjk->abik", (2, 1, 2, 3), (2, 5, 3, 4)),
        ("ij,ji->ij", (3, 3), (3, 3)),
        ("ij,ij->ij", (3, 3), (3, 3)),
        ("ij,jk->ki", (2, 3), (3, 4)),
        ("ii,ij->ij", (3, 3), (3, 3)),
        ("bij,jk->bik", (2, 2, 3), (3, 4)),
        ("aij,bjk->abik", (2, 2, 3), (2, 3, 4)),
        ("ij,jk", (2, 3), (3, 4)),
        ("...ij,...jk->...ik", (2, 2, 3), (2, 3, 4)),
    ],
)
def test_einsum_as_a_product_of_matrices_or_a_loop(subscripts, x, y):
    x, y = RNG.normal(size=x), RNG.normal(size=y)
    np.testing.assert_allclose(K["einsum"](subscripts, x, y), np.einsum(subscripts, x, y), rtol=1e-12)


@pytest.mark.parametrize("subscripts", ["ij,jk->il", "ij,jk->lk", "ij,k->ik", "ijk,jk->ik", "ij,kl->il,"])
def test_einsum_leaves_errors_to_the_composite(subscripts):
    assert K["einsum"](subscripts, np.ones((2, 3)), np.ones((3, 4))) is NotImplemented


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_relu(dtype):
    x = np.array([-np.inf, -1.0, 0.0, 2.0, np.inf, np.nan], DTYPES[dtype])
    result = K["relu"](x)
    assert result.dtype == x.dtype
    np.testing.assert_array_equal(result.astype("float64"), [0.0, 0.0, 0.0, 2.0, np.inf, np.nan])


def test_pad_and_repeat():
    x = np.arange(4, dtype="int16").reshape(2, 2)
    np.testing.assert_array_equal(
        K["pad"](x, ((1, 0), (0, 2)), "constant", 7), np.pad(x, ((1, 0), (0, 2)), constant_values=7)
    )
    np.testing.assert_array_equal(
        K["pad"](x, ((1, 0), (0, 1)), "reflect", None), np.pad(x, ((1, 0), (0, 1)), "reflect")
    )
    assert K["repeat"](x, 2, None).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_scatter_adds_repeated_indices_up_and_changes_no_argument():
    x = np.zeros((3, 2), DTYPES["bfloat16"])
    result = K["scatter_add"](x, np.array([1, 1, 0], "int32"), np.ones((3, 2), x.dtype))
    assert result.tolist() == [[1, 1], [2, 2], [0, 0]]
    assert not x.any()
    along = K["scatter_add_along_axis"](np.zeros((2, 3)), np.array([[0, 0], [2, 1]]), np.ones((2, 2)), 1)
    assert along.tolist() == [[2, 0, 0], [0, 1, 1]]


def test_scatter_of_one_update_a_row():
    x, indices, updates = np.ones((2, 3), "float32"), np.array([[2], [0]]), np.array([[5.0], [7.0]], "float32")
    found = K["scatter_add_along_axis"](x, indices, updates, 1)
    np.testing.assert_array_equal(found, [[1, 1, 6], [8, 1, 1]])
    assert (x == 1).all()


@pytest.mark.parametrize("dtype", ("float16", "bfloat16", "float32", "float64"))
def test_random_numbers_depend_on_the_seed_alone(dtype):
    seed, other = np.array([1, 2], "uint32"), np.array([2, 1], "uint32")
    for name in ("random_uniform", "random_normal"):
        first, second = (K[name]((4000,), dtype, seed) for _ in range(2))
        np.testing.assert_array_equal(first, second)
        assert (first != K[name]((4000,), dtype, other)).any()
        assert first.dtype == DTYPES[dtype]
        assert K[name]((), dtype, seed).shape == ()
    uniform = K["random_uniform"]((20000,), dtype, seed).astype("float64")
    assert uniform.min() >= 0 and uniform.max() < 1 and abs(uniform.mean() - 0.5) < 0.01
    normal = K["random_normal"]((20001,), dtype, seed).astype("float64")
    assert normal.shape == (20001,) and abs(normal.mean()) < 0.03 and abs(normal.std() - 1) < 0.02
    assert abs((abs(normal) > 1.959964).mean() - 0.05) < 0.005


def test_updates():
    variable, gradient = np.array([1.0, 2.0], "float32"), np.array([0.5, -1.0], "float32")
    zero, rate, step = np.zeros(2, "float32"), np.array(0.1, "float32"), np.array(1, "int32")
    np.testing.assert_allclose(K["sgd_update"]([variable], [gradient], rate)[0], [0.95, 2.1], rtol=1e-6)
    [moved], [velocity] = K["momentum_update"]([variable], [gradient], [zero + 1], rate, 0.5, True)
    np.testing.assert_allclose(velocity, [0.45, 0.6], rtol=1e-6)
    np.testing.assert_allclose(moved, variable + 0.5 * velocity - 0.1 * gradient, rtol=1e-6)
    [moved], [first], [second] = K["adam_update"]([variable], [gradient], [zero], [zero], rate, 0.9, 0.99, 1e-7, step)
    np.testing.assert_allclose(moved, [0.9, 2.1], rtol=1e-5)
    np.testing.assert_allclose(first, 0.1 * gradient, rtol=1e-5)
    np.testing.assert_allclose(second, 0.01 * gradient**2, rtol=1e-4)
    assert variable.tolist() == [1, 2] and not zero.any()


def test_updates_of_scalars_and_of_narrow_floats():
    one = np.array(1.0, "float32")
    assert K["sgd_update"]([one], [one], np.array(0.5, "float32"))[0] == 0.5
    narrow = np.ones(2, DTYPES["bfloat16"])
    assert K["sgd_update"]([narrow], [narrow], one) is NotImplemented


def test_quiet_kernels_in_threads():
    x = np.zeros(100_000, "float32")
    failures = []

    def work():
        try:
            for _ in range(20):
                assert ANSWERS.primitives["log"](x)[0] == -np.inf
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
