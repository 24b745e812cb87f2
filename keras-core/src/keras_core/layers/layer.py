"""`Layer`: a callable with state, from which models are made."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from keras_core import dtype_policies, ops, regularizers
from keras_core.layers.build import (
    builds,
    builds_by_default,
    call_with_shapes,
    finish_build,
    map_shapes,
    shapes_of,
)
from keras_core.layers.call_facts import CallFacts, arguments_by_name, facts_of_function
from keras_core.layers.calling import (
    attach_masks,
    cast_with_mask,
    convert_arguments,
    fill_masks,
    masks_of,
    warn_of_lost_mask,
)
from keras_core.layers.direct_call import DirectCall, allows_direct_call
from keras_core.layers.effects import any_losses
from keras_core.layers.failures import note_call
from keras_core.layers.input_spec import check_inputs
from keras_core.layers.quantization.unquantized import Unquantized
from keras_core.layers.state import layer_scope
from keras_core.runtime import tree
from keras_core.runtime.call_context import CallContext, any_masks, current_context, reset_context, set_context
from keras_core.runtime.dtypes import FLOATS
from keras_core.runtime.keras_tensor import KerasTensor, any_symbolic_tensors
from keras_core.runtime.naming import unexpected_arguments
from keras_core.runtime.operation import Node, fresh, map_symbolic, symbolic_leaves
from keras_core.runtime.scopes import StatelessScope, autocast_dtype, autocast_scope
from keras_core.runtime.symbolic import symbolic_scope, symbolic_table
from keras_core.runtime.table import DispatchTable, active, default_table, get_active, use_table
from keras_core.runtime.tracebacks import filter_traceback


class Layer(Unquantized):
    """A callable with state: `build` makes its variables when the first input's shape is known, `call` computes.

    It stays with the backend that was active when it was made. Inputs of other backends are converted, floats are cast
    to its compute dtype.

    Args:
        activity_regularizer: penalty on the outputs, or None.
        trainable: whether training changes its variables.
        dtype: dtype policy or its name; None for the global one.
        autocast: whether float inputs and variables are cast to the compute dtype.
        name: unique in a model, without slashes; made up when None.

    Raises:
        ValueError: for an argument that is not known.

    Example:
        >>> class Scale(keras.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")
        ...
        ...     def call(self, inputs):
        ...         return inputs * self.factor
        >>> Scale()(np.ones((2, 3))).shape
        (2, 3)
    """

    input_spec: Any
    supports_masking: bool
    activity_regularizer: Any
    autocast: bool

    # Containers of layers whose outputs carry the right masks already, set by the layers inside.
    _passes_masks = False
    # What the axes of the inputs are, for errors.
    _form_of_inputs = ""
    # Models match their inputs themselves.
    _checks_input_spec = True

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name)
        own = self.__dict__
        own["_table"] = active().root
        own["_trainable"] = bool(trainable)
        own["_losses"] = []
        own["_build_shapes"] = None
        own["_settled"] = False
        self._note_remat_scope()
        own["autocast"] = autocast
        own["built"] = False
        own["input_spec"] = None
        own["activity_regularizer"] = regularizers.get(activity_regularizer)
        if not hasattr(type(self), "supports_masking"):  # a class may say it for all of its instances
            own["supports_masking"] = type(self).compute_mask is not Layer.compute_mask
        self.dtype_policy = dtype_policies.get(dtype)
        shape = _shape_argument(kwargs)
        if kwargs:
            raise unexpected_arguments(self.label, type(self), kwargs)
        if shape is not None:
            warnings.warn(
                f"{self.label}: the argument 'input_shape' is of older code; begin the model with an Input(shape).",
                stacklevel=2,
            )
            own["_input_shape_argument"] = shape

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = builds(cls.__dict__["build"])  # pyright: ignore[reportAttributeAccessIssue]

    # what subclasses write

    @builds_by_default
    def build(self, input_shape: Any) -> None:
        """Make the variables.

        Args:
            input_shape: shape of the first argument of `call`; a method may instead name the shapes of several
                arguments, as `build(self, query_shape, value_shape)`. Without a method of their own, layers inside are
                built by tracing `call`.
        """
        self._build_by_tracing({"input_shape": input_shape})

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs. May take `training` (bool or None) and `mask`."""
        raise NotImplementedError(
            f"{self.label} has no method call(). Write call(self, inputs) in {type(self).__name__}."
        )

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the outputs; by default that of the inputs.

        Args:
            inputs: first argument of `call`.
            previous_mask: its mask, or None.
        """
        return previous_mask

    # calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Convert the arguments, build at the first call, run `call`, attach masks; on symbolic tensors, record."""
        direct = self._direct
        if direct is not None and len(args) == 1 and not kwargs:
            outputs = direct.run(args[0])
            if outputs is not NotImplemented:
                return outputs
        table = get_active() or default_table()
        if table.root is not self._table:
            own = self._table
            with use_table(symbolic_table(own) if table.is_symbolic else own):
                return self(*args, **kwargs)
        if (
            not (len(args) == 1 and type(args[0]) is table.tensor_type and (not kwargs or _tells_training(kwargs)))
            and not table.is_symbolic
            and (any_symbolic_tensors(args) or any_symbolic_tensors(kwargs))
        ):
            return self.symbolic_call(*args, **kwargs)
        if self._remat is not None and not table.is_symbolic:
            return self._run(table, args, kwargs, self._call_in_remat_scope)
        return self._run(table, args, kwargs, self._infer if table.is_symbolic else self.call)

    def _run(self, table: DispatchTable, args: tuple[Any, ...], kwargs: dict[str, Any], function: Any) -> Any:
        """Call a function as `call` is called."""
        compute_dtype = self._compute_dtype
        cast_to = compute_dtype if self.autocast and compute_dtype in FLOATS else None
        tells_training = bool(kwargs) and _tells_training(kwargs)
        is_single = len(args) == 1 and type(args[0]) is table.tensor_type and (not kwargs or tells_training)
        if is_single:
            x = args[0]
            dtype = table.dtype_names.get(x.dtype)
            if dtype != compute_dtype and cast_to is not None and dtype in FLOATS:
                args = (cast_with_mask(table, x, cast_to),)
        else:
            args = convert_arguments(table, args, cast_to)
            kwargs = convert_arguments(table, kwargs, cast_to)
        context = current_context()
        token = None
        if context is None:
            context = CallContext()
            token = set_context(context)
            if any_losses():
                self._clear_losses()
        training_around = context.training
        try:
            facts = facts_of_function(type(self).call)
            if facts.has_training or "training" in kwargs:
                args, kwargs = self._resolve_training(context, facts, args, kwargs)
            if self._checks_input_spec and self.input_spec is not None and args:
                check_inputs(self, table, facts.name_of(0), args[0])
            if not self.built:
                arguments = arguments_by_name(facts, args, kwargs)
                facts.check_required(self.label, arguments)
                self._build_for(table, arguments)
                if self._compute_dtype != compute_dtype:  # its path, known now, has another policy
                    return self._run(table, args, kwargs, function)
            masked = table.is_symbolic or any_masks()
            if masked and facts.takes_masks:
                fill_masks(table, facts, arguments_by_name(facts, args, kwargs), kwargs)
            outputs = self._in_scopes(function, args, kwargs)
            if self.activity_regularizer is not None and not table.is_symbolic:
                for output in tree.flatten(outputs):
                    self.add_loss(self._activity_penalty(output))
            if (masked or self.supports_masking) and not self._passes_masks and (args or kwargs):
                self._attach_masks(facts, args, kwargs, outputs)
            if is_single and not tells_training and table is self._table:
                self._plan_direct_call(table, facts, args[0], cast_to)
            return outputs
        except Exception as error:
            self._note_error(error, args, kwargs)
            raise
        finally:
            context.training = training_around
            if token is not None:
                reset_context(token)

    def _activity_penalty(self, output: Any) -> Any:
        """Return the penalty on an output, a mean over the batch, so that batches of all sizes count alike."""
        penalty = self.activity_regularizer(output)
        return ops.divide(penalty, ops.shape(output)[0]) if output.ndim else penalty

    def _in_scopes(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if autocast_dtype() != self._autocast_target:
            with autocast_scope(self._autocast_target):
                return self._in_scopes(function, args, kwargs)
        if self._settled or not self._tracker.layers:
            return function(*args, **kwargs)
        with layer_scope(self):  # layers inside may be built by this call
            outputs = function(*args, **kwargs)
        self.__dict__["_settled"] = all(layer.built for layer in self._flatten_layers())
        return outputs

    def _note_error(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        note_call(self, error, args, kwargs)
        filter_traceback(error)

    def _plan_direct_call(self, table: DispatchTable, facts: CallFacts, x: Any, cast_to: str | None) -> None:
        if self._direct is not None:
            self._direct.note(x)
        elif allows_direct_call(self, table, facts, x, cast_to):
            self.__dict__["_direct"] = DirectCall(self, table, x, facts)

    @property
    def _keeps_masks(self) -> bool:
        return type(self).compute_mask is Layer.compute_mask

    def _direct_body(self, table: DispatchTable, dtype: str) -> Callable[[Any], Any] | None:
        """Return a function that computes what `call` does of a tensor of the table, with less ado; None for `call`.

        Tensors of the dtype come to it, which need not be that in which the layer computes: integers are not cast.
        It may keep what only changes when an attribute of the layer is set, and must read the values of variables anew.
        """
        return None

    def _outputs_by_rule(self, x: Any) -> Any:
        """Return the symbolic outputs for a symbolic tensor, as `call` would; None where `call` is to be traced."""
        return None

    def _resolve_training(
        self, context: CallContext, facts: CallFacts, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Take `training` from the argument, else from the call around; tell it to the calls inside."""
        position = facts.training_position
        given = args[position] if position < len(args) else kwargs.get("training")
        if given is not None:
            context.training = given
        elif context.training is not None:
            if position < len(args):
                args = (*args[:position], context.training, *args[position + 1 :])
            else:
                kwargs["training"] = context.training
        if not facts.has_training and not facts.takes_keywords:
            kwargs = {name: value for name, value in kwargs.items() if name != "training"}
        return args, kwargs

    def _attach_masks(self, facts: CallFacts, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        inputs = args[0] if args else next(iter(kwargs.values()))
        mask = masks_of(inputs)
        if mask is None and "mask" in facts.parameters:
            mask = arguments_by_name(facts, args, kwargs).get("mask")
        if self.supports_masking:
            if masks_of(outputs) is None or outputs is inputs:
                attach_masks(outputs, self.compute_mask(inputs, mask))
        elif mask is not None and masks_of(inputs) is not None:
            warn_of_lost_mask(self)

    # symbolic calls

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record a call on symbolic tensors and return those of the outputs."""
        inferred = self._trace(args, kwargs, self._infer)
        renewed = {id(leaf): fresh(leaf) for leaf in symbolic_leaves(inferred)}
        outputs = map_symbolic(lambda leaf: renewed[id(leaf)], inferred)
        for leaf in symbolic_leaves(inferred):
            renewed[id(leaf)]._keras_mask = leaf._keras_mask
        Node(self, args, kwargs, outputs)
        return outputs

    def _trace(self, args: tuple[Any, ...], kwargs: dict[str, Any], function: Any) -> Any:
        with symbolic_scope(self._table) as table, StatelessScope():
            outputs = self._run(table, args, dict(kwargs), function)
        self._clear_losses()  # symbolic ones say nothing
        return outputs

    def _infer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs of a call on symbolic tensors, while the symbolic table is active."""
        cls = type(self)
        if cls.compute_output_spec is not Layer.compute_output_spec:
            return self.compute_output_spec(*args, **kwargs)
        if len(args) == 1 and not kwargs:
            outputs = self._outputs_by_rule(args[0])
            if outputs is not None:
                return outputs
        try:
            return self.call(*args, **kwargs)
        except (TypeError, AttributeError, NotImplementedError) as error:
            # Code that is no function of keras_core.ops cannot run on symbolic tensors.
            if cls.compute_output_shape is Layer.compute_output_shape:
                error.add_note(
                    f"{self.label}: its outputs could not be inferred by running call() on symbolic tensors; use "
                    "functions of keras_core.ops in call(), or write compute_output_shape() or compute_output_spec()."
                )
                raise
        shapes = shapes_of(active(), arguments_by_name(facts_of_function(cls.call), args, kwargs))
        found = call_with_shapes(self.compute_output_shape, shapes)
        return map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), found)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return symbolic tensors of the shapes and dtypes of the outputs.

        Args:
            *args: as of `call`, tensors as symbolic tensors.
            **kwargs: as of `call`.
        """
        overridden = type(self).compute_output_spec is not Layer.compute_output_spec
        return self._trace(args, kwargs, self.call if overridden else self._infer)

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Return the shapes of the outputs.

        Args:
            *args: shape of each argument of `call` that is a tensor.
            **kwargs: the same by name, `<argument>_shape`.
        """
        arguments = [self._symbolic_inputs(shape) for shape in args]
        named = {name.removesuffix("_shape"): self._symbolic_inputs(shape) for name, shape in kwargs.items()}
        if set(named) == {"input"} and "input" not in facts_of_function(type(self).call).parameters:
            arguments = [named.pop("input")]
        outputs = self._trace(tuple(arguments), named, self.call)
        return tree.map_structure(lambda output: output.shape, outputs)

    def _symbolic_inputs(self, shapes: Any) -> Any:
        return map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shapes)

    # building

    def _build_for(self, table: DispatchTable, arguments: dict[str, Any]) -> None:
        shapes = shapes_of(table, arguments)
        if not self._has_own_build():
            # Layers inside are built when the call reaches them.
            with layer_scope(self):
                self._note_path()
            finish_build(self, shapes if self._tracker.layers else {})
            return
        call_with_shapes(self.build, shapes)
        self.__dict__["built"] = True
        if shapes and self._build_shapes is not None:
            self.__dict__["_build_shapes"] = self._shapes_for_build(shapes)

    def _shapes_for_build(self, shapes: dict[str, Any]) -> dict[str, Any]:
        names = facts_of_function(type(self).build).parameters
        return {name: shape for name, shape in shapes.items() if name in names} or {
            "input_shape": next(iter(shapes.values()))
        }

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _shape_argument(kwargs: dict[str, Any]) -> tuple[int | None, ...] | None:
    """Take the arguments of older code that name the shape of the first layer's input, with the batch size."""
    size = kwargs.pop("input_dim", None)
    shape = kwargs.pop("input_shape", None)
    batch_shape = kwargs.pop("batch_input_shape", kwargs.pop("batch_shape", None))
    batch_size = kwargs.pop("batch_size", None)
    if batch_shape is not None:
        return tuple(batch_shape)
    if shape is None and size is not None:
        shape = (size,)
    return None if shape is None else (batch_size, *((shape,) if isinstance(shape, int) else shape))


def _tells_training(kwargs: dict[str, Any]) -> bool:
    """Tell whether `training`, as a bool, is all that a call is given by name: nothing that is to be converted."""
    return len(kwargs) == 1 and type(kwargs.get("training")) is bool
