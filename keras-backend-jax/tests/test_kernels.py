"""The JAX backend's kernels against NumPy and closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from keras_backend_jax.plugin import contract_1_0

HOST = contract_1_0.keras_host_conversion("jax")
K = contract_1_0.keras_kernels("jax")
RNG = np.random.default_rng(0)


def normal(*shape, dtype="float32"):
    return HOST.from_host(RNG.normal(size=shape).astype(HOST.dtypes[dtype]), dtype)


ELEMENTWISE = (
    *("square", "rsqrt", "reciprocal", "log2", "log10", "erf", "erfinv", "lgamma", "digamma", "relu", "relu6", "selu"),
    *("silu", "softplus", "softsign", "sigmoid", "log_sigmoid", "hard_sigmoid", "hard_silu"),
)


@pytest.mark.parametrize("dtype", ("bfloat16", "float64"))
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_keeps_dtype_and_shape(name, dtype):
    for shape in ((), (0, 2), (3,)):
        x = HOST.from_host(np.full(shape, 0.5), dtype)
        result = K[name](x)
        assert (result.dtype, result.shape) == (x.dtype, shape)
        assert np.isfinite(np.asarray(result).astype("float64")).all()


@pytest.mark.parametrize("dtype", ("float16", "float32"))
def test_activations_with_parameters(dtype):
    x = normal(2, 3, dtype=dtype)
    negative = np.asarray(x) < 0
    leaky = K["leaky_relu"](x, 0.25)
    np.testing.assert_allclose(leaky, np.where(negative, np.asarray(x) * 0.25, x), rtol=1e-3)
    for name, argument in (("elu", 0.5), ("celu", 0.5), ("gelu", True), ("gelu", False), ("softmax", (0, 1))):
        result = K[name](x, argument)
        assert (result.dtype, result.shape) == (x.dtype, x.shape)
    np.testing.assert_allclose(np.exp(K["log_softmax"](x, 1)), K["softmax"](x, 1), rtol=1e-2)


@pytest.mark.parametrize("data_format", ("channels_last", "channels_first"))
@pytest.mark.parametrize("rank", (1, 2, 3))
def test_conv_agrees_between_formats_and_with_groups(rank, data_format):
    x, kernel = normal(2, *(6, 5, 4)[:rank], 4), normal(*(3, 2, 2)[:rank], 2, 6)
    pads = ((1, 0), (0, 1), (1, 1))[:rank]
    arguments = (kernel, (1, 2, 1)[:rank], pads, data_format, (1, 1, 2)[:rank])
    last = K["conv"](x, *arguments[:3], "channels_last", arguments[4])
    given = x if data_format == "channels_last" else jnp.moveaxis(x, -1, 1)
    result = K["conv"](given, *arguments)
    result = result if data_format == "channels_last" else jnp.moveaxis(result, 1, -1)
    np.testing.assert_allclose(result, last, atol=1e-5)
    halves = [
        K["conv"](
            x[..., 2 * g : 2 * g + 2], kernel[..., 3 * g : 3 * g + 3], *arguments[1:3], "channels_last", arguments[4]
        )
        for g in (0, 1)
    ]
    np.testing.assert_allclose(last, jnp.concatenate(halves, -1), atol=1e-5)


@pytest.mark.parametrize("data_format", ("channels_last", "channels_first"))
def test_pools_ignore_padding(data_format):
    x = normal(2, 4, 4, 3) if data_format == "channels_last" else normal(2, 3, 4, 4)
    first = 1 if data_format == "channels_last" else 2
    for padding in (((1, 1), (0, 0)), ((0, 0), (0, 0))):
        pads = [(0, 0)] * 4
        pads[first : first + 2] = padding
        padded = np.pad(np.asarray(x), pads, constant_values=np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (2, 2), (first, first + 1))
        every = tuple(slice(None, None, 2) if first <= i < first + 2 else slice(None) for i in range(4))
        for name, reduce in (("max_pool", np.nanmax), ("average_pool", np.nanmean)):
            result = K[name](x, (2, 2), (2, 2), padding, data_format)
            np.testing.assert_allclose(result, reduce(windows[every], (-2, -1)), rtol=1e-5)
    assert K["max_pool"](x.astype("int32"), (2, 2), (2, 2), padding, data_format).dtype == np.int32
    assert jax.grad(lambda x: K["max_pool"](x, (2, 2), (2, 2), padding, data_format).sum())(x).sum() == 24


def test_normalizations():
    x, wide = normal(2, 3, 4), None
    wide = np.asarray(x).astype("float64")
    scale, offset = normal(4), normal(4)
    centred = wide - wide.mean(-1, keepdims=True)
    expected = centred / np.sqrt(wide.var(-1, keepdims=True) + 1e-3) * np.asarray(scale) + np.asarray(offset)
    np.testing.assert_allclose(K["layer_normalization"](x, scale, offset, (2,), 1e-3), expected, atol=1e-5)
    root = np.sqrt((wide**2).mean((1, 2), keepdims=True) + 1e-3)
    np.testing.assert_allclose(K["rms_normalization"](x, None, (1, 2), 1e-3), wide / root, atol=1e-5)
    mean, variance = normal(3), jnp.abs(normal(3))
    factor = 1 / np.sqrt(np.asarray(variance) + 1e-3)
    expected = (wide - np.asarray(mean)[:, None]) * factor[:, None]
    np.testing.assert_allclose(K["batch_normalization"](x, mean, variance, 1, None, None, 1e-3), expected, atol=1e-4)


def test_attention():
    query, key, value = normal(1, 3, 2, 4), normal(1, 5, 2, 4), normal(1, 5, 2, 4)
    mask = jnp.array(RNG.random((1, 1, 3, 5)) > 0.3).at[..., 0].set(True)
    scores = np.einsum("bqhd,bkhd->bhqk", query, key) * 0.5
    scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    expected = np.einsum("bhqk,bkhd->bqhd", weights, value)
    result = K["dot_product_attention"](query, key, value, None, mask, 0.5, False, None)
    np.testing.assert_allclose(result, expected, atol=1e-5)
    assert K["dot_product_attention"](query, key, value, None, mask[0], 0.5, False, None) is NotImplemented
    for dtype in ("float16", "float64"):  # on the CPU, where these tests run
        narrow = [x.astype(dtype) for x in (query, key, value)]
        assert K["dot_product_attention"](*narrow, None, mask, 0.5, False, None) is NotImplemented


def test_shapes():
    x = HOST.from_host(np.arange(6).reshape(2, 3), "int16")
    assert [part.shape for part in K["split"](x, (1, 2), 1)] == [(2, 1)] * 3
    assert K["stack"]([x, x], 1).shape == (2, 2, 3)
    assert K["tile"](x, (1, 2)).shape == (2, 6)
    assert K["repeat"](x, 2, None).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert K["repeat"](x, (0, 1, 2), 1).tolist() == [[1, 2, 2], [4, 5, 5]]
    assert K["roll"](x, (1,), (1,)).tolist() == [[2, 0, 1], [5, 3, 4]]
    assert K["pad"](x, ((0, 1), (1, 0)), "constant", 7).tolist() == [[7, 0, 1, 2], [7, 3, 4, 5], [7, 7, 7, 7]]
    assert K["pad"](x, ((0, 0), (2, 0)), "symmetric", None).tolist() == [[1, 0, 0, 1, 2], [4, 3, 3, 4, 5]]
    assert K["one_hot"](x[0], 2, 1, "float32", False).tolist() == [[1, 0], [0, 1], [0, 0]]
    assert K["one_hot"](x[0], 2, 1, "float32", True) is NotImplemented
    values, indices = K["top_k"](x, 2, True)
    assert (values.tolist(), indices.tolist(), indices.dtype) == ([[2, 1], [5, 4]], [[2, 1], [2, 1]], np.int32)
    assert K["einsum"]("ij,kj->ik", x, x).tolist() == [[5, 14], [14, 50]]
    assert K["tensordot"](x, x, ((0, 1), (0, 1))).tolist() == 55
    assert K["clip"](x, jnp.int16(1), jnp.int16(4)).dtype == x.dtype


def test_scatter_adds_repeated_indices_up():
    x = jnp.zeros((3, 2), "bfloat16")
    result = K["scatter_add"](x, jnp.array([1, 1, 0]), jnp.ones((3, 2), "bfloat16"))
    assert (result.tolist(), result.dtype) == ([[1, 1], [2, 2], [0, 0]], x.dtype)
    along = K["scatter_add_along_axis"](jnp.zeros((2, 3)), jnp.array([[0, 0], [2, 1]]), jnp.ones((2, 2)), 1)
    assert along.tolist() == [[2, 0, 0], [0, 1, 1]]


@pytest.mark.parametrize("dtype", ("float16", "bfloat16", "float32", "float64"))
def test_random_numbers_are_a_function_of_the_seed_eagerly_and_compiled(dtype):
    seed = HOST.from_host(np.array([1, 2]), "uint32")
    for name in ("random_uniform", "random_normal"):
        eager = K[name]((1000,), dtype, seed)
        traced = jax.jit(lambda seed, name=name: K[name]((1000,), dtype, seed))(seed)
        assert eager.dtype == HOST.dtypes[dtype]
        np.testing.assert_array_equal(np.asarray(eager), np.asarray(traced))
        assert (eager != K[name]((1000,), dtype, seed + 1)).any()
    uniform = np.asarray(K["random_uniform"]((20000,), dtype, seed)).astype("float64")
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.02


@pytest.mark.parametrize("dtype", ("bfloat16", "float32", "float64"))
def test_updates(dtype):
    def make(*values):
        return HOST.from_host(np.array(values), dtype)

    variable, gradient, zero = make(1, 2), make(0.5, -1), make(0, 0)
    rate, step = jnp.array(0.1, "float32"), jnp.array(1)
    tolerance = 0.02 if dtype == "bfloat16" else 1e-5
    cases = (
        (K["sgd_update"]([variable], [gradient], rate), [0.95, 2.1]),
        (K["momentum_update"]([variable], [gradient], [zero], rate, 0.5, False)[0], [0.95, 2.1]),
        (K["momentum_update"]([variable], [gradient], [zero], rate, 0.5, True)[0], [0.925, 2.15]),
        (K["adam_update"]([variable], [gradient], [zero], [zero], rate, 0.9, 0.999, 1e-7, step)[0], [0.9, 2.1]),
    )
    for [result], expected in cases:
        assert result.dtype == variable.dtype
        np.testing.assert_allclose(np.asarray(result).astype("float64"), expected, rtol=tolerance)
    assert variable.tolist() == [1, 2]


@pytest.mark.parametrize("data_format", ("channels_last", "channels_first"))
@pytest.mark.parametrize("pads", (((0, 0), (0, 0)), ((1, 0), (0, 2)), ((2, 1), (1, 1))))
@pytest.mark.parametrize("name", ("max_pool", "average_pool"))
def test_pooling_of_windows_that_do_not_overlap(name, pads, data_format):
    """They are computed in another way than those that do; a third of the elements is among equal ones."""

    def spatial(values, outside):
        return (outside, *values, outside) if data_format == "channels_last" else (outside, outside, *values)

    size = (2, 3)
    shape = spatial((7, 10), 2)
    x = HOST.from_host(RNG.integers(0, 4, shape), "float32")
    arguments = spatial(size, 1), spatial(size, 1), spatial(pads, (0, 0))

    def by_windows(x):
        if name == "max_pool":
            return jax.lax.reduce_window(x, -np.inf, jax.lax.max, *arguments)
        total, count = (jax.lax.reduce_window(y, np.float32(0), jax.lax.add, *arguments) for y in (x, jnp.ones_like(x)))
        return total / count

    expected, gradient_of = jax.vjp(by_windows, x)
    result, gradient = jax.vjp(lambda x: K[name](x, size, size, pads, data_format), x)
    given = HOST.from_host(RNG.normal(size=expected.shape), "float32")
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    np.testing.assert_allclose(gradient(given)[0], gradient_of(given)[0], rtol=1e-6)
