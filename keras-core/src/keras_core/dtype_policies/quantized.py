"""dtype policies of quantized layers: how weights are kept, and from which policy that was made."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from keras_core.dtype_policies.policy import DTypePolicy, dtype_policy
from keras_core.runtime.dtypes import is_float
from keras_core.runtime.naming import did_you_mean

MODES: Final = ("int8", "float8", "int4", "gptq", "awq")
"""The kinds of quantization."""

_FROM: Final = "_from_"


class QuantizedDTypePolicy(DTypePolicy):
    """How a quantized layer keeps its weights; it computes in the dtype of the policy that it had before.

    Args:
        mode: `"int8"`, `"int4"` (one scale for each channel), `"float8"`, `"gptq"` or `"awq"`.
        source_name: name of the policy from which it was made, such as `"mixed_bfloat16"`; None for the global one.

    Raises:
        ValueError: for another mode or name, and for integers with computation in float16, which overflows.

    Example:
        >>> policy = keras.dtype_policies.QuantizedDTypePolicy("int8", "mixed_bfloat16")
        >>> policy.name, policy.quantization_mode, policy.compute_dtype
        ('int8_from_mixed_bfloat16', 'int8', 'bfloat16')
    """

    _numbers: ClassVar[dict[str, str]] = {}
    """What follows the mode after slashes: attribute -> what it may be, for errors."""

    _kind: ClassVar[str] = ""
    """The only kind of quantization, where there is one."""

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        source = dtype_policy().name if source_name is None else source_name
        super().__init__(source)
        self._quantization_mode = self._parse(mode)
        if self._quantization_mode in ("int8", "int4") and self.compute_dtype == "float16":
            raise ValueError(
                f"{type(self).__name__}: the mode {mode!r} computes products of integers, which overflow in float16; "
                f"take 'mixed_bfloat16' or 'float32' instead of {source!r}."
            )
        if not is_float(self.compute_dtype):
            raise ValueError(f"{type(self).__name__}: expected the policy of a float dtype, got {source!r}.")
        self._source_name = source
        self._mode = mode
        self._name = f"{mode}{_FROM}{source}"

    def _parse(self, mode: Any) -> str:
        """Return the kind of quantization, and set the numbers that follow it."""
        word, *parts = mode.split("/") if isinstance(mode, str) else (mode,)
        kinds = (self._kind,) if self._kind else MODES
        if word not in kinds or len(parts) != len(self._numbers):
            form = "/".join([self._kind, *(f"<{name}>" for name in self._numbers)])
            expected = repr(form) if self._kind else f"one of {', '.join(map(repr, MODES))}"
            raise ValueError(
                f"{type(self).__name__}: expected mode to be {expected}, got {mode!r}.{did_you_mean(word, kinds)}"
            )
        for (name, meaning), part in zip(self._numbers.items(), parts, strict=True):
            number = int(part) if part.lstrip("-").isdecimal() else None
            if number is None or not self._allows(name, number):
                raise ValueError(f"{type(self).__name__}: expected {meaning} for <{name}> in {mode!r}, got {part!r}.")
            setattr(self, name, number)
        return word

    def _allows(self, name: str, number: int) -> bool:
        return number == -1 or number > 0

    @property
    def quantization_mode(self) -> str | None:
        """The kind of quantization."""
        return self._quantization_mode

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"mode": self._mode, "source_name": self._source_name}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.get_config() == self.get_config()  # pyright: ignore[reportAttributeAccessIssue]

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.get_config().items())))


class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy):
    """A policy of layers that multiply in float8, with scales from the largest values of the last steps.

    Args:
        mode: `"float8"`.
        source_name: as of `QuantizedDTypePolicy`.
        amax_history_length: how many steps are looked at.

    Raises:
        TypeError: where the length is no int.
        ValueError: where it is below 1, and as `QuantizedDTypePolicy`.

    Source:
        Micikevicius et al., "FP8 Formats for Deep Learning", 2022, https://arxiv.org/abs/2209.05433.

    Example:
        >>> keras.dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", 16).amax_history_length
        16
    """

    default_amax_history_length = 1024
    _kind = "float8"

    def __init__(self, mode: str, source_name: str | None = None, amax_history_length: int = 1024) -> None:
        super().__init__(mode, source_name)
        if not isinstance(amax_history_length, int) or isinstance(amax_history_length, bool):
            raise TypeError(
                f"QuantizedFloat8DTypePolicy: expected amax_history_length to be an int, got {amax_history_length!r}."
            )
        if amax_history_length < 1:
            raise ValueError(
                f"QuantizedFloat8DTypePolicy: expected amax_history_length >= 1, got {amax_history_length}."
            )
        self._amax_history_length = amax_history_length

    @property
    def amax_history_length(self) -> int:
        """How many steps are looked at."""
        return self._amax_history_length

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "amax_history_length": self._amax_history_length}


class Int4DTypePolicy(QuantizedDTypePolicy):
    """A policy of layers whose weights have four bits, with a scale and a zero point for each block of them.

    Args:
        mode: `"int4/<block_size>"`: how many weights of a channel share a scale; -1 for all of them, without a zero
            point.
        source_name: as of `QuantizedDTypePolicy`.

    Raises:
        ValueError: as `QuantizedDTypePolicy`.

    Example:
        >>> keras.dtype_policies.Int4DTypePolicy("int4/64", "float32").block_size
        64
    """

    block_size: int
    _numbers: ClassVar[dict[str, str]] = {"block_size": "-1 or an int >= 1"}
    _kind = "int4"


class _CalibratedDTypePolicy(QuantizedDTypePolicy):
    weight_bits: int
    group_size: int

    _bits: ClassVar[tuple[int, ...]]

    def _allows(self, name: str, number: int) -> bool:
        return number in self._bits if name == "weight_bits" else super()._allows(name, number)


class GPTQDTypePolicy(_CalibratedDTypePolicy):
    """A policy of layers whose weights were rounded by GPTQ.

    Args:
        mode: `"gptq/<weight_bits>/<group_size>"`: 2, 3, 4 or 8 bits, and how many weights of a channel share a scale,
            -1 for all of them.
        source_name: as of `QuantizedDTypePolicy`.

    Raises:
        ValueError: as `QuantizedDTypePolicy`.

    Source:
        Frantar et al., 2022, https://arxiv.org/abs/2210.17323.

    Example:
        >>> policy = keras.dtype_policies.GPTQDTypePolicy("gptq/4/128", "float32")
        >>> policy.weight_bits, policy.group_size
        (4, 128)
    """

    _numbers: ClassVar[dict[str, str]] = {"weight_bits": "2, 3, 4 or 8", "group_size": "-1 or an int >= 1"}
    _kind = "gptq"
    _bits = (2, 3, 4, 8)


class AWQDTypePolicy(_CalibratedDTypePolicy):
    """A policy of layers whose weights were scaled by AWQ before they were rounded.

    Args:
        mode: `"awq/4/<group_size>"`: how many weights of a channel share a scale, -1 for all of them.
        source_name: as of `QuantizedDTypePolicy`.

    Raises:
        ValueError: as `QuantizedDTypePolicy`.

    Source:
        Lin et al., 2023, https://arxiv.org/abs/2306.00978.

    Example:
        >>> keras.dtype_policies.AWQDTypePolicy("awq/4/128", "float32").group_size
        128
    """

    _numbers: ClassVar[dict[str, str]] = {"weight_bits": "4", "group_size": "-1 or an int >= 1"}
    _kind = "awq"
    _bits = (4,)


# Mode -> its class, for names in which numbers follow the mode and for those in which none does.
_WITH_NUMBERS: Final = {"int4": Int4DTypePolicy, "gptq": GPTQDTypePolicy, "awq": AWQDTypePolicy}
_ALONE: Final = {"float8": QuantizedFloat8DTypePolicy, "gptq": GPTQDTypePolicy, "awq": AWQDTypePolicy}


def quantized_policy(name: str) -> QuantizedDTypePolicy | None:
    """Return the policy with a name such as `"int8_from_float32"`, None for a name that is none of a quantized one.

    Raises:
        ValueError: for a name of a quantized policy that is malformed.
    """
    mode, found, source = name.partition(_FROM)
    word = mode.partition("/")[0]
    if not found:
        if word in MODES and word != "int8":
            raise ValueError(
                f"dtype policy {name!r}: expected the policy from which it is made too, such as '{name}{_FROM}float32'."
            )
        return None
    classes = _WITH_NUMBERS if "/" in mode else _ALONE
    return classes.get(word, QuantizedDTypePolicy)(mode, source)
