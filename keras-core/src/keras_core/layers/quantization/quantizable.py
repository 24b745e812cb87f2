"""What layers have in common whose large weights can be quantized."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar, Final

import numpy as np

from keras_core import ops
from keras_core.dtype_policies.named import policy_named
from keras_core.layers.build import rebuild_scope
from keras_core.layers.core.low_rank import LowRankAdapted
from keras_core.layers.quantization.schemes import Blocks, Scheme
from keras_core.layers.quantization.table import checked, config_of_policy, scheme_of, stored_names
from keras_core.layers.quantization.weight import LargeWeight
from keras_core.quantizers.awq import awq
from keras_core.quantizers.config import QuantizationConfig
from keras_core.quantizers.gptq import gptq
from keras_core.quantizers.integers import on_host
from keras_core.runtime.serialization import deserialize_keras_object, serialize_keras_object
from keras_core.runtime.variable import Variable

_CALIBRATED: Final = {"gptq": gptq, "awq": awq}
"""Mode -> what rounds a matrix, told what is known about the inputs."""


class Quantizable(LowRankAdapted):
    """A layer with large weights that can be kept as small integers, or multiplied in floats of eight bits."""

    quantized_modes = ("int8", "float8", "int4", "gptq", "awq")
    other_weights: ClassVar[tuple[str, ...]] = ("bias",)
    """Names of the weights that are never quantized."""

    quantization_config: Any
    _scheme: Scheme | None = None
    _large_weights: tuple[LargeWeight, ...] = ()

    def _set_quantization(self, config: Any) -> None:
        """Take the argument of the constructor."""
        if isinstance(config, dict) and "class_name" in config:
            config = deserialize_keras_object(config, expected=QuantizationConfig)
        if config is not None and not isinstance(config, QuantizationConfig):
            raise ValueError(
                f"{self.label}: expected quantization_config to be a configuration or None, got {config!r}."
            )
        self.quantization_config = config  # of any mode: files have one that was tried in vain

    def _quantization_in_config(self) -> dict[str, Any]:
        return {"quantization_config": serialize_keras_object(self.quantization_config)}

    def _describe(self, shape: tuple[int, ...]) -> tuple[LargeWeight, ...]:
        """Return the large weights, the first of which has the shape."""
        raise NotImplementedError

    # making variables

    def _add_large(self, shape: tuple[int, ...], initializer: Any, regularizer: Any, constraint: Any) -> None:
        mode = self.quantization_mode
        if mode is not None:
            self.quantized_build(shape, mode, self.quantization_config)
        if self._is_float:
            super()._add_large(shape, initializer, regularizer, constraint)

    def _build_quantized(self, shape: Any, mode: str, config: Any) -> None:
        if mode not in self.quantized_modes:
            raise self._not_quantized(mode)
        policy: Any = self._policy_in_force
        if policy.quantization_mode != mode:
            name = (checked(self.label, mode, config)[1]).dtype_policy_string()
            policy = policy_named(f"{name}_from_{policy.name}")
        self.__dict__["_scheme"] = scheme = scheme_of(policy)
        self.__dict__["_is_plain"] = scheme.keeps_float
        self.__dict__["_large_weights"] = weights = self._describe(tuple(shape))
        for weight in weights:
            for part in scheme.parts(weight).values():
                variable = self.add_weight(
                    part.shape,
                    part.initializer,
                    dtype=part.dtype,
                    trainable=part.is_trained,
                    autocast=False,
                    overwrite_with_gradient=part.is_trained,
                    name=part.name,
                )
                setattr(self, part.attribute, variable)

    # from floats

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> None:
        """Keep the large weights of the layer as small integers, or multiply them in floats of eight bits.

        Args:
            mode: one of `quantized_modes`; None for that of the configuration.
            type_check: whether subclasses are refused, which may compute something else from the weights.
            config: what is quantized how; None for the layer's own where it is of the mode, else the default.

        Raises:
            NotImplementedError: for a mode that the layer does not have, and for a subclass.
            ValueError: where the layer is not built, or is quantized already.
        """
        self._quantize(*checked(self.label, mode, config, self.quantization_config), type_check)

    def _quantize(self, mode: str, config: Any, type_check: bool = True, seen: Any = None) -> None:
        """Quantize; `seen` is what `gptq` and `awq` are told about the inputs of the layer."""
        if not self.built:
            raise ValueError(f"{self.label}: quantize() needs a built layer; call build(input_shape) first.")
        if self._scheme is not None:
            raise ValueError(
                f"{self.label}: it is quantized already, its dtype policy is {self._policy_in_force.name!r}."
            )
        if mode not in self.quantized_modes:
            raise self._not_quantized(mode)
        if type_check and "_describe" not in type(self).__dict__:
            raise NotImplementedError(
                f"{self.label} is of a subclass, which may compute something else from the weights; where it does not, "
                "pass type_check=False."
            )
        policy = policy_named(f"{config.dtype_policy_string()}_from_{self._policy_in_force.name}")
        scheme: Any = scheme_of(policy)
        found = []
        for weight in self._describe(self._large.shape):  # before anything changes: a quantizer may fail
            value: Any = getattr(self, weight.attribute).numpy()
            if mode in _CALIBRATED:
                with on_host():
                    value = _CALIBRATED[mode](weight.as_matrix(value), seen, config)
            elif isinstance(scheme, Blocks):
                self._warn_of_lost(scheme, weight, value)
            found.append((weight, self._quantized(scheme, weight, value, config)))
        self._become(policy, config.for_layers())
        for weight, values in found:
            for variable, value in self._variables_of(weight, values):
                variable.assign(value)

    def _become(self, policy: Any, config: Any) -> None:
        """Have variables as a policy says, with their first values."""
        weights = self._describe(self._large.shape)
        with rebuild_scope(self):
            if not scheme_of(policy).keeps_float:
                for weight in weights:
                    setattr(self, weight.attribute, None)
            self.quantization_config = config
            self.__dict__["_policy"] = policy
            self._follow(policy)
            self._build_quantized(weights[0].shape, policy.quantization_mode, config)

    def _quantized(self, scheme: Scheme, weight: LargeWeight, value: Any, config: Any) -> dict[str, Any]:
        """Return what a scheme makes of a value of a weight."""
        try:
            with on_host():
                return scheme.quantized(value, weight, config)
        except ValueError as error:
            raise ValueError(f"{self.label}: {error}") from error

    def _variables_of(self, weight: LargeWeight, values: dict[str, Any]) -> list[tuple[Variable, Any]]:
        """Return the variables to which values of the parts of a weight belong, with these."""
        parts = self._in_force.parts(weight)
        return [(getattr(self, parts[word].attribute), value) for word, value in values.items()]

    def _warn_of_lost(self, scheme: Blocks, weight: LargeWeight, value: Any) -> None:
        with on_host():
            restored = scheme.restored(weight, scheme.quantized(value, weight, None), "float32")
        lost = np.abs(restored - value) > 0.2 * np.abs(value.astype("float32")).max(initial=0.0)
        if lost.any():
            warnings.warn(
                f"{self.label}: {int(lost.sum())} of {lost.size} weights of '{weight.name}' are lost, since blocks of "
                f"{scheme.size} of them are all of one sign and far from zero. Take a larger block_size, or -1.",
                stacklevel=4,
            )

    @property
    def dtype_policy(self) -> Any:
        """In which dtype the layer computes and keeps its variables; setting a quantized one quantizes the layer."""
        return self._policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        before = self.__dict__.get("_policy"), self.__dict__.get("_policy_in_force")
        super(Quantizable, type(self)).dtype_policy.fset(self, value)  # pyright: ignore[reportAttributeAccessIssue]
        if self.__dict__.get("built"):
            try:
                self._quantize_for(self._policy_in_force, before[1])
            except Exception:
                self.__dict__["_policy"] = before[0]
                self._follow(before[1])
                raise

    def _quantize_for(self, policy: Any, before: Any) -> None:
        """Let a layer that is built have the form that a policy says."""
        mode = policy.quantization_mode
        if self._scheme is not None:
            if mode is None or scheme_of(policy) != self._scheme:
                raise self._twice(before, policy.name)
        elif mode in _CALIBRATED:
            raise ValueError(
                f"{self.label}: the policy {policy.name!r} needs data; call quantize({mode!r}, config=...)."
            )
        elif mode is not None:
            self._follow(before)
            self._quantize(mode, config_of_policy(policy), type_check=False)
            self.__dict__["_policy"] = policy
            self._follow(policy)

    def _twice(self, policy: Any, wanted: str) -> ValueError:
        return ValueError(
            f"{self.label}: it is quantized already, with the dtype policy {policy.name!r}, and cannot become "
            f"{wanted!r}; make a new layer."
        )

    def take_form(self, policy: Any, config: Any) -> None:
        """Have the variables that the layer had when it was saved; their values follow.

        Args:
            policy: its dtype policy.
            config: its configuration of quantization.
        """
        if not self.built:
            self.quantization_config = config
            self.dtype_policy = policy
        elif self._scheme is None:
            self._become(policy, config)

    # computing

    @property
    def _in_force(self) -> Scheme:
        assert self._scheme is not None
        return self._scheme

    @property
    def _is_float(self) -> bool:
        """Whether the large weight is a variable of floats."""
        return self._scheme is None or self._scheme.keeps_float

    def _parts(self, weight: LargeWeight) -> dict[str, Any]:
        """Return what is kept of a weight, as tensors."""
        parts = {word: getattr(self, part.attribute).value for word, part in self._in_force.parts(weight).items()}
        return {**parts, "float": self._large.value} if self._in_force.keeps_float else parts

    def _restored(self, weight: LargeWeight, dtype: str) -> Any:
        """Return a float weight."""
        return self._in_force.restored(weight, self._parts(weight), dtype)

    def _quantized_product(self, inputs: Any, weight: LargeWeight, training: Any = None) -> Any:
        """Return the outputs for some inputs, the trained change added where there is one."""
        assert weight.product is not None
        inputs = ops.cast(inputs, self.compute_dtype)
        config = self.quantization_config
        outputs = self._in_force.product(weight, self._parts(weight), inputs, config, training)
        if self.lora_enabled and weight is self._large_weights[0]:
            outputs = ops.add(outputs, weight.product(inputs, self._change))
        return outputs

    def _quantized_outputs(self, inputs: Any, training: Any) -> Any:
        """Return the outputs of a layer with a kernel, the bias added, before the activation."""
        (weight,) = self._large_weights
        outputs = self._quantized_product(inputs, weight, training)
        bias = getattr(self, "bias", None)
        if bias is None:
            return outputs
        if self._in_force.bias_dtype is not None:
            bias = ops.cast(ops.cast(bias, self._in_force.bias_dtype), self.compute_dtype)
        return ops.add(outputs, bias)

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs of a quantized layer.

        Args:
            *args: as of `call`.
            **kwargs: as of `call`.

        Raises:
            NotImplementedError: where the layer is not quantized.
        """
        return super().quantized_call() if self._scheme is None else self.call(*args, **kwargs)

    # low-rank adaptation

    @property
    def _large(self) -> Variable:
        if self._is_float or self._scheme is None:
            return super()._large
        return self.__dict__[self._scheme.parts(self._large_weights[0])["integers"].attribute]

    @property
    def _float_shape(self) -> tuple[int, ...]:
        return self._large_weights[0].shape if self._large_weights else super()._float_shape

    def _with_change(self) -> Any:
        if self._is_float:
            return super()._with_change()
        weight = self._large_weights[0]
        if self.lora_enabled:
            return ops.add(self._restored(weight, self.variable_dtype), self._change)
        parts = self._parts(weight)
        integers = self._in_force.integers(weight, parts)
        return self._large if integers is parts["integers"] else integers

    # files

    @property
    def variable_serialization_spec(self) -> dict[str | None, list[str]]:
        """Names of what files hold, in their order, for each mode of quantization; None for none."""
        return stored_names(self.adapted, self.other_weights, self.quantized_modes)

    def _saved_variables(self) -> list[Variable]:
        if self._scheme is None:
            return super()._saved_variables()
        names = self.variable_serialization_spec[self.quantization_mode]
        named = [self.__dict__.get(f"_{name}", self.__dict__.get(name)) for name in names]
        first = [variable for variable in named if isinstance(variable, Variable)]
        known = set(map(id, first))
        return [*first, *(variable for variable in super()._saved_variables() if id(variable) not in known)]

    def _merged(self) -> list[tuple[Variable, Any]]:
        if not self.lora_enabled or self._is_float:
            return super()._merged()
        weight = self._large_weights[0]
        merged = ops.convert_to_numpy(self._with_change())
        return self._variables_of(weight, self._quantized(self._in_force, weight, merged, self.quantization_config))

    # copies and pickles

    def __getstate__(self) -> dict[str, Any]:
        # What a layer tells of its weights has functions of this layer.
        shape = self._large_weights[0].shape if self._large_weights else None
        return {**super().__getstate__(), "_large_weights": shape}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        shape = self.__dict__.pop("_large_weights")
        if shape is not None:
            self.__dict__["_large_weights"] = self._describe(shape)
