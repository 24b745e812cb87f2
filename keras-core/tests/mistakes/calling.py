"""Mistakes in calls of layers, models and functions."""

import numpy as np

import keras_core as keras
from keras_core import layers, ops
from mistakes.mistake import mistake


def two_inputs():
    left, right = keras.Input((3,), name="left"), keras.Input((2,), name="right")
    return keras.Model([left, right], layers.Concatenate(name="join")([left, right]), name="net")


def classifier():
    return keras.Sequential(
        [keras.Input((3,), name="features"), layers.Dense(4, name="hidden"), layers.Dense(2, name="head")], name="net"
    )


@mistake(
    ValueError,
    "layer 'head' (Dense): argument 'inputs': expected ndim >= 2, got ndim=1;",
    "its shape is (3,).",
    "Inputs are batches: of one sample x that is x[None].",
    "in the call of layer 'head' (Dense), inputs of shape inputs: (3,)",
)
def one_sample_without_a_batch_axis():
    """One sample without a batch axis."""
    layers.Dense(2, name="head")(np.ones(3))


@mistake(
    ValueError,
    "layer 'lookup' (Lookup): argument 'inputs': expected dtype int32, got float32;",
    "its shape is (1, 3).",
    "in the call of layer 'lookup' (Lookup), inputs of shape inputs: (1, 3)",
)
def wrong_dtype():
    """Floats for a layer that takes integers."""

    class Lookup(layers.Layer):
        def __init__(self, name):
            super().__init__(name=name, autocast=False)
            self.input_spec = layers.InputSpec(dtype="int32")

        def call(self, inputs):
            return inputs

    Lookup(name="lookup")(np.ones((1, 3), "float32"))


@mistake(
    AttributeError,
    "layer 'scale' (Scale) has no attribute 'factor'.",
    "It is not built: call the layer itself, or build(input_shape), before.",
)
def call_instead_of_the_layer():
    """`layer.call(x)` instead of `layer(x)`: the layer is not built."""

    class Scale(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(shape=(input_shape[-1],), name="factor")

        def call(self, inputs):
            return inputs * self.factor

    Scale(name="scale").call(np.ones((1, 3)))


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): argument 'inputs': expected ndim >= 4, got ndim=3;",
    "its shape is (2, 28, 28).",
    "Inputs are (batch, height, width, channels);",
    "an axis that is missing is added by ops.expand_dims(x, axis).",
    "in the call of layer 'conv' (Conv2D), inputs of shape inputs: (2, 28, 28)",
)
def image_without_channels():
    """Gray images without an axis of channels."""
    layers.Conv2D(4, 3, name="conv")(np.ones((2, 28, 28)))


@mistake(
    ValueError,
    "layer 'memory' (GRU): argument 'sequences': expected ndim=3, got ndim=2;",
    "its shape is (2, 7).",
    "Inputs are (batch, steps, features);",
    "a recurrent layer gives that with return_sequences=True.",
    "in the call of layer 'memory' (GRU), inputs of shape sequences: (2, 7)",
)
def sequence_without_features():
    """Sequences without an axis of features in a recurrent layer."""
    layers.GRU(4, name="memory")(np.ones((2, 7)))


@mistake(
    ValueError,
    "layer 'head' (Dense): argument 'inputs': expected size 3 of axis -1, got 4;",
    "its shape is (1, 4).",
    "in the call of layer 'head' (Dense), inputs of shape inputs: (1, 4)",
)
def layer_reused_for_another_size():
    """A layer called again with another number of features."""
    dense = layers.Dense(2, name="head")
    dense(np.ones((1, 3)))
    dense(np.ones((1, 4)))


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): argument 'inputs': expected size 3 of axis -1, got 1;",
    "its shape is (1, 8, 8, 1).",
    "in the call of layer 'conv' (Conv2D), inputs of shape inputs: (1, 8, 8, 1)",
)
def convolution_reused_for_other_channels():
    """A convolution called again with another number of channels."""
    conv = layers.Conv2D(2, 3, name="conv")
    conv(np.ones((1, 8, 8, 3)))
    conv(np.ones((1, 8, 8, 1)))


@mistake(
    ValueError,
    "model 'net' (Sequential): input 'features': expected shape (None, 3), got (1, 5).",
    "in the call of model 'net' (Sequential), inputs of shape inputs: (1, 5)",
)
def model_called_with_another_size():
    """A model called with another number of features."""
    classifier()(np.ones((1, 5)))


@mistake(
    ValueError,
    "model 'net' (Sequential): input 'features': expected shape (None, 32, 3), got (32, 3).",
    "The axis of the batch is missing: of one sample x a batch is x[None];",
    "Input(shape) is without it.",
    "in the call of model 'net' (Sequential), inputs of shape inputs: (32, 3)",
)
def batch_size_in_the_input_shape():
    """The batch size in the shape of an `Input`."""
    model = keras.Sequential([keras.Input((32, 3), name="features"), layers.Dense(1)], name="net")
    model(np.ones((32, 3)))


@mistake(
    ValueError,
    "model 'net' (Functional): expected 2 values for the inputs ['left', 'right'], got one of shape",
    "in the call of model 'net' (Functional), inputs of shape inputs: (1, 3)",
)
def one_of_two_inputs():
    """One value for a model with two inputs."""
    two_inputs()(np.ones((1, 3)))


@mistake(
    ValueError,
    "model 'net' (Functional): expected 2 values for the inputs ['left', 'right'], got 3 values.",
    "in the call of model 'net' (Functional), inputs of shape inputs: [(1, 3), (1, 2), (1, 2)]",
)
def three_of_two_inputs():
    """Three values for a model with two inputs."""
    two_inputs()([np.ones((1, 3)), np.ones((1, 2)), np.ones((1, 2))])


@mistake(
    ValueError,
    "model 'net' (Functional): expected a dict with the keys ['left', 'right'], got the keys",
    "['left', 'rigth'];",
    "missing: ['right'].",
    "Did you mean 'right'?",
    "in the call of model 'net' (Functional), inputs of shape inputs: {'left': (1, 3), 'rigth': (1,",
)
def misspelt_input_name():
    """A dict with a misspelt name of an input."""
    left, right = keras.Input((3,), name="left"), keras.Input((2,), name="right")
    model = keras.Model({"left": left, "right": right}, layers.Concatenate()([left, right]), name="net")
    model({"left": np.ones((1, 3)), "rigth": np.ones((1, 2))})


@mistake(
    ValueError,
    "layer 'conv' (Conv1D): argument 'inputs': expected ndim >= 3, got ndim=2;",
    "its shape is (2, 7).",
    "Inputs are (batch, steps, channels);",
    "an axis that is missing is added by ops.expand_dims(x, axis).",
    "in the call of model 'net' (Net) > layer 'block' (Block) > layer 'conv' (Conv1D), inputs of",
    "shape inputs: (2, 7)",
)
def error_deep_inside():
    """A shape that does not fit a layer inside a model inside a model."""

    class Block(layers.Layer):
        def __init__(self, name):
            super().__init__(name=name)
            self.conv = layers.Conv1D(4, 3, name="conv")

        def call(self, inputs):
            return self.conv(inputs)

    class Net(keras.Model):
        def __init__(self):
            super().__init__(name="net")
            self.block = Block(name="block")

        def call(self, inputs):
            return self.block(inputs)

    Net()(np.ones((2, 7)))


@mistake(
    ValueError,
    "layer 'head' (Dense): argument 'inputs': expected numbers or bools, got an array of dtype <U1.",
    "Turn its elements into numbers first.",
    "in the call of layer 'head' (Dense), inputs of shape inputs: (1, 2)",
)
def strings_for_dense():
    """Strings for a layer that takes numbers."""
    layers.Dense(2, name="head")(np.array([["a", "b"]]))


@mistake(
    ValueError,
    "layer 'head' (Dense): argument 'inputs': expected a tensor, got the list [[1.0, 2.0], [3.0]].",
    "Make an array of it first, np.array(...), of rows of one length.",
    "in the call of layer 'head' (Dense), inputs of shape none",
)
def ragged_lists():
    """Lists of different lengths."""
    layers.Dense(2, name="head")([[1.0, 2.0], [3.0]])


@mistake(
    ValueError,
    "layer 'head' (Dense): argument 'inputs': expected a tensor, got None",
    "Does the call() of the layer before return something?",
    "in the call of layer 'head' (Dense), inputs of shape none",
)
def nothing_for_a_layer():
    """`None` for a layer, because the layer before has no `return`."""

    class Forgetful(layers.Layer):
        def call(self, inputs):
            ops.relu(inputs)

    layers.Dense(1, name="head")(Forgetful(name="forgetful")(np.ones((1, 3))))


@mistake(
    TypeError,
    "layer 'attention' (MultiHeadAttention): call() needs the arguments ['query', 'value'], got",
    "['query'];",
    "missing: ['value'].",
    "in the call of layer 'attention' (MultiHeadAttention), inputs of shape query: (1, 5, 8)",
)
def attention_without_value():
    """`MultiHeadAttention` with the query alone."""
    layers.MultiHeadAttention(2, 4, name="attention")(np.ones((1, 5, 8)))


@mistake(
    ValueError,
    "layer 'attention' (MultiHeadAttention): expected inputs of one rank, 3 or more, got the shapes",
    "of query (5, 8), value (5, 8) and key (5, 8).",
    "in the call of layer 'attention' (MultiHeadAttention), inputs of shape query: (5, 8), value:",
)
def attention_over_features():
    """`MultiHeadAttention` of arrays without an axis of time."""
    layers.MultiHeadAttention(2, 4, name="attention")(np.ones((5, 8)), np.ones((5, 8)))


@mistake(
    ValueError,
    "layer 'attention' (MultiHeadAttention): expected keys and values whose shapes are equal but",
    "for the last axis, got the shapes of query (1, 5, 8), value (1, 6, 8) and key (1, 7, 8).",
    "in the call of layer 'attention' (MultiHeadAttention), inputs of shape query: (1, 5, 8),",
    "value: (1, 6, 8), key: (1, 7, 8)",
)
def attention_to_keys_of_another_length():
    """`MultiHeadAttention` with keys and values of different lengths."""
    query, value, key = np.ones((1, 5, 8)), np.ones((1, 6, 8)), np.ones((1, 7, 8))
    layers.MultiHeadAttention(2, 4, name="attention")(query, value, key)


@mistake(
    ValueError,
    "layer 'join' (Concatenate): expected a list of tensors, got the shape (1, 3).",
    "in the call of layer 'join' (Concatenate), inputs of shape inputs: (1, 3)",
)
def merge_of_one_tensor():
    """A merging layer called with one tensor."""
    layers.Concatenate(name="join")(np.ones((1, 3)))


@mistake(
    ValueError,
    "layer 'memory' (LSTM): expected 'initial_state' to be 2 states of sizes [4, 4], got 1.",
    "in the call of layer 'memory' (LSTM), inputs of shape sequences: (2, 5, 3), initial_state:",
)
def wrong_number_of_initial_states():
    """One initial state for an LSTM, which has two."""
    layers.LSTM(4, name="memory")(np.ones((2, 5, 3)), initial_state=[np.zeros((2, 4))])


@mistake(
    ValueError,
    "layer 'memory' (GRU): expected 'initial_state' to have states of sizes [4], got one of shape",
    "in the call of layer 'memory' (GRU), inputs of shape sequences: (2, 5, 3), initial_state: (2,",
)
def initial_state_of_another_size():
    """An initial state of another size than the layer's units."""
    layers.GRU(4, name="memory")(np.ones((2, 5, 3)), initial_state=np.zeros((2, 3)))


@mistake(
    UserWarning,
    "layer 'double' (Double) got an input with a mask but does not support masking, so layers after",
    "it do not see the mask.",
    "Set 'supports_masking = True' in __init__() if the mask holds for its outputs too, or write",
    "compute_mask().",
)
def lost_mask():
    """A layer that loses the mask of an `Embedding`."""

    class Double(layers.Layer):
        def call(self, inputs):
            return inputs * 2

    Double(name="double")(layers.Embedding(5, 3, mask_zero=True)(np.array([[1, 2, 0]])))


@mistake(
    UserWarning,
    "softmax: axis -1 of the shape (1, 1) has size 1, so the result is always 1.",
    "Of one unit take 'sigmoid'.",
)
def softmax_of_one_number():
    """A softmax over one number, which is always 1."""
    layers.Dense(1, activation="softmax", name="head")(np.ones((1, 3)))


@mistake(
    ValueError,
    "layer 'head' (Dense): expected 2 arrays for set_weights, got 1.",
)
def set_weights_too_few():
    """Too few arrays for `set_weights`."""
    classifier().get_layer("head").set_weights([np.zeros((4, 2))])


@mistake(
    ValueError,
    "layer 'head' (Dense): expected shape (4, 2) for weight 'net/head/kernel', got (2, 4).",
)
def set_weights_of_another_shape():
    """An array of another shape for `set_weights`."""
    classifier().get_layer("head").set_weights([np.zeros((2, 4)), np.zeros(2)])


@mistake(
    ValueError,
    "conv: the window of size (5, 5) is larger than the padded input of shape (1, 4, 4, 3).",
    "in the call of layer 'conv' (Conv2D), inputs of shape inputs: (1, 4, 4, 3)",
)
def window_larger_than_the_image():
    """A window larger than the image."""
    layers.Conv2D(2, 5, name="conv")(np.ones((1, 4, 4, 3)))


@mistake(
    ValueError,
    "model 'net' (Sequential): input 'image': expected shape (None, 8, 8, 3), got (1, 3, 8, 8).",
    "The axes come in another order: see ops.transpose, and data_format for the place of the",
    "channels.",
    "in the call of model 'net' (Sequential), inputs of shape inputs: (1, 3, 8, 8)",
)
def channels_first_data():
    """Images with their channels first in a layer that was built for channels last."""
    model = keras.Sequential([keras.Input((8, 8, 3), name="image"), layers.Conv2D(2, 3, name="conv")], name="net")
    model(np.ones((1, 3, 8, 8)))
