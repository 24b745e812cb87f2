"""Native transforms: all optional, each with a derived default in core.

Functions that come in and go out are pure and take and return flat lists of tensors; core flattens the caller's trees,
finds out which variables a function reads and writes, and passes their values as tensors.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeAlias

Tensor: TypeAlias = Any
Tensors: TypeAlias = list[Tensor]
Pure: TypeAlias = Callable[[Tensors], Tensors]


class Transforms(Protocol):
    """One method a transform; a plugin answers with a mapping from some of these names to functions."""

    def value_and_grad(
        self, function: Callable[[Tensors], tuple[Tensor, Tensors]]
    ) -> Callable[[Tensors], tuple[Tensor, Tensors, Tensors]]:
        """Reverse mode. `function(inputs) -> (scalar, auxiliary)` becomes `inputs -> (scalar, auxiliary, gradients)`.

        Inputs are of float and complex dtypes, at least one. One gradient an input, of its shape and dtype, zeros
        where the scalar does not depend on it. Can be nested for higher derivatives. Auxiliary tensors carry no
        gradient out.
        """
        ...

    def jit(
        self, function: Callable[[Tensors, Tensors], tuple[Tensors, Tensors]], jit_compile: bool, donate: bool
    ) -> Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]:
        """Compile `function(state, inputs) -> (outputs, new state)`; it is traced again for new shapes and dtypes.

        With `donate` the buffers of `state` may be reused for the new state. A value of the new state may stay where it
        is: it is given as a function without arguments that returns the tensor, and core hands that back as `state`,
        to this or another compiled function, unless somebody has read or assigned the variable. `jit_compile` asks for
        the optimizing compiler where the framework has two ways (XLA below a traced graph). `function` may have an
        attribute `only_read`: the positions in `state` of what its first trace returns as it came, which need not be
        donated; a later trace may return another value there.
        """
        ...

    def abstract_eval(self, function: Pure, inputs: Tensors) -> None:
        """Trace `function` once, to no effect; core uses it to see which variables are touched.

        Mandatory where `jit` is native; without `jit`, core never calls it.
        """
        ...

    def vmap(self, function: Pure, in_axes: Sequence[int | None]) -> Pure:
        """Map over axis `in_axes[i]` of input `i` (None: not mapped); every output is stacked along axis 0."""
        ...

    def cond(self, predicate: Tensor, true_function: Pure, false_function: Pure, operands: Tensors) -> Tensors:
        """One of two functions by a scalar bool tensor; both return equal shapes and dtypes."""
        ...

    def while_loop(
        self,
        condition: Callable[[Tensors], Tensor],
        body: Pure,
        loop_variables: Tensors,
        maximum_iterations: int | None,
    ) -> Tensors:
        """`body` again and again while `condition` is True; shapes and dtypes stay."""
        ...

    def scan(
        self,
        function: Callable[[Tensors, Tensors], tuple[Tensors, Tensors]],
        carry: Tensors,
        inputs: Tensors,
        length: int,
        reverse: bool,
    ) -> tuple[Tensors, Tensors]:
        """`function(carry, slice) -> (carry, output)` over axis 0 of `inputs`; outputs stacked along axis 0.

        `function` may have an attribute `is_steps`, True where the loop is all that a compiled function does, and what
        is carried its state: nothing is differentiated through it, so the state may change where it is kept.
        """
        ...

    def checkpoint(self, function: Pure) -> Pure:
        """The same function; in reverse mode its intermediate values are computed again instead of kept."""
        ...

    def custom_gradient(self, function: Callable[[Tensors], tuple[Tensors, Callable[[Tensors], Tensors]]]) -> Pure:
        """`function(inputs) -> (outputs, vjp)`, where `vjp(output gradients) -> input gradients` is used in reverse."""
        ...

    def jvp(self, function: Pure, primals: Tensors, tangents: Tensors) -> tuple[Tensors, Tensors]:
        """Forward mode: the outputs at `primals` and their directional derivatives along `tangents`.

        Primals are of float and complex dtypes, at least one; outputs may be of others, with derivatives of zeros.
        """
        ...

    def fuse(self, function: Callable[[Tensors], Any], examples: Tensors) -> Callable[[Tensors], Any] | None:
        """Compile the body of a composite op for eager calls, in place of one program for each of its primitives.

        For frameworks that compile eager calls too. `function` is pure, takes a flat list of tensors, such as
        `examples`, and returns a tensor, or lists and tuples of tensors; it is traced again for new shapes and dtypes.
        None where that is not worth it. What is traced inside another transform becomes a part of that.
        """
        ...


TRANSFORM_NAMES: Final[tuple[str, ...]] = tuple(name for name in vars(Transforms) if not name.startswith("_"))
"""The names of the transforms, in the order in which this page lists them."""
