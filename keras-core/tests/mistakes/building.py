"""Mistakes in the making of layers and models."""

import numpy as np

import keras_core as keras
from keras_core import layers
from mistakes.mistake import mistake


@mistake(
    RuntimeError,
    "Scale: 'super().__init__()' was not called.",
    "Call it in Scale.__init__() before the layer is used.",
)
def forgotten_super_init():
    """A layer that does not call `super().__init__()`."""

    class Scale(layers.Layer):
        def __init__(self, factor):
            self.factor = factor

        def call(self, inputs):
            return inputs * self.factor

    Scale(2.0)(np.ones((1, 3)))


@mistake(
    RuntimeError,
    "Net: 'super().__init__()' was not called.",
    "Call it in Net.__init__() before the layer is used.",
)
def forgotten_super_init_of_a_model():
    """A model that does not call `super().__init__()`."""

    class Net(keras.Model):
        def __init__(self):
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    Net()(np.ones((1, 3)))


@mistake(
    NotImplementedError,
    "layer 'scale' (Scale) has no method call().",
    "Write call(self, inputs) in Scale.",
    "in the call of layer 'scale' (Scale), inputs of shape args_0: (1, 3)",
)
def layer_without_call():
    """A layer without a method `call`."""

    class Scale(layers.Layer):
        def forward(self, inputs):
            return inputs * 2

    Scale(name="scale")(np.ones((1, 3)))


@mistake(
    NotImplementedError,
    "model 'net' (Net) has no method call().",
    "Write call(self, inputs) in Net.",
    "in the call of model 'net' (Net), inputs of shape args_0: (1, 3)",
)
def model_without_call():
    """A model without a method `call`."""

    class Net(keras.Model):
        def forward(self, inputs):
            return inputs * 2

    Net(name="net")(np.ones((1, 3)))


@mistake(
    AttributeError,
    "model 'net' (Net): 'layers' is what the model consists of;",
    "use another attribute name.",
)
def layers_as_an_attribute():
    """A model that names an attribute `layers`."""

    class Net(keras.Model):
        def __init__(self):
            super().__init__(name="net")
            self.layers = [layers.Dense(1), layers.Dense(2)]

    Net()


@mistake(
    ValueError,
    "layer 'scale' (Scale): cannot take new state (",
    ") after it was built.",
    "Make variables and sublayers in __init__() or build().",
    "in the call of layer 'scale' (Scale), inputs of shape inputs: (1, 3)",
)
def weights_made_in_call():
    """A layer that makes a weight after it was built."""

    class Scale(layers.Layer):
        def build(self, input_shape):
            pass

        def call(self, inputs):
            return inputs * self.add_weight(shape=(1,), name="factor")

    Scale(name="scale")(np.ones((1, 3)))


@mistake(
    ValueError,
    "layer 'table' (Table): expected known sizes for the shape of weight 'table', got (None, 3).",
    "in the call of layer 'table' (Table), inputs of shape inputs: (None, 3)",
    "the inputs came by input '",
    "' (None, 3)",
)
def weight_of_unknown_size():
    """A weight whose shape has an unknown size."""

    class Table(layers.Layer):
        def build(self, input_shape):
            self.table = self.add_weight(shape=(input_shape[0], 3), name="table")

        def call(self, inputs):
            return inputs + self.table

    Table(name="table")(keras.Input((3,)))


@mistake(
    ValueError,
    "Dense: expected a name without",
    "got 'encoder/dense'.",
)
def name_with_a_slash():
    """A name with a slash."""
    layers.Dense(1, name="encoder/dense")


@mistake(
    ValueError,
    "model 'net' (Sequential): expected a layer to add, got",
    "A function is put into a layer: Lambda(function).",
)
def function_in_sequential():
    """A function instead of a layer in a `Sequential`."""
    keras.Sequential([layers.Dense(1), keras.ops.relu], name="net")


@mistake(
    ValueError,
    "model 'net' (Sequential): expected a layer to add, got",
    "A layer is an instance of its class: Flatten(...).",
)
def class_in_sequential():
    """A layer class without its parentheses in a `Sequential`."""
    keras.Sequential([layers.Flatten, layers.Dense(1)], name="net")


@mistake(
    ValueError,
    "model 'net' (Sequential): an Input must be the first element;",
    "it has 1 layers.",
)
def input_in_the_middle():
    """An `Input` that is not the first element of a `Sequential`."""
    keras.Sequential([layers.Dense(1), keras.Input((3,))], name="net")


@mistake(
    ValueError,
    "model 'net' (Sequential): there is no layer to take off.",
)
def pop_of_nothing():
    """`pop` from a `Sequential` without layers."""
    keras.Sequential(name="net").pop()


@mistake(
    ValueError,
    "model 'net' (Sequential): names must be unique in a model, and there is a layer named 'dense'.",
    "Give one of them another name.",
)
def two_layers_of_one_name():
    """Two layers of one name in a `Sequential`."""
    keras.Sequential([layers.Dense(1, name="dense"), layers.Dense(1, name="dense")], name="net")


@mistake(
    ValueError,
    "model 'net' (Functional): names must be unique in a model, got several layers named ['dense'].",
    "Give them other names;",
    "a layer that is called twice is one layer.",
)
def two_layers_of_one_name_in_a_graph():
    """Two layers of one name in a functional model."""
    inputs = keras.Input((3,))
    outputs = layers.Dense(1, name="dense")(layers.Dense(1, name="dense")(inputs))
    keras.Model(inputs, outputs, name="net")


@mistake(
    ValueError,
    "model 'net' (Sequential): no layer is named 'encodr';",
    "there are ['encoder', 'head'].",
    "Did you mean 'encoder'?",
)
def misspelt_layer_name():
    """A layer name that is misspelt."""
    keras.Sequential([layers.Dense(1, name="encoder"), layers.Dense(1, name="head")], name="net").get_layer("encodr")


@mistake(
    ValueError,
    "model 'net' (Sequential): expected an index below 1, got 3.",
)
def layer_index_too_large():
    """A layer index that is too large."""
    keras.Sequential([layers.Dense(1)], name="net").get_layer(index=3)


@mistake(
    ValueError,
    "Input: expected a shape, such as Input(shape=(28, 28, 1)), got none.",
)
def input_without_shape():
    """An `Input` without a shape."""
    keras.Input()


@mistake(
    ValueError,
    "Input: expected a shape of non-negative ints and None, got 'image'.",
)
def input_shape_that_is_a_string():
    """The name of an `Input` where its shape belongs."""
    keras.Input("image")


@mistake(
    ValueError,
    "Input: expected a shape of non-negative ints and None, got (-1, 3).",
)
def negative_input_size():
    """A negative size in the shape of an `Input`."""
    keras.Input((-1, 3))


@mistake(
    ValueError,
    "model 'net' (Functional): the outputs depend on the input 'label' (None, 2), which is not",
    "among the inputs ['image'].",
    "the outputs came by layer 'encoder' (Dense) and input 'label' > layer 'join' (Concatenate)",
    "(None, 5) > layer 'head' (Dense) (None, 1)",
)
def disconnected_graph():
    """A functional model that lacks one of its inputs."""
    image, label = keras.Input((4,), name="image"), keras.Input((2,), name="label")
    joined = layers.Concatenate(name="join")([layers.Dense(3, name="encoder")(image), label])
    keras.Model(image, layers.Dense(1, name="head")(joined), name="net")


@mistake(
    ValueError,
    "model 'net' (Functional): expected symbolic tensors, such as Input() gives, for the outputs;",
)
def arrays_as_outputs():
    """A functional model whose outputs are values."""
    keras.Model(keras.Input((3,)), np.ones((1, 3)), name="net")


@mistake(
    ValueError,
    "model 'net' (Functional): expected symbolic tensors, such as Input() gives, for the outputs;",
)
def layers_as_outputs():
    """A functional model from a layer instead of what it gives."""
    keras.Model(keras.Input((3,)), layers.Dense(1, name="head"), name="net")


@mistake(
    ValueError,
    "Model: expected inputs and outputs, got inputs without outputs.",
)
def model_without_outputs():
    """A functional model without outputs."""
    keras.Model(inputs=keras.Input((3,)), name="net")


@mistake(
    ValueError,
    "layer 'head' (Dense): cannot count parameters before it is built;",
    "call build(input_shape) first.",
)
def count_params_before_build():
    """`count_params` of a layer that is not built."""
    layers.Dense(1, name="head").count_params()


@mistake(
    AttributeError,
    "head.output: expected one symbolic call, found 0 of them.",
    "Call it on an Input or another symbolic tensor.",
)
def output_before_call():
    """`output` of a layer that was never called."""
    return layers.Dense(1, name="head").output


@mistake(
    AttributeError,
    "model 'net' (Sequential): its inputs are not known yet;",
    "begin it with an Input(shape), build or call it.",
)
def inputs_of_an_unbuilt_sequential():
    """`inputs` of a `Sequential` that does not know its shapes."""
    return keras.Sequential([layers.Dense(1)], name="net").inputs


@mistake(
    ValueError,
    "model 'net' (Sequential): expected an input_shape to build it;",
    "or begin the model with an Input(shape).",
)
def build_without_a_shape():
    """`build` of a `Sequential` without a shape."""
    keras.Sequential([layers.Dense(1)], name="net").build()


@mistake(
    ValueError,
    "layer 'each' (TimeDistributed): expected a layer (an instance, not a class) for 'layer', got",
)
def class_in_a_wrapper():
    """A layer class without its parentheses in a wrapper."""
    layers.TimeDistributed(layers.Dense, name="each")


@mistake(
    ValueError,
    "layer 'both' (Bidirectional): expected a recurrent layer for 'layer', got layer 'dense'",
    "(Dense) without the attributes go_backwards, return_sequences, return_state, stateful.",
)
def bidirectional_of_a_dense():
    """`Bidirectional` around a layer that is not recurrent."""
    layers.Bidirectional(layers.Dense(3), name="both")


@mistake(
    UserWarning,
    "layer 'head' (Dense): the argument 'input_shape' is of older code;",
    "begin the model with an Input(shape).",
)
def input_shape_argument():
    """`input_shape` as an argument of a layer."""
    layers.Dense(1, input_shape=(3,), name="head")
