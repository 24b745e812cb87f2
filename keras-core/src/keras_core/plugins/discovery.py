"""Which plugins are installed, and in what state: from metadata alone, without importing one."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from keras_core.contract import version as contract_version
from keras_core.plugins.requirements import CORE_DISTRIBUTION, unmet_requirements

if TYPE_CHECKING:
    from importlib.metadata import Distribution

BACKENDS: Final = "keras_core.backends"
PACKS: Final = "keras_core.packs"
KERNELS: Final = "keras_core.kernels"
GROUPS: Final = (BACKENDS, PACKS, KERNELS)

BUILTINS: Final = ((BACKENDS, "numpy", "keras_core.backends.numpy.plugin:contract_1_0"),)
"""Plugins that core itself brings: group, name, entry point. They are loaded as installed ones are."""

FORMATS: Final = "keras_core.saving.plugin:contract_1_0"
"""The plugin object with the file formats of core, imported when somebody saves or loads."""

OPERATIONS: Final = ("keras_core.ops", "keras_core.runtime.definition:DATABASE")
"""The module that defines core's ops and the mapping that then holds them by name.

Named, like the built-in backend, as strings: only `plugins check` follows them, in a process of its own.
"""

DISABLE_VARIABLE: Final = "KERAS_CORE_DISABLE_PLUGINS"

_ENTRY_POINT = re.compile(r"(?P<module>\w+(\.\w+)*)\s*:\s*(?P<attribute>\w+)")
_ATTRIBUTE = re.compile(r"contract_(\d+)_(\d+)")


class State(StrEnum):
    """Whether a plugin can be used."""

    AVAILABLE = "available"
    INCOMPATIBLE = "incompatible"
    MISSING_DEPENDENCY = "missing-dependency"
    DUPLICATE = "duplicate"
    DISABLED = "disabled"
    BROKEN = "broken"


@dataclass(frozen=True)
class PluginInfo:
    """What the metadata say about one plugin.

    Attributes:
        group: entry-point group, one of `GROUPS`.
        name: name of the backend, pack or kernel plugin.
        distribution: name of the distribution that brings it.
        version: version of that distribution.
        entry_point: `"module:contract_MAJOR_MINOR"`.
        contract: contract version that it was written for; None where the entry point does not say.
        state: whether it can be used.
        reason: why not; empty where it is available.
        repair: the command that repairs it; empty where it is available or nothing is known to help.
        builtin: True for the plugins that core itself brings.
    """

    group: str
    name: str
    distribution: str
    version: str
    entry_point: str
    contract: tuple[int, int] | None = None
    state: State = State.AVAILABLE
    reason: str = ""
    repair: str = ""
    builtin: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this plugin from all others."""
        return self.group, self.name, self.distribution

    @property
    def target(self) -> tuple[str, str]:
        """Module and attribute of the plugin object."""
        module, _, attribute = self.entry_point.partition(":")
        return module.strip(), attribute.strip()

    @property
    def package(self) -> str:
        """The top-level package: what the registered names of a pack's classes begin with."""
        return self.target[0].partition(".")[0]

    def to_json(self) -> dict[str, Any]:
        """Return the attributes in types that JSON has."""
        return asdict(self) | {"state": str(self.state)}

    def unusable(self, state: State, reason: str, repair: str = "") -> "PluginInfo":
        """Return this plugin in another state."""
        return replace(self, state=state, reason=reason, repair=repair)


def list_plugins(
    group: str | None = None, failures: Mapping[tuple[str, str, str], tuple[str, str]] | None = None
) -> list[PluginInfo]:
    """Return the installed plugins, built-in ones first, then by group, name and distribution.

    Args:
        group: one of `GROUPS`; None for all.
        failures: reason and repair by `PluginInfo.key` of plugins that failed in this process.

    Raises:
        ValueError: for another group.
    """
    if group is not None and group not in GROUPS:
        raise ValueError(f"there is no plugin group '{group}'; the groups are {', '.join(GROUPS)}")
    groups = GROUPS if group is None else (group,)
    disabled = _disabled_names()
    found = [(info, distribution) for distribution in _distributions() for info in _declared(distribution, groups)]
    found = [(_without_disabled(info, disabled), distribution) for info, distribution in found]
    builtin = [_builtin(*entry) for entry in BUILTINS if entry[0] in groups]
    everything = builtin + [info for info, _ in found]
    checked = [_checked(info, distribution, everything) for info, distribution in found]
    result = builtin + sorted(checked, key=lambda info: (GROUPS.index(info.group), info.name, info.distribution))
    return [_with_failure(info, failures or {}) for info in result]


def contract_of(entry_point: str) -> tuple[int, int] | None:
    """Return the contract version that an entry point states, None where it states none.

    Example:
        >>> contract_of("keras_backend_foo.plugin:contract_1_0")
        (1, 0)
    """
    match = _ENTRY_POINT.fullmatch(entry_point.strip())
    stated = match and _ATTRIBUTE.fullmatch(match["attribute"])
    return (int(stated[1]), int(stated[2])) if stated else None


def normalized(distribution: str) -> str:
    """Return the name of a distribution in the one spelling that is compared."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def core_version() -> str:
    """Return the version of core, `"source"` where it runs from a source tree that is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(CORE_DISTRIBUTION)
    except PackageNotFoundError:
        return "source"


def metadata_requires(distribution: str) -> list[str]:
    """Return what an installed distribution says it requires; nothing where its metadata are gone or damaged."""
    import importlib.metadata

    try:
        return importlib.metadata.requires(distribution) or []
    except Exception:  # see _metadata_field
        return []


def _distributions() -> Iterator["Distribution"]:
    """Yield the distributions that declare plugins, each once: the one that is first on the path."""
    import importlib.metadata

    seen: set[str] = set()
    for distribution in importlib.metadata.distributions():
        if _is_beside_the_program(distribution):
            continue
        try:
            text = distribution.read_text("entry_points.txt")
        except (OSError, UnicodeDecodeError):  # somebody's damaged distribution; nothing says that it is a plugin
            continue
        if not text or not any(group in text for group in GROUPS):
            continue
        name = _metadata_field(distribution, "Name")
        if name is None:
            yield distribution
        elif normalized(name) not in seen:
            seen.add(normalized(name))
            first = importlib.metadata.distribution(name)
            if first.read_text("entry_points.txt") == text:  # else hidden by another version, first on the path
                yield distribution


def _is_beside_the_program(distribution: "Distribution") -> bool:
    """Tell whether metadata lie in the working folder, or beside the script: what was downloaded is not installed.

    Python puts these folders on its path by itself. A folder for installed packages stays one, whoever stands in it.
    """
    import sys
    import sysconfig

    folder = os.path.realpath(str(distribution.locate_file("")))
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    beside = [os.getcwd(), *([os.path.dirname(os.path.abspath(script))] if script else [])]
    installed = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    installed += [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    return folder in map(os.path.realpath, beside) and folder not in map(os.path.realpath, installed)


def _metadata_field(distribution: "Distribution", field: str) -> str | None:
    try:
        return distribution.metadata[field]
    except Exception:  # a missing or damaged METADATA file raises differently in each Python
        return None


def _declared(distribution: "Distribution", groups: Sequence[str]) -> Iterator[PluginInfo]:
    name = _metadata_field(distribution, "Name") or "unknown"
    version = _metadata_field(distribution, "Version") or "unknown"
    for entry in distribution.entry_points:
        if entry.group in groups:
            yield PluginInfo(entry.group, entry.name, name, version, entry.value, contract_of(entry.value))


def _builtin(group: str, name: str, entry_point: str) -> PluginInfo:
    contract = contract_of(entry_point)
    return PluginInfo(group, name, CORE_DISTRIBUTION, core_version(), entry_point, contract, builtin=True)


def _disabled_names() -> frozenset[str]:
    parts = (part.strip() for part in os.environ.get(DISABLE_VARIABLE, "").split(","))
    return frozenset(normalized(part) for part in parts if part)


def _without_disabled(info: PluginInfo, disabled: frozenset[str]) -> PluginInfo:
    if disabled.isdisjoint({"all", normalized(info.name), normalized(info.distribution)}):
        return info
    reason = f"{DISABLE_VARIABLE}={os.environ[DISABLE_VARIABLE]}"
    return info.unusable(State.DISABLED, reason, f"take it out of the environment variable {DISABLE_VARIABLE}")


def _checked(info: PluginInfo, distribution: "Distribution", everything: Sequence[PluginInfo]) -> PluginInfo:
    if info.state is not State.AVAILABLE:
        return info
    return (
        _duplicate(info, everything)
        or _bad_entry_point(info)
        or _incompatible(info)
        or _missing_dependency(info, distribution)
        or _missing_module(info)
        or info
    )


def _duplicate(info: PluginInfo, everything: Sequence[PluginInfo]) -> PluginInfo | None:
    same_name = [other for other in everything if (other.group, other.name) == (info.group, info.name)]
    rivals = [other for other in same_name if other is not info and other.state is not State.DISABLED]
    if not rivals:
        return None
    if any(rival.builtin for rival in rivals):  # nobody can take the default backend away
        return info.unusable(
            State.DUPLICATE,
            f"{CORE_DISTRIBUTION} itself brings a plugin of this name, and {info.distribution} brings another",
            f"pip uninstall {info.distribution}",
        )
    names = sorted({info.distribution, *(rival.distribution for rival in rivals)})
    return info.unusable(
        State.DUPLICATE,
        f"several distributions bring a plugin of this name: {' and '.join(names)}",
        f"pip uninstall {names[-1]}, or disable one: {DISABLE_VARIABLE}={names[-1]}",
    )


def _bad_entry_point(info: PluginInfo) -> PluginInfo | None:
    repair = f"pip install --upgrade {info.distribution}"
    if info.distribution == "unknown" or info.version == "unknown":
        reason = "the metadata of its distribution are damaged: they have no name or no version"
        return info.unusable(State.BROKEN, reason, "reinstall it")
    if info.contract is None:
        reason = (
            f"its entry point '{info.entry_point}' does not state a contract version; "
            "it should read 'module:contract_MAJOR_MINOR'"
        )
        return info.unusable(State.BROKEN, reason, repair)
    return None


def _incompatible(info: PluginInfo) -> PluginInfo | None:
    assert info.contract is not None
    if contract_version.is_compatible(info.contract):
        return None
    core = contract_version.CONTRACT_VERSION
    reason = f"it was written for contract {info.contract[0]}.{info.contract[1]}, this core has {core[0]}.{core[1]}"
    outdated = CORE_DISTRIBUTION if info.contract > core else info.distribution
    return info.unusable(State.INCOMPATIBLE, reason, f"pip install --upgrade {outdated}")


def _missing_dependency(info: PluginInfo, distribution: "Distribution") -> PluginInfo | None:
    from packaging.requirements import InvalidRequirement

    try:
        unmet = unmet_requirements(distribution)
    except InvalidRequirement as error:
        reason = f"its metadata have an invalid requirement: {str(error).splitlines()[0]}"
        return info.unusable(State.BROKEN, reason, f"pip install --upgrade {info.distribution}")
    return info.unusable(State.MISSING_DEPENDENCY, *unmet) if unmet else None


def _missing_module(info: PluginInfo) -> PluginInfo | None:
    import sys
    from importlib.util import find_spec

    package = info.package
    # Only the top-level package: to find a submodule, Python imports its parents.
    try:
        if package in sys.modules or find_spec(package) is not None:
            return None
    except (ImportError, ValueError):  # raised by import hooks, which distributions may install
        pass
    reason = f"its module '{package}' is not there"
    return info.unusable(State.BROKEN, reason, f"pip install --force-reinstall {info.distribution}")


def _with_failure(info: PluginInfo, failures: Mapping[tuple[str, str, str], tuple[str, str]]) -> PluginInfo:
    if info.state is State.AVAILABLE and info.key in failures:
        return info.unusable(State.BROKEN, *failures[info.key])
    return info
