"""Variables of TensorFlow that keep the state of a compiled step: what each holds while the step is traced."""

from contextvars import ContextVar

import tensorflow as tf

from keras_backend_tf.host import raw


class Kept:
    """A value of the state that stays in a variable of TensorFlow, which a graph changes in place; a call reads it."""

    def __init__(self, value: tf.Tensor, trainable: bool = False) -> None:
        self.variable = tf.Variable(value, trainable=trainable)

    def __call__(self) -> tf.Tensor:
        with tf.init_scope():  # the value, for core keeps it, and not a tensor of the graph that is being traced
            return self.variable.read_value()


class Shared(Kept):
    """The same for a variable that code of TensorFlow changes too: read anew each time, in the graph where one is."""

    def __call__(self) -> tf.Tensor:
        return self.variable.read_value()

    def assign(self, value: tf.Tensor) -> None:
        self.variable.assign(value)


class Residence:
    """Knows, in the graph of a step, which tensors are the present values of variables.

    A kernel can then change the variables in place. Who has read a value keeps it: TensorFlow copies what is held by
    others before it writes.
    """

    def __init__(self) -> None:
        self._graph = tf.compat.v1.get_default_graph()
        self._values: dict[int, tf.Tensor] = {}  # by the ids of the variables
        self._variables: dict[int, tf.Variable] = {}  # by the ids of their values, old ones too

    def read(self, variable: tf.Variable) -> tf.Tensor:
        """Return the present value, in place of the one before."""
        value = raw.ReadVariableOp(resource=variable.handle, dtype=variable.dtype)
        self._values[id(variable)], self._variables[id(value)] = value, variable
        return value

    def home(self, x: tf.Tensor) -> tf.Variable | None:
        """Return the variable of which a tensor is the present value; None in another graph, which may run elsewhen."""
        variable = self._variables.get(id(x))
        is_present = variable is not None and self._values[id(variable)] is x
        return variable if is_present and tf.compat.v1.get_default_graph() is self._graph else None

    def write(self, variable: tf.Variable, value: tf.Tensor) -> None:
        """Let the variable hold a value, which it may do already."""
        if self.home(value) is not variable:
            variable.assign(value)


RESIDENCE: ContextVar[Residence | None] = ContextVar("keras_backend_tf_residence", default=None)
