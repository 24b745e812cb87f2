"""The hooks: everything that a plugin can tell core, on one page.

A plugin is an object whose methods carry `@hookimpl`. Its distribution names it in an entry point of the group
`keras_core.backends`, `keras_core.packs` or `keras_core.kernels`, whose attribute states the contract version that the
plugin was written for:

    [project.entry-points."keras_core.backends"]
    foo = "keras_backend_foo.plugin:contract_1_0"

Hooks are called when a backend is activated and their answers are frozen into a table; a training step calls none.
Hooks with the argument `backend` answer None for every name but their own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pluggy

from keras_core.contract.devices import Devices
from keras_core.contract.formats import Format
from keras_core.contract.host import HostConversion

PROJECT: Final = "keras_core"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """One method a hook."""

    @hookspec(firstresult=True)
    def keras_primitives(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """All mandatory primitives by name, as `contract.primitives.Primitives` describes them."""

    @hookspec
    def keras_kernels(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Native replacements of composite ops, by op name, called with the op's arguments after core's common work.

        A kernel may return `NotImplemented`; core then runs the composite. Several plugins may answer for one backend;
        for one op the last registered wins, so that a `keras_core.kernels` plugin can improve somebody else's backend.
        """

    @hookspec
    def keras_ops(self) -> Sequence[Any] | None:
        """Definitions (`runtime.definition.OpDefinition`) of ops that a pack adds."""

    @hookspec(firstresult=True)
    def keras_transforms(self, backend: str) -> Mapping[str, Callable[..., Any]] | None:
        """Native transforms by name, as `contract.transforms.Transforms` describes them; any subset."""

    @hookspec(firstresult=True)
    def keras_devices(self, backend: str) -> Devices | None:
        """Devices and placement; without an answer: one device, `cpu:0`."""

    @hookspec(firstresult=True)
    def keras_host_conversion(self, backend: str) -> HostConversion | None:
        """Tensor types, dtypes and conversion to and from the host; mandatory."""

    @hookspec
    def keras_formats(self) -> Mapping[str, Format] | None:
        """Formats for saving, loading and exporting models, by file extension (`".keras"`)."""

    @hookspec
    def keras_serializables(self) -> Mapping[str, str] | None:
        """Classes that files and `keras_core.layers` may name: `"pack>Name" -> "module:Class"`, strings only."""

    @hookspec
    def keras_backend_activated(self, backend: str) -> None:
        """Called for each backend when it has been activated, once a process."""
