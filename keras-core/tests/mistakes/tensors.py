"""Mistakes with symbolic tensors, ops and variables."""

import numpy as np

import keras_core as keras
from keras_core import layers, ops
from mistakes.mistake import mistake


@mistake(
    ValueError,
    "np.exp() of a KerasTensor (shape (None, 3), dtype float32): it has no values, it only",
    "describes a model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
)
def numpy_function_of_a_symbolic_tensor():
    """A NumPy function of a symbolic tensor."""
    np.exp(keras.Input((3,), name="features"))


@mistake(
    ValueError,
    "NumPy array of a KerasTensor (shape (None, 3), dtype float32): it has no values, it only",
    "describes a model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
)
def array_of_a_symbolic_tensor():
    """A symbolic tensor as an array."""
    np.asarray(keras.Input((3,), name="features"))


@mistake(
    TypeError,
    "truth value of a KerasTensor (shape (), dtype bool): it has no values, it only describes a",
    "model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
)
def if_of_a_symbolic_tensor():
    """A symbolic tensor in an `if`."""
    inputs = keras.Input((3,), name="features")
    if ops.sum(inputs) > 0:
        inputs = -inputs


@mistake(
    TypeError,
    "iteration over the first axis of a KerasTensor (shape (None, 3), dtype float32): it has no",
    "values, it only describes a model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
)
def loop_over_a_symbolic_tensor():
    """A loop over the samples of a symbolic tensor."""
    for sample in keras.Input((3,), name="features"):
        layers.Dense(1)(sample)


@mistake(
    ValueError,
    "float() of a KerasTensor (shape (), dtype float32): it has no values, it only describes a",
    "model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
)
def float_of_a_symbolic_tensor():
    """A symbolic tensor as a Python number."""
    float(ops.sum(keras.Input((3,), name="features")))


@mistake(
    TypeError,
    "assignment to the elements (slice(None, None, None), 0) (ops.slice_update and ops.where return",
    "a new tensor) of a KerasTensor (shape (None, 3), dtype float32): it has no values, it only",
    "describes a model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
)
def assignment_to_an_element():
    """An assignment to an element of a symbolic tensor."""
    inputs = keras.Input((3,), name="features")
    inputs[:, 0] = 0.0


@mistake(
    TypeError,
    "truth value of a KerasTensor (shape (), dtype bool): it has no values, it only describes a",
    "model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
    "layer 'flip' (Flip): its outputs could not be inferred by running call() on symbolic tensors;",
    "use functions of keras_core.ops in call(), or write compute_output_shape() or",
    "compute_output_spec().",
    "in the call of layer 'flip' (Flip), inputs of shape inputs: (None, 3)",
    "the inputs came by input 'features' (None, 3)",
)
def if_of_a_tensor_in_call():
    """A layer whose `call` has an `if` of a tensor."""

    class Flip(layers.Layer):
        def call(self, inputs):
            return -inputs if ops.sum(inputs) > 0 else inputs

    Flip(name="flip")(keras.Input((3,), name="features"))


@mistake(
    TypeError,
    "np.exp() of a KerasTensor (shape (None, 3), dtype float32): it has no values, it only",
    "describes a model.",
    "Use functions of keras_core.ops (ops.where or ops.cond in the place of 'if') and layers, or",
    "wrap the code in a Layer.",
    "layer 'exponential' (Exponential): its outputs could not be inferred by running call() on",
    "symbolic tensors;",
    "use functions of keras_core.ops in call(), or write compute_output_shape() or",
    "compute_output_spec().",
    "in the call of layer 'exponential' (Exponential), inputs of shape inputs: (None, 3)",
    "the inputs came by input 'features' (None, 3)",
)
def numpy_function_in_call():
    """A layer whose `call` has a NumPy function."""

    class Exponential(layers.Layer):
        def call(self, inputs):
            return np.exp(inputs)

    Exponential(name="exponential")(keras.Input((3,), name="features"))


@mistake(
    ValueError,
    "matmul: the last axis of x1 and the last but one of x2 must agree, got shapes (2, 3) and (4,",
)
def product_of_other_sizes():
    """A product of matrices whose sizes do not match."""
    ops.matmul(np.ones((2, 3)), np.ones((4, 5)))


@mistake(
    ValueError,
    "add: shapes (2, 3) and (4,) cannot be broadcast together.",
)
def sum_that_does_not_broadcast():
    """A sum of shapes that do not broadcast."""
    ops.add(np.ones((2, 3)), np.ones((4,)))


@mistake(
    ValueError,
    "reshape: 6 elements of shape (2, 3) do not fit into (4, 2).",
)
def reshape_of_other_size():
    """`ops.reshape` to a shape with another number of elements."""
    ops.reshape(np.ones((2, 3)), (4, 2))


@mistake(
    ValueError,
    "sum: argument 'axis' must be in [-2, 2) for a tensor of rank 2, got 2.",
)
def axis_that_is_not_there():
    """An axis that the tensor does not have."""
    ops.sum(np.ones((2, 3)), axis=2)


@mistake(
    ValueError,
    "Variable 'table': expected a value of shape (2, 3) for assign, got (3, 2).",
)
def assignment_of_another_shape():
    """A variable set to a value of another shape."""
    keras.Variable(np.zeros((2, 3)), name="table").assign(np.zeros((3, 2)))


@mistake(
    ValueError,
    "Variable 'table': expected a value, or a function of shape and dtype together with a shape,",
    "got the string 'zeros'.",
    "See keras.initializers.get().",
)
def variable_without_shape():
    """A variable with an initializer and no shape."""
    keras.Variable("zeros", name="table")
