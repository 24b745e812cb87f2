"""Normalization against the formulas in NumPy, and the moving statistics, on the active backend."""

import numpy as np
import pytest

from keras_core import layers, ops, transforms
from keras_core.layers import BatchNormalization, LayerNormalization

RNG = np.random.default_rng(0)
X = RNG.normal(3.0, 2.0, (8, 4, 5)).astype("float32")
MASK = np.array([[True, True, False, True], [False, False, False, True]] * 4)


def close(result, expected, tolerance=1e-5):
    result = ops.convert_to_numpy(result).astype("float32")
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


def normalized(x, axes, epsilon=1e-3):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


@pytest.mark.parametrize(("axis", "others"), [(-1, (0, 1)), (1, (0, 2)), (0, (1, 2))])
def test_batch_statistics_while_training(axis, others):
    layer = BatchNormalization(axis, momentum=0.9, gamma_initializer="ones", beta_initializer="ones")
    close(layer(X, training=True), normalized(X, others) + 1, 1e-4)
    close(layer.moving_mean, 0.1 * X.mean(others))
    close(layer.moving_variance, 0.9 + 0.1 * X.var(others))


def test_moving_statistics_in_other_runs():
    layer = BatchNormalization(epsilon=0.0, center=False)
    layer.build(X.shape)
    layer.moving_mean.assign([1.0, 2.0, 3.0, 4.0, 5.0])
    layer.moving_variance.assign([1.0, 4.0, 9.0, 16.0, 25.0])
    close(layer(X), (X - np.arange(1, 6)) / np.arange(1, 6))
    close(layer(X, training=False), (X - np.arange(1, 6)) / np.arange(1, 6))
    close(layer.moving_mean, np.arange(1.0, 6.0))


def test_layer_that_is_not_trainable_keeps_its_statistics():
    layer = BatchNormalization()
    layer.trainable = False
    close(layer(X, training=True), X / np.sqrt(1.001), 1e-4)
    close(layer.moving_mean, np.zeros(5))
    close(layer.moving_variance, np.ones(5))


def test_masked_steps_do_not_count():
    layer = BatchNormalization(momentum=0.0)
    seen = X[MASK]
    result = layer(X, training=True, mask=MASK)
    close(layer.moving_mean, seen.mean(0))
    close(layer.moving_variance, seen.var(0), 1e-4)
    close(result, (X - seen.mean(0)) / np.sqrt(seen.var(0) + 1e-3), 1e-4)
    layer(X, training=True, mask=MASK[:, :1])  # a size of 1 stands for all
    close(layer.moving_mean, X[MASK[:, 0]].mean((0, 1)))
    layer(X, training=True, mask=np.zeros_like(MASK))
    close(layer.moving_mean, np.zeros(5))
    with pytest.raises(ValueError, match=r"\(BatchNormalization\): expected a mask of 2 axes, one less than the inp"):
        layer(X, training=True, mask=MASK[:, 0])


def test_mask_of_the_inputs_is_used_and_passed_on():
    ids = np.array([[1, 2, 0], [3, 0, 0]])
    embedded = layers.Embedding(4, 5, mask_zero=True)(ids)
    layer = BatchNormalization(momentum=0.0)
    layer(embedded, training=True)
    close(layer.moving_mean, ops.convert_to_numpy(embedded)[ids > 0].mean(0))


@pytest.mark.parametrize("dtype", ["float16", "mixed_float16", "mixed_bfloat16"])
def test_half_precision_is_normalized_in_single(dtype):
    x = (X * 50).astype("float16")  # squares are no float16 numbers any more
    layer = BatchNormalization(momentum=0.0, dtype=dtype)
    result = layer(x, training=True)
    assert ops.convert_to_numpy(result).dtype == dtype.removeprefix("mixed_")
    seen = x.astype("float32")
    close(result, normalized(seen, (0, 1)), 0.03)
    close(np.sqrt(ops.convert_to_numpy(layer.moving_variance).astype("float32")), seen.std((0, 1)), 0.5)


def test_moving_statistics_of_a_half_precision_policy_do_not_get_stuck():
    layer = BatchNormalization(momentum=0.999, dtype="mixed_float16")
    layer.build((None, 1))
    layer.moving_mean.assign([100.0])
    layer(np.full((4, 1), 101.0, "float16"), training=True)
    close(layer.moving_mean, np.array([100.001]), 1e-6)  # as float16 it would stay 100


def test_gradient_goes_through_the_batch_statistics():
    layer = BatchNormalization(epsilon=0.0)
    layer.build(X.shape)
    gradient = transforms.grad(lambda x: ops.sum(ops.square(layer(x, training=True))))(ops.convert_to_tensor(X))
    close(gradient, np.zeros_like(X), 1e-4)  # the sum of squares of normalized inputs is their number


def test_training_step_is_compiled_with_its_statistics():
    layer = BatchNormalization(momentum=0.5)
    layer.build(X.shape)

    def step(x):
        def loss():
            return ops.sum(ops.multiply(layer(x, training=True), x))

        return transforms.value_and_grad(loss, variables=layer.trainable_variables)()

    _, gradients = transforms.jit(step)(ops.convert_to_tensor(X))
    close(layer.moving_mean, 0.5 * X.mean((0, 1)))
    close(gradients[0], (normalized(X, (0, 1)) * X).sum((0, 1)), 1e-4)
    close(gradients[1], X.sum((0, 1)), 1e-4)


def renormalized(x, mean, deviation, rmax, rmin, dmax):
    own, spread = x.mean(0), np.sqrt(x.var(0) + 1e-3)
    factor = np.clip(spread / deviation, rmin, rmax)
    shift = np.clip((own - mean) / deviation, -dmax, dmax)
    return (x - own) / spread * factor + shift, own, spread


def test_renormalization():
    bounds = {"rmax": 1.5, "rmin": 0.5, "dmax": 0.3}
    layer = BatchNormalization(momentum=0.8, renorm=True, renorm_clipping=bounds, renorm_momentum=0.9)
    mean, deviation, moving = np.zeros(5), np.ones(5), np.ones(5)
    for step in range(3):
        x = X[:, step] * (step + 1)
        expected, own, spread = renormalized(x, mean, deviation, **bounds)
        close(layer(x, training=True), expected, 1e-4)
        mean, deviation = 0.9 * mean + 0.1 * own, 0.9 * deviation + 0.1 * spread
        moving = 0.8 * moving + 0.2 * spread
        close(layer.renorm_mean, mean, 1e-4)
        close(layer.renorm_stddev, deviation, 1e-4)
        close(layer.moving_variance, moving**2 - 1e-3, 1e-4)


def test_without_bounds_the_first_renormalized_batch_is_as_it_was():
    layer = BatchNormalization(renorm=True, synchronized=True)
    close(layer(X, training=True), X, 1e-4)  # the statistics towards which is corrected are still 0 and 1


@pytest.mark.parametrize("axis", [-1, 1, (1, 2), (-1, 0)])
def test_layer_normalization(axis):
    layer = LayerNormalization(axis, beta_initializer="ones")
    close(layer(X), normalized(X, axis) + 1, 1e-4)
    sizes = tuple(X.shape[place] for place in sorted(a % 3 for a in (axis if isinstance(axis, tuple) else (axis,))))
    assert [weight.shape for weight in layer.weights] == [sizes, sizes]
    assert [weight.path.rpartition("/")[2] for weight in layer.weights] == ["gamma", "beta"]


def test_layer_normalization_without_a_mean():
    layer = LayerNormalization(rms_scaling=True, epsilon=0.0)
    close(layer(X), X / X.std(-1, keepdims=True), 1e-4)
    assert len(layer.weights) == 1


def test_layer_normalization_in_half_precision():
    x = (X * 200).astype("float16")
    close(LayerNormalization(dtype="mixed_float16")(x), normalized(x.astype("float32"), -1), 0.01)


def test_weights_of_batch_normalization_in_the_order_of_files():
    layer = BatchNormalization(renorm=True)
    layer.build((None, 3))
    names = [weight.path.rpartition("/")[2] for weight in layer.weights]
    assert names[:4] == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert names[4:] == ["moving_stddev", "renorm_mean", "renorm_stddev"]
    assert [weight.trainable for weight in layer.weights] == [True, True] + [False] * 5


def test_list_of_one_axis_from_an_older_file():
    assert BatchNormalization.from_config({**BatchNormalization().get_config(), "axis": [3]}).axis == 3


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: BatchNormalization(axis=1.5),
            ValueError,
            r"\(BatchNormalization\): expected an int for 'axis', got 1.5",
        ),
        (lambda: BatchNormalization(momentum=2), ValueError, "expected a number from 0 to 1 for 'momentum', got 2"),
        (lambda: BatchNormalization(epsilon=-1), ValueError, "expected a number >= 0 for 'epsilon', got -1"),
        (
            lambda: BatchNormalization(renorm_clipping={"a": 1}),
            ValueError,
            "a dict with keys from rmax, rmin, dmax for",
        ),
        (lambda: BatchNormalization(renorm_clipping={"rmax": 1, "rmin": 2}), ValueError, "expected rmin <= rmax"),
        (
            lambda: BatchNormalization(axis=3)(X),
            ValueError,
            r"expected inputs that have an axis 3, got the shape \(8, 4",
        ),
        (lambda: BatchNormalization().build((2, None)), ValueError, "inputs with a known size of axis -1, since"),
        (
            lambda: LayerNormalization(axis="a"),
            TypeError,
            r"\(LayerNormalization\): expected an int for 'axis', got 'a'",
        ),
        (lambda: LayerNormalization(axis=()), ValueError, r"expected an int or a tuple of ints for 'axis', got \(\)"),
        (lambda: LayerNormalization((1, -2))(X), ValueError, "axes that differ for inputs of shape"),
        (lambda: LayerNormalization((1, 3))(X), ValueError, r"inputs that have an axis of \(1, 3\), got the shape"),
    ],
)
def test_wrong_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("make", [layers.LayerNormalization, layers.RMSNormalization])
@pytest.mark.parametrize("axis", [-1, [-1], [1, 2]])
def test_the_configuration_has_the_axis_as_it_was_given(make, axis):
    layer = make(axis=axis)
    layer.build((2, 3, 4))
    assert layer.get_config()["axis"] == axis
    assert make.from_config(layer.get_config()).get_config() == layer.get_config()
