"""What derived tables compute with: objects that stand for tensors of the table below."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from keras_core.contract.devices import Devices
from keras_core.contract.host import HostConversion
from keras_core.runtime.operators import TensorOperators
from keras_core.runtime.table import DispatchTable

Tensor = Any


class StandIn(TensorOperators):
    """An object that is a tensor to ops, and has one.

    Args:
        value: tensor of the table below.
    """

    __slots__ = ("__weakref__", "value")  # masks are kept beside tensors by weak references

    def __init__(self, value: Tensor) -> None:
        self.value = value

    @property
    def shape(self) -> Any:
        """The shape of the value."""
        return self.value.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.value.ndim

    @property
    def dtype(self) -> Any:
        """The native dtype of the value."""
        return self.value.dtype

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[position] for position in range(len(self)))


def host_of(base: DispatchTable, kind: type[StandIn], to_host: Callable[[StandIn], Any]) -> HostConversion:
    """Return the host conversion of a table whose tensors may be stand-ins.

    Args:
        base: the table below.
        kind: class of the stand-ins.
        to_host: conversion of a stand-in.
    """
    return HostConversion(
        tensor_type=kind,
        tensor_types=(kind, *base.tensor_types),
        dtypes=base.dtypes,
        from_host=base.from_host,
        adopt=base.adopt,
        to_host=lambda x: (to_host if type(x) is kind else base.to_host)(x),
        scalar=base.scalar,
        static_shape=lambda x: base.static_shape(x.value if type(x) is kind else x),
    )


def devices_of(base: DispatchTable, kind: type[StandIn], place: Callable[[Tensor, str], Tensor]) -> Devices:
    """Return the devices of a table whose tensors may be stand-ins.

    Args:
        base: the table below.
        kind: class of the stand-ins.
        place: placement of tensors of the table.
    """
    below = base.devices
    return dataclasses.replace(
        below, place=place, device_of=lambda x: below.device_of(x.value if type(x) is kind else x)
    )
