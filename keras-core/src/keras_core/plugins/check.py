"""The complete examination of one plugin, in a process of its own: `keras-core plugins check NAME`."""

import importlib
import inspect
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from keras_core.contract import PRIMITIVE_NAMES, TRANSFORM_NAMES, Devices, HookSpecs, HostConversion, Primitives
from keras_core.plugins import answers
from keras_core.plugins.discovery import BACKENDS, KERNELS, OPERATIONS, PluginInfo, State, list_plugins
from keras_core.plugins.errors import PluginError, PluginLoadError
from keras_core.plugins.isolated import ChildError, run_isolated
from keras_core.plugins.loading import guarded, import_plugin, new_manager

_HOOKS = tuple(name for name in vars(HookSpecs) if name.startswith("keras_"))


@dataclass
class Report:
    """What an examination found.

    Attributes:
        plugin: the plugin, as it was listed.
        facts: measured and counted things by name, for display.
        problems: what is wrong, a sentence each; empty: the plugin keeps the contract as far as can be seen here.
    """

    plugin: PluginInfo
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report in types that JSON has."""
        return {"plugin": self.plugin.to_json(), "facts": self.facts, "problems": self.problems}


def check_plugin(name: str, timeout: float = 120.0) -> list[Report]:
    """Examine every installed plugin of a name, each in a process of its own.

    Args:
        name: name of a backend, pack or kernel plugin.
        timeout: seconds that one may take.

    Raises:
        PluginError: where no plugin has that name.
    """
    listed = list_plugins()
    reports = [_checked(info, timeout) for info in listed if info.name == name]
    if not reports:
        names = sorted({info.name for info in listed})
        raise PluginError(f"there is no plugin '{name}'; installed are {', '.join(names)}")
    return reports


def _checked(info: PluginInfo, timeout: float) -> Report:
    if info.state is not State.AVAILABLE:
        repair = f"; to repair it: {info.repair}" if info.repair else ""
        return Report(info, problems=[f"{info.state}: {info.reason}{repair}"])
    try:
        found = run_isolated("keras_core.plugins.check:examine", *info.key, timeout=timeout)
    except ChildError as error:
        return Report(info, problems=[str(error)])
    return Report(info, found["facts"], found["problems"])


def examine(group: str, name: str, distribution: str) -> dict[str, Any]:
    """Examine one plugin in this process and return facts and problems; for a process that ends then."""
    info = next(found for found in list_plugins(group) if found.key == (group, name, distribution))
    report = Report(info)
    start = time.perf_counter()
    try:
        plugin = import_plugin(info)
    except PluginLoadError as error:
        report.problems.append(error.cause)
        return report.to_json()
    report.facts["import seconds"] = round(time.perf_counter() - start, 3)
    report.problems += _undecorated(plugin)
    start = time.perf_counter()
    parts = {BACKENDS: _examine_backend, KERNELS: _examine_kernels}
    for examine_part in (parts.get(group, _examine_pack), _examine_formats):
        examine_part(report, _asker(info, plugin, report))
    report.facts["answer seconds"] = round(time.perf_counter() - start, 3)
    return report.to_json()


Asker = Callable[..., Any]


def _asker(info: PluginInfo, plugin: Any, report: Report) -> Asker:
    """Return a function that asks a hook, checks the answer, and notes what goes wrong (then it returns None)."""
    manager = new_manager()
    manager.register(plugin)

    def ask(hook: str, checked: Callable[[Any], Any], **arguments: Any) -> Any:
        try:
            return guarded(info, f"its hook {hook}", lambda: checked(getattr(manager.hook, hook)(**arguments)))
        except PluginLoadError as error:
            report.problems.append(error.cause)
            return None

    return ask


def _undecorated(plugin: Any) -> Iterator[str]:
    registered = new_manager()
    registered.register(plugin)
    callers = {caller.name for caller in registered.get_hookcallers(plugin) or ()}
    for hook in _HOOKS:
        if hook not in callers and callable(getattr(plugin, hook, None)):
            yield f"its method {hook} lacks the decorator @hookimpl and is not called"


def _examine_backend(report: Report, ask: Asker) -> None:
    name = report.plugin.name
    primitives = ask("keras_primitives", answers.checked_primitives, backend=name)
    if primitives is not None:
        report.facts["primitives"] = len(primitives)
        given = ask(
            "keras_primitives", lambda answer: answers.checked_functions(answer, "keras_primitives"), backend=name
        )
        _note(report, "primitives that the contract does not have", set(given or ()) - set(PRIMITIVE_NAMES))
        report.problems += _wrong_arity(primitives)
    kernels = ask("keras_kernels", answers.checked_kernels, backend=name)
    _examine_kernel_names(report, kernels or {})
    transforms = ask(
        "keras_transforms", lambda answer: answers.checked_functions(answer, "keras_transforms"), backend=name
    )
    ask("keras_transforms", answers.checked_transforms, backend=name)
    report.facts["transforms"] = sorted(transforms or ())
    _note(report, "transforms that the contract does not have", set(transforms or ()) - set(TRANSFORM_NAMES))
    devices = ask("keras_devices", answers.checked_devices, backend=name)
    names = ask("keras_devices", lambda _answer: device_names(devices), backend=name) if devices else None
    report.facts["devices"] = names or []
    host = ask("keras_host_conversion", answers.checked_host, backend=name)
    if host is not None:
        report.facts["dtypes"] = list(host.dtypes)
        report.problems += _host_problems(host)
    for hook in ("keras_primitives", "keras_kernels", "keras_transforms", "keras_devices", "keras_host_conversion"):
        other = ask(hook, lambda answer: answer, backend="a backend that is not there")
        if other:
            report.problems.append(f"its hook {hook} answers for every backend; it must answer only for '{name}'")


def _examine_kernels(report: Report, ask: Asker) -> None:
    kernels: dict[str, Any] = {}
    for backend in sorted({info.name for info in list_plugins(BACKENDS)}):
        kernels |= ask("keras_kernels", answers.checked_kernels, backend=backend) or {}
    _examine_kernel_names(report, kernels)


def _examine_kernel_names(report: Report, kernels: dict[str, Any]) -> None:
    report.facts["kernels"] = sorted(kernels)
    if not kernels:
        return
    module, database = OPERATIONS
    importlib.import_module(module)
    operations = getattr(importlib.import_module(database.partition(":")[0]), database.partition(":")[2])
    # No fault: the plugin may be written for a core that has more ops than this one.
    if unused := sorted(set(kernels) - set(operations)):
        report.facts["kernels without op"] = unused
    of_primitives = {name for name in kernels if name in operations and operations[name].primitive is not None}
    _note(report, "kernels of ops that are primitives, which are never called", of_primitives)


def _examine_pack(report: Report, ask: Asker) -> None:
    def check_all(found: list[Any]) -> dict[str, str]:
        checked = [answers.checked_serializables(report.plugin, answer) for answer in found]
        return {name: path for part in checked for name, path in part.items()}

    classes = ask("keras_serializables", check_all) or {}
    report.facts["classes"] = sorted(classes)
    for name, path in classes.items():
        module, _, attribute = path.partition(":")

        def import_class(_answer: Any, module: str = module, attribute: str = attribute) -> type:
            found = getattr(importlib.import_module(module), attribute)
            if not isinstance(found, type):
                raise answers.BadAnswerError(f"'{name}' names {module}:{attribute}, which is not a class")  # noqa: B023
            return found

        ask("keras_serializables", import_class)
    operations = ask("keras_ops", lambda found: [definition.name for part in found for definition in part])
    report.facts["ops"] = operations or []


def _examine_formats(report: Report, ask: Asker) -> None:
    formats = ask("keras_formats", lambda found: [answers.checked_formats(answer) for answer in found])
    report.facts["formats"] = sorted(extension for part in formats or () for extension in part)


def device_names(devices: Devices) -> list[str]:
    """Return the names of the devices, checked to be of the form `"cpu:0"`."""
    names = list(devices.names())
    bad = [name for name in names if not isinstance(name, str) or not name.partition(":")[2].isdigit()]
    if bad or not names:
        raise answers.BadAnswerError(f"Devices.names must return names such as 'cpu:0', at least one, not {names!r}")
    return names


def _note(report: Report, what: str, names: Iterable[str]) -> None:
    if listed := ", ".join(sorted(names)):
        report.problems.append(f"it answers {what}: {listed}")


def _wrong_arity(primitives: answers.Functions) -> Iterator[str]:
    """Yield the primitives that cannot be called with the contract's positional arguments."""
    for name, function in primitives.items():
        arguments = list(inspect.signature(getattr(Primitives, name)).parameters)[1:]
        try:
            signature = inspect.signature(function)
        except ValueError:  # many compiled functions do not tell
            continue
        try:
            signature.bind(*arguments)
        except TypeError:
            yield f"its primitive {name}{signature} cannot be called as {name}({', '.join(arguments)}), by position"


def _host_problems(host: HostConversion) -> Iterator[str]:
    """Yield what is wrong with a small array of each dtype, sent to the backend and back."""
    import numpy as np

    importlib.import_module("ml_dtypes")  # registers bfloat16 and its like with NumPy
    for name, native in host.dtypes.items():
        array = np.array([0, 1], dtype=name)
        try:
            hash(native)
            sent = array.copy()
            tensor = host.from_host(sent, name)
            sent[...] = 1
            back = host.to_host(tensor)
            if type(tensor) is not host.tensor_type:
                kind = type(tensor).__name__
                yield f"from_host of {name} gives a {kind}, not a tensor_type ({host.tensor_type.__name__})"
            if tensor.dtype != native:
                yield f"from_host of {name} gives dtype {tensor.dtype}, not dtypes['{name}'] ({native})"
            if not isinstance(back, np.ndarray) or back.dtype != array.dtype or not np.array_equal(back, array):
                shared = " (from_host must copy)" if np.array_equal(back, sent) else ""
                yield f"the array {array!r} comes back from from_host and to_host as {back!r}{shared}"
        except Exception as error:
            yield f"an array of {name} cannot be sent to the backend and back: {type(error).__name__}: {error}"
    missing = [name for name in ("bool", "int32", "float32") if name not in host.dtypes]
    if missing:
        yield f"HostConversion.dtypes lacks {', '.join(missing)}, which core itself needs"
