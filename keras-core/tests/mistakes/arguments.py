"""Mistakes in the arguments of layers."""

import numpy as np

import keras_core as keras
from keras_core import layers
from mistakes.mistake import mistake


@mistake(
    ValueError,
    "layer 'head' (Dense): expected an int >= 1 for 'units', got 0.",
)
def no_units():
    """A layer without units."""
    layers.Dense(0, name="head")


@mistake(
    ValueError,
    "layer 'lstm_cell' (LSTMCell): expected an int >= 1 for 'units', got -3.",
)
def negative_units():
    """A negative number of units."""
    layers.LSTM(-3, name="memory")


@mistake(
    ValueError,
    "layer 'head' (Dense): expected an int >= 1 for 'units', got 5.0.",
)
def units_as_a_float():
    """Units that a division made a float."""
    layers.Dense(10 / 2, name="head")


@mistake(
    ValueError,
    "layer 'head' (Dense): expected an int >= 1 for 'units', got '10'.",
)
def units_as_a_string():
    """Units as a string."""
    layers.Dense("10", name="head")


@mistake(
    ValueError,
    "layer 'head' (Dense): expected an int >= 1 for 'units', got",
    "A layer is made first, then called: Dense(...)(x).",
)
def data_as_units():
    """The layer before as the first argument: `Dense(x)` instead of `Dense(units)(x)`."""
    inputs = keras.Input((3,), name="features")
    layers.Dense(inputs, name="head")


@mistake(
    ValueError,
    "unknown activation 'softmx'.",
    "Did you mean 'softmax' or 'log_softmax'?",
)
def misspelt_activation():
    """A misspelt activation."""
    layers.Dense(1, activation="softmx", name="head")


@mistake(
    ValueError,
    "activation: expected a name, configuration, object or function, got 3.",
)
def activation_that_is_a_number():
    """An activation that is none."""
    layers.Dense(1, activation=3, name="head")


@mistake(
    ValueError,
    "unknown initializer 'glorot_unifrom'.",
    "Did you mean 'glorot_uniform' or 'glorot_normal' or 'GlorotUniform'?",
)
def misspelt_initializer():
    """A misspelt initializer."""
    layers.Dense(1, kernel_initializer="glorot_unifrom", name="head")


@mistake(
    ValueError,
    "unknown regularizer 'l3'.",
)
def misspelt_regularizer():
    """A regularizer that does not exist."""
    layers.Dense(1, kernel_regularizer="l3", name="head")


@mistake(
    ValueError,
    "unknown constraint 'max_nrom'.",
    "Did you mean 'max_norm' or 'min_max_norm'?",
)
def misspelt_constraint():
    """A misspelt constraint."""
    layers.Dense(1, kernel_constraint="max_nrom", name="head")


@mistake(
    ValueError,
    "DTypePolicy: expected 'mixed_float16', 'mixed_bfloat16' or a dtype name such as 'float32', got",
    "'flaot32'.",
    "Did you mean 'float32'?",
)
def misspelt_dtype():
    """A misspelt dtype."""
    layers.Dense(1, dtype="flaot32", name="head")


@mistake(
    ValueError,
    "dtype: expected one of bool, uint8, uint16, uint32, uint64, int8, int16, int32, int64,",
    "float8_e4m3fn, float8_e5m2, bfloat16, float16, float32, float64, complex64, complex128, got",
    "'flaot32'.",
    "Did you mean 'float32'?",
)
def misspelt_input_dtype():
    """A misspelt dtype of an `Input`."""
    keras.Input((3,), dtype="flaot32")


@mistake(
    ValueError,
    "layer 'head' (Dense): unexpected arguments ['activaton'].",
    "Did you mean 'activation'?",
)
def misspelt_argument():
    """A misspelt argument."""
    layers.Dense(1, activaton="relu", name="head")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected 'valid' or 'same' for 'padding', got 'smae'.",
    "Did you mean 'same'?",
)
def misspelt_padding():
    """A misspelt padding."""
    layers.Conv2D(4, 3, padding="smae", name="conv")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected 'valid' or 'same' for 'padding', got 'causal'.",
)
def causal_padding_of_images():
    """Causal padding of images."""
    layers.Conv2D(4, 3, padding="causal", name="conv")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected 'channels_last' or 'channels_first' for 'data_format', got",
    "'channel_last'.",
    "Did you mean 'channels_last' or 'channels_first'?",
)
def misspelt_data_format():
    """A misspelt data format."""
    layers.Conv2D(4, 3, data_format="channel_last", name="conv")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected an int >= 1 or a tuple of 2 of them for 'kernel_size', got 0.",
)
def window_without_size():
    """A convolution with a window without size."""
    layers.Conv2D(4, 0, name="conv")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected an int >= 1 or a tuple of 2 of them for 'kernel_size', got (3,",
)
def window_of_another_rank():
    """A window with three axes for images."""
    layers.Conv2D(4, (3, 3, 3), name="conv")


@mistake(
    ValueError,
    "layer 'pool' (MaxPooling2D): expected an int >= 1 or a tuple of 2 of them for 'strides', got 0.",
)
def strides_without_size():
    """Strides of zero."""
    layers.MaxPooling2D(2, strides=0, name="pool")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected 1 for 'strides' or for 'dilation_rate', got 2 and 2.",
)
def strides_and_dilation():
    """A convolution with strides and dilation."""
    layers.Conv2D(4, 3, strides=2, dilation_rate=2, name="conv")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected 'filters' to be a multiple of 'groups', got 4 and 3.",
)
def filters_that_do_not_fit_the_groups():
    """Filters that cannot be divided among the groups."""
    layers.Conv2D(4, 3, groups=3, name="conv")


@mistake(
    ValueError,
    "layer 'conv' (Conv2D): expected the number of input channels to be a multiple of groups=2, got",
    "3 (axis -1 of the shape (1, 8, 8, 3)).",
    "in the call of layer 'conv' (Conv2D), inputs of shape inputs: (1, 8, 8, 3)",
)
def channels_that_do_not_fit_the_groups():
    """Input channels that cannot be divided among the groups."""
    layers.Conv2D(4, 3, groups=2, name="conv")(np.ones((1, 8, 8, 3)))


@mistake(
    ValueError,
    "layer 'drop' (Dropout): expected a number from 0 to 1 for 'rate', got 50.",
)
def dropout_in_percent():
    """A dropout rate in percent."""
    layers.Dropout(50, name="drop")


@mistake(
    ValueError,
    "layer 'drop' (Dropout): expected a number from 0 to 1 for 'rate', got -0.2.",
)
def negative_dropout():
    """A negative dropout rate."""
    layers.Dropout(-0.2, name="drop")


@mistake(
    ValueError,
    "layer 'norm' (BatchNormalization): expected inputs that have an axis 3, got the shape (2, 3).",
    "in the call of layer 'norm' (BatchNormalization), inputs of shape inputs: (2, 3)",
)
def normalized_axis_that_is_not_there():
    """A normalization over an axis that the input does not have."""
    layers.BatchNormalization(axis=3, name="norm")(np.ones((2, 3)))


@mistake(
    ValueError,
    "layer 'words' (Embedding): expected an int >= 1 for 'input_dim', got 0.",
)
def embedding_without_rows():
    """An embedding without rows."""
    layers.Embedding(0, 8, name="words")


@mistake(
    ValueError,
    "layer 'attention' (MultiHeadAttention): expected an int >= 1 for 'num_heads', got 0.",
)
def no_heads():
    """Attention without heads."""
    layers.MultiHeadAttention(0, 8, name="attention")


@mistake(
    ValueError,
    "layer 'norm' (GroupNormalization): expected a divisor of 6, the number of channels, for",
    "'groups', got 4.",
    "in the call of layer 'norm' (GroupNormalization), inputs of shape inputs: (2, 8, 8, 6)",
)
def groups_that_do_not_fit_the_channels():
    """A group normalization whose groups do not divide the channels."""
    layers.GroupNormalization(4, name="norm")(np.ones((2, 8, 8, 6)))


@mistake(
    ValueError,
    "layer 'up' (UpSampling2D): expected 'nearest' or 'bilinear' or 'bicubic' or 'lanczos3' or",
    "'lanczos5' for 'interpolation', got 'bilnear'.",
    "Did you mean 'bilinear'?",
)
def misspelt_interpolation():
    """A misspelt interpolation."""
    layers.UpSampling2D(interpolation="bilnear", name="up")


@mistake(
    ValueError,
    "layer 'double' (Lambda): expected a function for 'function', got 3.",
)
def lambda_of_a_value():
    """A `Lambda` of something that is no function."""
    layers.Lambda(3, name="double")


@mistake(
    ValueError,
    "layer 'turn' (Permute): expected a tuple of the axes 1, 2, ..., each once for 'dims', got (0,",
)
def permutation_with_the_batch_axis():
    """A permutation that counts the batch axis."""
    layers.Permute((0, 2, 1), name="turn")


@mistake(
    ValueError,
    "layer 'join' (Concatenate): axis=4 is none of the inputs, which have the shapes [(1, 3), (1,",
    "in the call of layer 'join' (Concatenate), inputs of shape inputs: [(1, 3), (1, 3)]",
)
def concatenation_over_the_batch():
    """A concatenation over an axis that is not there."""
    layers.Concatenate(axis=4, name="join")([np.ones((1, 3)), np.ones((1, 3))])


@mistake(
    ValueError,
    "layer 'project' (EinsumDense): expected the form 'abc,cd->abd', '...ab,bc->...ac' or",
    "'ab...,bc->ac...' for 'equation', got 'abc,cd'.",
)
def equation_without_an_arrow():
    """An equation of `EinsumDense` without its outputs."""
    layers.EinsumDense("abc,cd", 8, name="project")
