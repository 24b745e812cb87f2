"""What a backend's hooks answer, checked and frozen."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from keras_core.contract.devices import Devices
from keras_core.contract.formats import Format
from keras_core.contract.host import HostConversion
from keras_core.contract.primitives import PRIMITIVE_NAMES
from keras_core.contract.transforms import TRANSFORM_NAMES
from keras_core.plugins.discovery import PluginInfo

Functions = Mapping[str, Callable[..., Any]]


class BadAnswerError(Exception):
    """A hook's answer is not what the contract says; the registry turns it into a load error."""


@dataclass(frozen=True)
class Answers:
    """All that a backend supplies, as its hooks answered when it was loaded.

    Attributes:
        name: name of the backend.
        distribution: name of the distribution that brings it.
        version: version of that distribution.
        contract: contract version that it was written for.
        primitives: every mandatory primitive by name, and no other name.
        kernels: native replacements by op name, those of `keras_core.kernels` plugins included.
        transforms: native transforms by name; any subset of `TRANSFORM_NAMES`.
        devices: devices and placement.
        host: tensor types, dtypes, conversion to and from the host.
    """

    name: str
    distribution: str
    version: str
    contract: tuple[int, int]
    primitives: Functions
    kernels: Functions
    transforms: Functions
    devices: Devices
    host: HostConversion


def checked_primitives(answer: Any) -> Functions:
    """Return the mandatory primitives of an answer to `keras_primitives`."""
    if answer is None:
        raise BadAnswerError("it does not answer the hook keras_primitives for its own name")
    functions = checked_functions(answer, "keras_primitives")
    missing = [name for name in PRIMITIVE_NAMES if name not in functions]
    if missing:
        raise BadAnswerError(f"{len(missing)} mandatory primitive(s) missing: {', '.join(missing)}")
    return MappingProxyType({name: functions[name] for name in PRIMITIVE_NAMES})


def checked_functions(answer: Any, hook: str) -> dict[str, Callable[..., Any]]:
    """Return the answer to a hook that answers functions by name; None is none."""
    if answer is None:
        return {}
    if not isinstance(answer, Mapping):
        raise BadAnswerError(f"{hook} must answer a mapping from names to functions, not {type(answer).__name__}")
    for name, function in answer.items():
        if not isinstance(name, str) or not callable(function):
            raise BadAnswerError(
                f"{hook} answers {type(function).__name__} for {name!r}; it must answer functions by name"
            )
    return dict(answer)


def checked_transforms(answer: Any) -> Functions:
    """Return the native transforms of an answer to `keras_transforms`."""
    functions = checked_functions(answer, "keras_transforms")
    if "jit" in functions and "abstract_eval" not in functions:
        raise BadAnswerError("keras_transforms answers 'jit' without 'abstract_eval', which core needs with it")
    return MappingProxyType({name: functions[name] for name in TRANSFORM_NAMES if name in functions})


def checked_devices(answer: Any) -> Devices:
    """Return the answer to `keras_devices`, or one CPU where there is none."""
    if answer is None:
        return Devices()
    if not isinstance(answer, Devices):
        raise BadAnswerError(f"keras_devices must answer a contract.Devices, not {type(answer).__name__}")
    return answer


def checked_host(answer: Any) -> HostConversion:
    """Return the answer to `keras_host_conversion`."""
    if answer is None:
        raise BadAnswerError("it does not answer the mandatory hook keras_host_conversion for its own name")
    if not isinstance(answer, HostConversion):
        answered = type(answer).__name__
        raise BadAnswerError(f"keras_host_conversion must answer a contract.HostConversion, not {answered}")
    if not isinstance(answer.tensor_type, type):
        raise BadAnswerError(f"HostConversion.tensor_type must be a class, not {answer.tensor_type!r}")
    types = answer.tensor_types
    if not isinstance(types, tuple) or not all(isinstance(item, type) for item in types):
        raise BadAnswerError(f"HostConversion.tensor_types must be a tuple of classes, not {types!r}")
    if not issubclass(answer.tensor_type, types):
        raise BadAnswerError("HostConversion.tensor_type is not among HostConversion.tensor_types")
    if not isinstance(answer.dtypes, Mapping) or not answer.dtypes:
        raise BadAnswerError("HostConversion.dtypes must be a mapping from names to native dtypes, and not be empty")
    return answer


def checked_kernels(answers: Any) -> dict[str, Callable[..., Any]]:
    """Return one mapping of the answers to `keras_kernels`, which are listed with the last registered first."""
    merged: dict[str, Callable[..., Any]] = {}
    for answer in reversed(answers):
        merged |= checked_functions(answer, "keras_kernels")
    return merged


def checked_serializables(info: PluginInfo, answer: Any) -> dict[str, str]:
    """Return the answer to `keras_serializables`, whose names must all begin with the pack's own top-level package."""
    if not isinstance(answer, Mapping):
        raise BadAnswerError(f"keras_serializables must answer a mapping, not {type(answer).__name__}")
    for name, path in answer.items():
        if not isinstance(name, str) or not name.startswith(f"{info.package}>"):
            raise BadAnswerError(
                f"keras_serializables names {name!r}; every name of this pack must read '{info.package}>Name'"
            )
        if not isinstance(path, str) or not re.fullmatch(r"\w+(\.\w+)*:\w+", path):
            raise BadAnswerError(f"keras_serializables answers {path!r} for {name!r}; it must read 'module:Class'")
    return dict(answer)


def checked_formats(answer: Any) -> dict[str, Format]:
    """Return the answer to `keras_formats`."""
    if not isinstance(answer, Mapping):
        raise BadAnswerError(f"keras_formats must answer a mapping, not {type(answer).__name__}")
    for extension, described in answer.items():
        if not isinstance(described, Format) or described.extension != extension:
            raise BadAnswerError(f"keras_formats must answer a contract.Format of that extension for {extension!r}")
        if not extension.startswith(".") and extension != "/":
            raise BadAnswerError(
                f"keras_formats answers the extension {extension!r}, which does not begin with a dot, nor is it '/'"
            )
    return dict(answer)
