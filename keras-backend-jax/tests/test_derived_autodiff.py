"""Core's derived transforms on JAX: without native ones the backend still trains, and each VJP rule agrees with JAX."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import keras_core as keras
from keras_backend_jax.plugin import contract_1_0 as plugin
from keras_core import ops
from keras_core.autodiff import value_and_grad
from keras_core.autodiff.rule import NO_GRADIENT
from keras_core.autodiff.rules import PRIMITIVE_RULES
from keras_core.runtime import table as module
from keras_core.runtime.table import DispatchTable, load_table, use_backend, use_table
from keras_core.transforms import jit, scan
from keras_core.transforms import value_and_grad as public_value_and_grad

BARE, WITH_KERNELS = "bare", "with kernels"


@pytest.fixture(autouse=True)
def stripped(monkeypatch):
    """Backends `bare` and `with kernels`: the primitives of jax, without transforms, and without and with kernels."""
    for name, kernels in ((BARE, {}), (WITH_KERNELS, plugin.keras_kernels("jax"))):
        table = DispatchTable(
            name,
            plugin.keras_primitives("jax"),
            kernels,
            {},
            plugin.keras_devices("jax"),
            plugin.keras_host_conversion("jax"),
        )
        monkeypatch.setitem(module._tables, name, table)


def train(backend, optimizer):
    """Fit a small model to a function of random points; return the losses and the last weights."""
    generator = np.random.default_rng(0)
    x = generator.uniform(-1, 1, (64, 2)).astype("float32")
    y = 2 * x[:, :1] - x[:, 1:]
    with use_backend(backend):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
        model.build((None, 2))
        x, y = ops.convert_to_tensor(x), ops.convert_to_tensor(y.astype("float32"))
        step = public_value_and_grad(lambda: ops.mean(ops.square(model(x) - y)), variables=model.trainable_variables)
        losses = []
        for _ in range(40):
            loss, gradients = step()
            optimizer.apply(gradients, model.trainable_variables)
            losses.append(float(loss))
        return losses, [weight.numpy() for weight in model.weights]


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.3),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(0.02),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("backend", [BARE, WITH_KERNELS])
def test_training_without_native_transforms(backend, optimizer):
    with use_backend(backend):
        made = OPTIMIZERS[optimizer]()
    with use_backend("jax"):
        native = OPTIMIZERS[optimizer]()
    losses, weights = train(backend, made)
    expected_losses, expected_weights = train("jax", native)
    assert load_table(backend).transforms == {}
    assert losses[-1] < 0.3 * losses[0]
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-3)
    for found, expected in zip(weights, expected_weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-2, atol=1e-3)


def test_derived_control_flow_and_jit():
    with use_backend(BARE):
        x = ops.convert_to_tensor([1.0, 2.0, 3.0])
        total, running = scan(lambda carry, item: (carry + item, carry * item), ops.zeros(()), x)
        assert float(total) == 6.0 and ops.convert_to_numpy(running).tolist() == [0.0, 2.0, 9.0]
        counter = keras.Variable(0.0)

        def count(by):
            counter.assign_add(by)
            return counter * 2

        assert [float(jit(count)(by)) for by in (1.0, 2.0)] == [2.0, 6.0]


# each rule against JAX's own derivative of the same primitive

_generator = np.random.default_rng(0)


def normal(*shape):
    return _generator.standard_normal(shape)


def between(low, high, *shape):
    return _generator.uniform(low, high, shape)


def definite(size):
    x = normal(size, size)
    return x @ x.T + size * np.eye(size)


def spread(*shape):
    """Numbers at least 0.1 apart, in random order."""
    return _generator.permutation(np.arange(np.prod(shape)) * 0.1 + 0.05).reshape(shape)


INDICES = np.array([2, 0, 2], "int32")
DOMAINS = {
    **dict.fromkeys(("negative", "exp", "expm1", "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh"), (-2, 2)),
    **dict.fromkeys(("log", "sqrt"), (0.3, 3)),
    **dict.fromkeys(("asin", "acos", "atanh"), (-0.8, 0.8)),
    **{"abs": (0.3, 2), "tan": (-1, 1), "acosh": (1.3, 3), "log1p": (-0.6, 3)},
}
# Primitive -> tensors (integer ones are not differentiated), static arguments.
CASES = {
    **{name: ([between(*domain, 2, 3)], ()) for name, domain in DOMAINS.items()},
    **{
        name: ([normal(2, 3), normal(3)], ()) for name in ("add", "subtract", "multiply", "maximum", "minimum", "atan2")
    },
    "divide": ([normal(2, 3), between(0.5, 2, 3)], ()),
    "remainder": ([np.array([5.3, -5.3]), np.array([2.0, 3.1])], ()),
    "pow": ([between(0.5, 2, 2, 3), normal(3)], ()),
    "where": ([np.array([True, False, True]), normal(2, 3), normal(3)], ()),
    "astype": ([normal(3)], ("float32",)),
    "real": ([normal(3) + 1j * normal(3)], ()),
    "imag": ([normal(3) + 1j * normal(3)], ()),
    "conj": ([normal(3) + 1j * normal(3)], ()),
    "reshape": ([normal(2, 3)], ((3, 2),)),
    "permute_dims": ([normal(2, 3, 4)], ((2, 0, 1),)),
    "broadcast_to": ([normal(2, 1)], ((4, 2, 3),)),
    "expand_dims": ([normal(2, 3)], (1,)),
    "squeeze": ([normal(1, 3)], ((0,),)),
    "flip": ([normal(3, 2)], ((0,),)),
    "slice": ([normal(6, 5)], ((1, 0), (None, 5), (2, 3))),
    "take": ([normal(4, 2), INDICES], (0,)),
    "take_along_axis": ([normal(4, 3), INDICES[None]], (0,)),
    "sort": ([spread(2, 5)], (1,)),
    **{name: ([spread(2, 3)], ((1,), False)) for name in ("sum", "prod", "max", "min")},
    **{name: ([between(0.5, 2, 2, 4)], (1,)) for name in ("cumulative_sum", "cumulative_prod")},
    "matmul": ([normal(2, 3, 4), normal(4, 2)], ()),
    "solve": ([definite(3), normal(3, 2)], ()),
    "slogdet": ([definite(3)], ()),
    "cholesky": ([definite(3)], ()),
    "qr": ([normal(4, 3)], ()),
    "svd": ([normal(4, 3)], (False,)),
    "eigh": ([definite(3)], ()),
    "fft": ([normal(4) + 1j * normal(4)], ()),
    "ifft": ([normal(4) + 1j * normal(4)], ()),
    "concat": ([normal(2, 2), normal(3, 2)], (0,)),
}


def test_every_rule_has_a_case():
    assert {name for name, rule in PRIMITIVE_RULES.items() if rule is not NO_GRADIENT} == set(CASES)


def weigh(table, result):
    """Return a real scalar in which each element of the inexact results has a weight of its own."""
    total = table.full((), 0.0, "float64")
    for part in result if isinstance(result, tuple) else (result,):
        if part.dtype.kind == "c":
            part = table.add(table.real(part), table.multiply(table.imag(part), table.full((), 0.7, "float64")))
        weights = np.cos(np.arange(math.prod(part.shape), dtype="float64")).reshape(part.shape)
        total = table.add(total, table.sum(table.multiply(table.astype(part, "float64"), weights), None, False))
    return total


def function_of(name, static):
    def call(table, tensors):
        primitive = getattr(table, name)
        result = primitive(list(tensors), *static) if name == "concat" else primitive(*tensors, *static)
        return weigh(table, result)

    return call


@pytest.mark.parametrize("name", CASES)
def test_rule_agrees_with_jax(name):
    arrays, static = CASES[name]
    tensors = [jnp.asarray(array) for array in arrays]
    function = function_of(name, static)
    native = load_table("jax")
    places = [place for place, x in enumerate(tensors) if x.dtype.kind in "fc"]

    def of_chosen(*chosen):
        merged = list(tensors)
        for place, x in zip(places, chosen, strict=True):
            merged[place] = x
        return function(native, merged)

    expected_value, expected = jax.value_and_grad(of_chosen, tuple(range(len(places))))(*(tensors[i] for i in places))
    with use_table(load_table(BARE)):
        value, _, found = value_and_grad(lambda boxes: (function(module.active(), boxes), []))(tensors)
    np.testing.assert_allclose(value, expected_value, rtol=1e-12)
    for place, gradient in zip(places, expected, strict=True):
        assert found[place].dtype == tensors[place].dtype
        np.testing.assert_allclose(found[place], gradient, rtol=1e-7, atol=1e-9, err_msg=f"tensor {place} of {name}")
