"""Calls that were planned: that they are taken, that they say the same, and when the general way is gone again."""

import copy
import gc
import pickle

import numpy as np
import pytest

import keras_core as keras
from keras_core import ops, transforms
from keras_core.layers import Dense, Layer
from keras_core.layers.direct_call import DirectCall
from keras_core.runtime.call_context import get_mask
from keras_core.runtime.scopes import StatelessScope, autocast_scope
from keras_core.runtime.symbolic import symbolic_table
from keras_core.runtime.table import active, use_table

VALUES = np.linspace(-1, 1, 8, dtype="float32").reshape(2, 4)


@pytest.fixture
def general_calls(monkeypatch):
    """The layers whose calls went the general way, in order."""
    gc.collect()  # a layer of another test that holds losses, and waits to be collected, sends calls the general way
    seen = []
    run = Layer._run

    def noting(self, *arguments):
        seen.append(self)
        return run(self, *arguments)

    monkeypatch.setattr(Layer, "_run", noting)
    return seen


def planned(layer, x=None):
    """Return a layer after the call that plans the next, and a tensor with which it was called."""
    x = ops.convert_to_tensor(VALUES) if x is None else x
    layer(x)
    assert isinstance(layer._direct, DirectCall)
    return layer, x


def by_hand(layer, x=VALUES):
    return x @ layer.kernel.numpy() + layer.bias.numpy()


def close(computed, expected):
    np.testing.assert_allclose(ops.convert_to_numpy(computed), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", ["int32", "uint8", "bool"])
def test_dense_of_integers(dtype):
    layer = Dense(3)
    x = ops.convert_to_tensor(np.asarray([[0, 1, 1, 0], [1, 1, 0, 1]]).astype(dtype))
    first = layer(x)
    planned(layer, x)
    again = layer(x)
    assert ops.dtype(first) == ops.dtype(again) == "float32"
    close(again, ops.convert_to_numpy(first))
    assert isinstance(layer(ops.convert_to_tensor(VALUES)), active().tensor_type)


def test_dense_without_autocast():
    layer, x = planned(Dense(3, autocast=False), ops.convert_to_tensor(VALUES.astype("float16")))
    assert ops.dtype(layer(x)) == "float32"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, lambda x, kernel: x @ kernel + 1),
        ({"activation": "relu"}, lambda x, kernel: np.maximum(x @ kernel + 1, 0)),
        ({"activation": lambda x: x * 2}, lambda x, kernel: (x @ kernel + 1) * 2),
        ({"use_bias": False}, lambda x, kernel: x @ kernel),
    ],
    ids=["linear", "relu", "function", "without bias"],
)
def test_a_planned_call_of_dense_gives_what_the_general_one_gave(general_calls, options, expected):
    bias = {"bias_initializer": "ones"} if options.get("use_bias", True) else {}
    layer, x = planned(Dense(3, **options, **bias))
    del general_calls[:]
    close(layer(x), expected(VALUES, layer.kernel.numpy()))
    assert not general_calls


def test_a_planned_call_runs_the_call_of_any_class(general_calls):
    class Twice(Layer):
        def call(self, inputs):
            return inputs * 2

    layer, x = planned(Twice())
    del general_calls[:]
    close(layer(x), VALUES * 2)
    assert not general_calls


def test_layers_of_a_functional_model_are_called_directly(general_calls):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, Dense(3)(Dense(4)(inputs)))
    x = ops.convert_to_tensor(VALUES)
    first = model(x)
    del general_calls[:]
    close(model(x), ops.convert_to_numpy(first))
    assert general_calls == [model]


def test_a_new_value_of_a_variable_is_seen():
    layer, x = planned(Dense(3))
    layer.kernel.assign(np.ones((4, 3)))
    close(layer(x), VALUES @ np.ones((4, 3)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda layer: setattr(layer, "activation", ops.abs), lambda layer: abs(by_hand(layer))),
        (lambda layer: setattr(layer, "call", lambda inputs: inputs), lambda layer: VALUES),
        (lambda layer: setattr(layer, "bias", None), lambda layer: VALUES @ layer.kernel.numpy()),
    ],
    ids=["activation", "call", "bias"],
)
def test_setting_an_attribute_ends_the_plan(change, expected):
    layer, x = planned(Dense(3, bias_initializer="ones"))
    layer._tracker.locked = False
    change(layer)
    assert layer._direct is None
    for _ in range(2):
        close(layer(x), expected(layer))


def test_low_rank_adaptation_ends_the_plan():
    layer, x = planned(Dense(3))
    layer.enable_lora(1, b_initializer="ones")
    expected = VALUES @ (layer._kernel.numpy() + layer.lora_kernel_a.numpy() @ layer.lora_kernel_b.numpy())
    for _ in range(2):
        close(layer(x), expected)


@pytest.mark.parametrize("name", ["call", "_activated", "kernel"])
def test_what_a_subclass_of_dense_overrides_is_used(name):
    def call(self, inputs):
        return inputs * 3

    overrides = {"call": call, "_activated": call, "kernel": property(lambda self: ops.abs(self._kernel))}
    layer, x = planned(type("Own", (Dense,), {name: overrides[name]})(4, use_bias=False))
    general = layer(VALUES)  # an array is no tensor of another backend, and goes the general way
    close(layer(x), ops.convert_to_numpy(general))
    plain = VALUES @ layer._kernel.numpy()
    assert not np.allclose(ops.convert_to_numpy(general), plain)


def test_a_call_that_is_replaced_in_the_class_is_used(monkeypatch):
    layer, x = planned(Dense(4))
    monkeypatch.setattr(Dense, "call", lambda self, inputs: inputs * 5)
    close(layer(x), VALUES * 5)


def test_values_of_a_stateless_scope_are_used():
    layer, x = planned(Dense(3))
    with StatelessScope([(layer.kernel, np.ones((4, 3), "float32"))]):
        close(layer(x), VALUES @ np.ones((4, 3)))


def test_gradients_flow_through_planned_layers():
    layer, x = planned(Dense(3))
    of_kernel, of_bias = transforms.grad(lambda: ops.sum(layer(x)), variables=layer.trainable_variables)()
    close(of_bias, [2, 2, 2])
    close(of_kernel, np.repeat(VALUES.sum(0)[:, None], 3, 1))


def test_an_autocast_scope_of_the_caller_does_not_reach_the_variables():
    layer, x = planned(Dense(3))
    with autocast_scope("float16"):
        assert layer(x).dtype == x.dtype


def test_inputs_of_another_dtype_are_cast():
    layer, _ = planned(Dense(3))
    close(layer(ops.cast(VALUES, "float16")), by_hand(layer, VALUES.astype("float16").astype("float32")))


def test_a_policy_that_is_set_later_is_followed():
    layer, x = planned(Dense(3))
    layer.dtype_policy = "mixed_bfloat16"
    for _ in range(2):
        assert keras.backend.standardize_dtype(layer(x).dtype) == "bfloat16"


def test_a_mixed_policy_is_not_planned():
    layer = Dense(3, dtype="mixed_bfloat16")
    layer(ops.cast(VALUES, "bfloat16"))
    assert layer._direct is None


@pytest.mark.parametrize("shape", [(2, 5), (4,)])
def test_a_wrong_shape_has_the_message_of_the_layer(shape):
    layer, _ = planned(Dense(3, name="wrong"))
    for _ in range(2):
        with pytest.raises(ValueError, match=r"layer 'wrong' \(Dense\): argument 'inputs': expected"):
            layer(ops.zeros(shape))


def test_more_shapes_that_fit_are_learnt(general_calls):
    layer, _ = planned(Dense(3))
    x = ops.ones((7, 2, 4))
    layer(x)
    del general_calls[:]
    assert tuple(layer(x).shape) == (7, 2, 3)
    assert not general_calls


def test_an_error_in_a_planned_call_names_the_layer():
    class Failing(Layer):
        fails = False

        def call(self, inputs):
            if Failing.fails:
                raise ValueError("no")
            return inputs

    layer, x = planned(Failing(name="failing"))
    Failing.fails = True
    with pytest.raises(ValueError, match="no") as caught:
        layer(x)
    assert caught.value.__notes__ == ["in the call of layer 'failing' (Failing), inputs of shape inputs: (2, 4)"]


def test_masks_go_the_general_way():
    layer, _ = planned(Dense(3), ops.ones((2, 3, 4)))
    masked = keras.layers.Masking()(ops.zeros((2, 3, 4)))
    assert not ops.convert_to_numpy(get_mask(layer(masked))).any()


def test_a_layer_that_computes_masks_is_not_planned():
    layer = keras.layers.Masking()
    layer(ops.ones((2, 3, 4)))
    assert layer._direct is None


def test_losses_of_the_last_call_are_cleared():
    class Penalty(Layer):
        def call(self, inputs):
            self.add_loss(ops.sum(inputs))
            return inputs

    layer, x = planned(Penalty())
    for _ in range(3):
        layer(x)
        assert len(layer.losses) == 1


def test_an_activity_regularizer_that_is_set_later_is_applied():
    layer, x = planned(Dense(3))
    layer.activity_regularizer = keras.regularizers.L2(0.1)
    layer(x)
    layer(x)
    assert len(layer.losses) == 1


def test_training_mode_of_the_call_around_is_taken():
    class Mode(Layer):
        def call(self, inputs, training=None):
            return inputs * (2 if training else 1)

    class Around(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Mode()

        def call(self, inputs):
            return self.inner(inputs)

    x = ops.convert_to_tensor(VALUES)
    around = Around()
    around(x)
    planned(around.inner)
    close(around(x, training=True), VALUES * 2)
    close(around(x), VALUES)


def test_a_layer_with_layers_inside_is_not_planned():
    model = keras.Sequential([Dense(3)])
    model(ops.convert_to_tensor(VALUES))
    assert model._direct is None


def test_symbolic_tensors_are_recorded():
    layer, _ = planned(Dense(3))
    inputs = keras.Input((4,))
    assert keras.Model(inputs, layer(inputs)).layers[-1] is layer


def test_a_layer_of_another_backend_stays_with_its_own():
    with keras.use_backend("numpy"):
        layer, x = planned(Dense(3), ops.convert_to_tensor(VALUES))
    with use_table(symbolic_table(active())):
        assert isinstance(layer(keras.KerasTensor((2, 4))), keras.KerasTensor)
    for values in (x, ops.convert_to_tensor(VALUES)):
        assert isinstance(layer(values), np.ndarray)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_has_no_plan_of_the_original(copied):
    layer, x = planned(Dense(3))
    other = copied(layer)
    assert other._direct is None
    other.kernel.assign(np.zeros((4, 3)))
    close(other(x), np.zeros((2, 3)))
    close(layer(x), by_hand(layer))


def test_an_array_of_no_dtype_of_the_backend_is_not_planned():
    class Count(Layer):
        def call(self, inputs):
            return len(inputs)

    with keras.use_backend("numpy"):
        layer = Count()
        assert [layer(np.array(["a", "b"])) for _ in range(2)] == [2, 2]
    assert layer._direct is None
