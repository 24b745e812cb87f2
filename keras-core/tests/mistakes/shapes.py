"""Mistakes in the shapes from layer to layer."""

import numpy as np

import keras_core as keras
from keras_core import layers
from mistakes.mistake import mistake


@mistake(
    ValueError,
    "layer 'head' (Dense): expected an input whose axis -1 has a known size, since the weights",
    "depend on it;",
    "got the shape (None, None).",
    "in the call of layer 'head' (Dense), inputs of shape inputs: (None, None)",
    "the inputs came by input 'words' (None, None)",
)
def dense_over_an_unknown_size():
    """`Dense` over an axis of unknown size."""
    inputs = keras.Input((None,), name="words")
    layers.Dense(1, name="head")(inputs)


@mistake(
    ValueError,
    "layer 'head' (Dense): expected an input whose axis -1 has a known size, since the weights",
    "depend on it;",
    "got the shape (None, None).",
    "in the call of model 'net' (Sequential) > layer 'head' (Dense), inputs of shape inputs: (None,",
    "None)",
    "the inputs came by input '",
    "' (None, None, None, 3) > layer 'flat' (Flatten) (None, None)",
)
def flatten_of_an_unknown_size():
    """`Dense` after the `Flatten` of images of unknown size."""
    keras.Sequential(
        [keras.Input((None, None, 3)), layers.Flatten(name="flat"), layers.Dense(1, name="head")], name="net"
    )


@mistake(
    ValueError,
    "layer 'second' (LSTM): argument 'sequences': expected ndim=3, got ndim=2;",
    "its shape is (None, 4).",
    "Inputs are (batch, steps, features);",
    "a recurrent layer gives that with return_sequences=True.",
    "in the call of model 'net' (Sequential) > layer 'second' (LSTM), inputs of shape sequences:",
    "(None, 4)",
    "the inputs came by input '",
    "' (None, 5, 3) > layer 'first' (LSTM) (None, 4)",
)
def stacked_recurrent_layers():
    """Recurrent layers in a row without `return_sequences=True`."""
    keras.Sequential([keras.Input((5, 3)), layers.LSTM(4, name="first"), layers.LSTM(4, name="second")], name="net")


@mistake(
    ValueError,
    "conv: the window of size (3, 3) is larger than the padded input of shape (None, 1, 1, 1).",
    "in the call of model 'net' (Sequential) > layer 'conv' (Conv2D), inputs of shape inputs:",
    "(None, 1, 1, 1)",
    "the inputs came by input '",
    "' (None, 4, 4, 1) > layer 'pool' (MaxPooling2D) (None, 1, 1, 1)",
)
def image_shrunk_to_nothing():
    """More pooling than the image has pixels."""
    keras.Sequential(
        [keras.Input((4, 4, 1)), layers.MaxPooling2D(4, name="pool"), layers.Conv2D(8, 3, name="conv")], name="net"
    )


@mistake(
    ValueError,
    "layer 'join' (Concatenate): expected inputs whose shapes are equal but for axis -1, got",
    "[(None, 6, 6, 4), (None, 5, 3)].",
    "in the call of layer 'join' (Concatenate), inputs of shape inputs: [(None, 6, 6, 4), (None, 5,",
    "the inputs came by input 'image' (None, 8, 8, 3) > layer 'conv' (Conv2D) (None, 6, 6, 4);",
    "input 'words' (None, 5, 3)",
)
def concatenation_of_other_shapes():
    """`Concatenate` of shapes that do not match."""
    image, words = keras.Input((8, 8, 3), name="image"), keras.Input((5, 3), name="words")
    layers.Concatenate(name="join")([layers.Conv2D(4, 3, name="conv")(image), words])


@mistake(
    ValueError,
    "layer 'shortcut' (Add): expected inputs that broadcast, got the shapes [(None, 8, 8, 3),",
    "(None, 8, 8, 4)].",
    "in the call of layer 'shortcut' (Add), inputs of shape inputs: [(None, 8, 8, 3), (None, 8, 8,",
    "the inputs came by input 'image' (None, 8, 8, 3);",
    "input 'image' (None, 8, 8, 3) > layer 'conv' (Conv2D) (None, 8, 8, 4)",
)
def sum_of_other_shapes():
    """`Add` of shapes that do not match: a shortcut past a layer that changes the channels."""
    inputs = keras.Input((8, 8, 3), name="image")
    layers.Add(name="shortcut")([inputs, layers.Conv2D(4, 3, padding="same", name="conv")(inputs)])


@mistake(
    ValueError,
    "layer 'grid' (Reshape): expected inputs whose elements a sample fill target_shape=(3, 4), got",
    "the shape (None, 10), which has 10 a sample.",
    "in the call of model 'net' (Sequential) > layer 'grid' (Reshape), inputs of shape inputs:",
    "(None, 10)",
    "the inputs came by input '",
    "' (None, 8) > layer 'hidden' (Dense) (None, 10)",
)
def reshape_to_another_size():
    """`Reshape` to a shape with another number of elements."""
    keras.Sequential(
        [keras.Input((8,)), layers.Dense(10, name="hidden"), layers.Reshape((3, 4), name="grid")], name="net"
    )


@mistake(
    ValueError,
    "layer 'memory' (LSTM): expected a known batch size with stateful=True, got sequences of shape",
    "(None, 5, 3).",
    "Begin the model with Input(batch_shape=(batch size, ...)).",
    "in the call of model 'net' (Sequential) > layer 'memory' (LSTM), inputs of shape sequences:",
    "(None, 5, 3)",
    "the inputs came by input '",
    "' (None, 5, 3)",
)
def stateful_without_batch_size():
    """A stateful recurrent layer without a batch size."""
    keras.Sequential([keras.Input((5, 3)), layers.LSTM(4, stateful=True, name="memory")], name="net")


@mistake(
    ValueError,
    "add: shapes (2, 4, 3) and (2, 5, 3) cannot be broadcast together.",
    "in the call of model 'net' (Functional) > layer 'sum' (Add), inputs of shape inputs: [(2, 4,",
    "3), (2, 5, 3)]",
    "the inputs came by input 'left' (None, None, 3) > layer 'project' (Dense) (None, None, 3);",
    "input 'right' (None, None, 3)",
)
def lengths_that_differ():
    """Sequences of different lengths for a model that adds them: their lengths are known only when it runs."""
    left, right = keras.Input((None, 3), name="left"), keras.Input((None, 3), name="right")
    doubled = layers.Dense(3, name="project")(left)
    model = keras.Model([left, right], layers.Add(name="sum")([doubled, right]), name="net")
    model([np.ones((2, 4, 3)), np.ones((2, 5, 3))])


@mistake(
    ValueError,
    "model 'encoder' (Sequential): input 'code': expected shape (None, 8), got (None, 5).",
    "in the call of model 'net' (Sequential) > model 'encoder' (Sequential), inputs of shape",
    "inputs: (None, 5)",
    "the inputs came by input 'features' (None, 3) > layer 'wide' (Dense) (None, 5)",
)
def part_that_does_not_fit():
    """A model inside a model, called with what does not fit it."""
    encoder = keras.Sequential([keras.Input((8,), name="code"), layers.Dense(4, name="hidden")], name="encoder")
    keras.Sequential([keras.Input((3,), name="features"), layers.Dense(5, name="wide"), encoder], name="net")
