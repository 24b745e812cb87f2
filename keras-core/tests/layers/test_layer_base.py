"""`Layer`: building, calling, losses, input specifications."""

import threading
import time

import numpy as np
import pytest

from keras_core import ops
from keras_core.layers import Layer
from keras_core.runtime.keras_tensor import KerasTensor
from keras_core.runtime.scopes import name_scope
from keras_core.runtime.table import active, use_backend


class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias


class Block(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = Affine(2, name="first")
        self.rest = [Affine(3, name="second"), Affine(4, name="third")]

    def call(self, inputs):
        x = self.first(inputs)
        for layer in self.rest:
            x = layer(x)
        return x


class Mode(Layer):
    def call(self, inputs, training=None):
        return inputs * (2.0 if training else 1.0)


X = np.ones((2, 3), "float32")


def dtype_of(x):
    return active().dtype_of(x)


# building


def test_first_call_builds_with_the_shape_of_the_input():
    layer = Affine(4)
    assert not layer.built
    np.testing.assert_array_equal(layer(X), np.full((2, 4), 3.0))
    assert layer.built and layer.kernel.shape == (3, 4)
    assert layer.get_build_config() == {"input_shape": (2, 3)}


def test_build_gets_the_shapes_that_its_parameters_name():
    class Pair(Layer):
        def build(self, query_shape, value_shape):
            self.shapes = query_shape, value_shape

        def call(self, query, value, scale=1.0):
            return ops.matmul(query, value) * scale

    layer = Pair()
    layer(X, np.ones((3, 5), "float32"), scale=2.0)
    assert layer.shapes == ((2, 3), (3, 5))
    assert layer.get_build_config() == {"shapes_dict": {"query_shape": (2, 3), "value_shape": (3, 5)}}
    again = Pair()
    again.build_from_config(layer.get_build_config())
    assert again.shapes == layer.shapes


def test_build_with_a_dict_of_inputs():
    class Named(Layer):
        def build(self, input_shape):
            self.shape = input_shape

        def call(self, inputs):
            return inputs["a"] + inputs["b"]

    layer = Named()
    layer({"a": X, "b": X})
    assert dict(layer.shape) == {"a": (2, 3), "b": (2, 3)}


def test_build_of_a_composite_builds_the_layers_inside():
    layer = Block(name="block")
    layer.build((None, 3))
    assert [w.path for w in layer.weights][:3] == ["block/first/kernel", "block/first/bias", "block/second/kernel"]
    again = Block()
    again.build_from_config(layer.get_build_config())
    assert all(inner.built for inner in again._flatten_layers())


def test_build_reports_why_layers_inside_cannot_be_built():
    class Opaque(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Affine(2)

        def call(self, inputs):
            return self.inner(np.asarray(inputs))

    with pytest.raises(TypeError) as caught:
        Opaque().build((None, 3))
    assert any("write build()" in note for note in caught.value.__notes__)


def test_variables_made_while_tracing_are_real():
    layer = Block()
    layer(KerasTensor((None, 3)))
    assert [w.numpy().shape for w in layer.weights] == [(3, 2), (2,), (2, 3), (3,), (3, 4), (4,)]


def test_super_build_is_part_of_one_build():
    class More(Affine):
        def build(self, input_shape):
            super().build(input_shape)
            self.extra = self.add_weight(shape=(), initializer="zeros", name="extra")

    layer = More(2, name="more")
    layer(X)
    assert [w.path for w in layer.weights] == ["more/kernel", "more/bias", "more/extra"]


def test_state_after_build_is_an_error():
    layer = Affine(2, name="dense")
    layer(X)
    with pytest.raises(ValueError, match=r"layer 'dense' \(Affine\): cannot take new state"):
        layer.more = Affine(3)
    with pytest.raises(ValueError, match="after it was built"):
        layer.add_weight(shape=(2,))
    layer.number = 3  # what is no state may come any time


def test_forgotten_super_init():
    class Forgot(Layer):
        def __init__(self):
            self.inner = Affine(2)

    with pytest.raises(RuntimeError, match=r"Forgot: 'super\(\)\.__init__\(\)' was not called"):
        Forgot()(X)


def test_attributes_before_super_init():
    class Early(Layer):
        def __init__(self, units, **kwargs):
            self.inner = Affine(units)
            super().__init__(**kwargs)

        def call(self, inputs):
            return self.inner(inputs)

    assert len(Early(2)(X)[0]) == 2


def test_unknown_argument():
    with pytest.raises(ValueError, match="unexpected arguments \\['foo'\\]"):
        Layer(foo=3)


def test_input_shape_argument_warns():
    with pytest.warns(UserWarning, match="begin the model with an Input"):
        layer = Affine(2, input_shape=(3,))
    assert layer._input_shape_argument == (None, 3)


def test_unknown_size_of_a_weight():
    with pytest.raises(ValueError, match="expected known sizes for the shape of weight 'w', got \\(None, 2\\)"):
        Layer().add_weight(shape=(None, 2), name="w")


def test_default_initializers():
    layer = Layer()
    assert layer.add_weight(shape=(2, 2), dtype="int32").numpy().tolist() == [[0, 0], [0, 0]]
    assert np.abs(layer.add_weight(shape=(9, 9)).numpy()).max() > 0


def test_path_follows_scopes():
    layer = Affine(2, name="dense")
    with name_scope("tower"):
        layer(X)
    assert layer.kernel.path == "tower/dense/kernel"
    assert layer.path == "tower/dense"


# calls


def test_arrays_and_floats_are_converted():
    layer = Affine(2)
    assert dtype_of(layer(np.ones((2, 3), "float64"))) == "float32"
    assert Affine(2)(layer.kernel).shape == (3, 2)


def test_integers_are_not_cast():
    class Same(Layer):
        def call(self, inputs):
            return inputs

    assert dtype_of(Same()(np.ones((2,), "int32"))) == "int32"
    assert dtype_of(Same(autocast=False)(np.ones((2,), "float64"))) == "float64"


def test_mixed_precision():
    layer = Affine(2, dtype="mixed_float16")
    assert dtype_of(layer(X)) == "float16"
    assert layer.kernel.numpy().dtype == np.float32
    assert (layer.compute_dtype, layer.variable_dtype, layer.dtype) == ("float16", "float32", "float32")


@pytest.mark.parametrize("said", [True, False])
def test_a_class_says_whether_it_supports_masking(said):
    class Said(Layer):
        supports_masking = said

        def call(self, inputs):
            return inputs

    class Derived(Said):
        def compute_mask(self, inputs, previous_mask):
            return previous_mask

    assert Said().supports_masking is Derived().supports_masking is said
    other = Said()
    other.supports_masking = not said
    assert other.supports_masking is not Said().supports_masking


def test_training_comes_from_the_argument_then_from_the_call_around():
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Mode()

        def call(self, inputs):
            return self.inner(inputs)

    assert Outer()(X, training=True)[0, 0] == 2.0
    assert Outer()(X)[0, 0] == 1.0
    assert Mode()(X, True)[0, 0] == 2.0

    class Fixed(Outer):
        def call(self, inputs, training=None):
            return self.inner(inputs, training=False) + self.inner(inputs)

    assert Fixed()(X, training=True)[0, 0] == 3.0


def test_error_in_call_names_layer_and_shape():
    layer = Affine(2, name="dense_note")
    layer(X)
    with pytest.raises(Exception) as caught:  # the frameworks raise errors of their own
        layer(np.ones((2, 5), "float32"))
    note = "in the call of layer 'dense_note' (Affine), inputs of shape inputs: (2, 5)"
    assert caught.value.__notes__.count(note) == 1  # frameworks may add notes of their own


def test_layer_stays_with_its_backend():
    layer = Affine(2)
    own = type(layer(X))
    with use_backend("numpy"):
        assert type(layer(X)) is own
        assert type(Affine(2)(X)) is np.ndarray
    assert layer._table is active()


# symbolic calls


def test_symbolic_call_infers_shape_and_dtype():
    out = Affine(4)(KerasTensor((None, 3), "float64"))
    assert (out.shape, out.dtype) == ((None, 4), "float32")
    assert Affine(4).compute_output_shape((None, 7, 3)) == (None, 7, 4)
    assert Affine(4).compute_output_spec(KerasTensor((5, 3))).shape == (5, 4)


def test_symbolic_call_changes_no_state():
    class Counter(Layer):
        def build(self, input_shape):
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs):
            self.count.assign_add(1.0)
            return inputs + self.count

    layer = Counter()
    layer(KerasTensor((2,)))
    assert float(layer.count.numpy()) == 0.0
    layer(np.zeros(2, "float32"))
    assert float(layer.count.numpy()) == 1.0


def test_compute_output_shape_where_call_cannot_be_traced():
    class Opaque(Layer):
        def call(self, inputs):
            return np.asarray(inputs)[:, :1]

        def compute_output_shape(self, input_shape):
            return (input_shape[0], 1)

    assert Opaque()(KerasTensor((None, 3))).shape == (None, 1)

    class Lost(Layer):
        def call(self, inputs):
            return np.asarray(inputs)

    with pytest.raises(TypeError) as caught:
        Lost()(KerasTensor((None, 3)))
    assert any("write compute_output_shape()" in note for note in caught.value.__notes__)


def test_compute_output_spec_of_a_subclass_is_used():
    class Spec(Layer):
        def call(self, inputs):
            raise AssertionError("not to be traced")

        def compute_output_spec(self, inputs):
            return KerasTensor((*inputs.shape, 7), "int32")

    class Around(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Spec()

        def call(self, inputs):
            return self.inner(inputs)

    assert Spec()(KerasTensor((2,))).shape == (2, 7)
    assert Around()(KerasTensor((2,))).shape == (2, 7)


# losses


def test_losses_are_those_of_the_last_call():
    class Penalty(Layer):
        def call(self, inputs):
            self.add_loss(ops.sum(inputs))
            return inputs

    class Around(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Penalty()

        def call(self, inputs):
            return self.inner(self.inner(inputs))

    layer = Around()
    layer(X)
    layer(X)
    assert [float(loss) for loss in layer.losses] == [6.0, 6.0]
    layer(KerasTensor((2, 3)))
    assert layer.losses == []


def test_activity_and_weight_regularizers():
    class Regular(Layer):
        def build(self, input_shape):
            self.w = self.add_weight(shape=(2,), initializer="ones", regularizer="l2")

        def call(self, inputs):
            return inputs

    layer = Regular(activity_regularizer="l1")
    layer(X)
    # X holds two samples of three ones: the activity counts as a mean over samples.
    np.testing.assert_allclose([float(loss) for loss in layer.losses], [0.03, 0.02], rtol=1e-5)


def test_stateless_call():
    class Counter(Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=(), initializer="ones")
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs):
            self.count.assign_add(1.0)
            self.add_loss(self.scale * 3.0)
            return inputs * self.scale

    layer = Counter()
    layer.build((2,))
    outputs, state, losses = layer.stateless_call([4.0], [10.0], np.ones(2, "float32"), return_losses=True)
    assert ops.convert_to_numpy(outputs).tolist() == [4.0, 4.0] and float(state[0]) == 11.0 and float(losses[0]) == 12.0
    assert float(layer.count.numpy()) == 0.0 and layer.losses == []
    with pytest.raises(ValueError, match="expected 1 trainable_variables, got 0"):
        layer.stateless_call([], [0.0], X)


def test_threads_keep_their_training_mode():
    results = {}

    class Slow(Mode):
        def call(self, inputs, training=None):
            time.sleep(0.05)
            return super().call(inputs, training)

    layer = Slow()

    def run(training):
        results[training] = float(layer(X, training=training)[0, 0])

    threads = [threading.Thread(target=run, args=(mode,)) for mode in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {True: 2.0, False: 1.0}
