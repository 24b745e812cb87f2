"""What installed packs add: classes and ops."""

import importlib
from typing import Any, Final

from keras_core.plugins.discovery import PACKS, PluginInfo, State
from keras_core.plugins.errors import PackLoadError, PluginError
from keras_core.plugins.loading import guarded, upgrade
from keras_core.plugins.registry import registry

ELSEWHERE: Final = "keras_core.elsewhere"
"""Group of the entry points of core that say which package has a class."""


def pack_operations() -> list[Any]:
    """Return the op definitions that installed packs add (hook `keras_ops`)."""
    return registry.operations()


def pack_serializables() -> dict[str, str]:
    """Return `"pack>Name" -> "module:Class"` for the classes of all installed packs that work."""
    return {name: path for name, (_, path) in registry.classes().items()}


def find_pack(package: str) -> PluginInfo | None:
    """Return what declares the pack with this package, usable or not, from metadata; None where nothing does.

    Args:
        package: what stands before `>` in the registered names of its classes: the pack's top-level package.
    """
    return next((info for info in registry.list_plugins(PACKS) if info.package == package), None)


def resolve_pack_class(class_name: str) -> str | None:
    """Return `"pack>Name"` of the one class of this name in the installed packs, None where there is none.

    Raises:
        PluginError: where several packs have a class of this name.
    """
    found = [key for key in pack_serializables() if key.partition(">")[2] == class_name]
    if len(found) > 1:
        raise PluginError(f"several packs bring a class '{class_name}': {', '.join(found)}; import it from its pack")
    return found[0] if found else None


def package_known_to_have(class_name: str) -> str | None:
    """Return the package that has a layer of Keras which core itself has not; None where there is no such layer.

    What core knows of other packages it has from its own metadata, an entry point for each class, not from its code.
    """
    from importlib.metadata import entry_points

    points = entry_points(group=ELSEWHERE, name=class_name)
    return next((point.module.partition(".")[0] for point in points), None)


def load_serializable(registered_name: str) -> type:
    """Import and return the class of an installed pack by its registered name, `"pack>Name"`.

    Raises:
        PackLoadError: the pack is there but cannot be used, or the class cannot be imported.
        PluginError: no such pack is installed, or it does not declare the class.
    """
    if registered_name not in registry.classes():
        raise _no_class(registered_name)
    info, path = registry.classes()[registered_name]
    module, _, attribute = path.partition(":")
    found = guarded(info, f"importing '{path}'", lambda: getattr(importlib.import_module(module), attribute))
    if not isinstance(found, type):
        raise PackLoadError(info.name, info.distribution, info.version, f"'{path}' is not a class", upgrade(info))
    return found


def advice_on_packs() -> str:
    """Return what installed packs declare, and what a name that none of them declares is worth.

    It names no command: whoever writes a file chooses the names in it, and could so choose what its reader installs.
    """
    declared: dict[str, list[str]] = {}
    for name in pack_serializables():
        package, _, class_name = name.partition(">")
        declared.setdefault(package, []).append(class_name)
    packs = [
        f"{info.package} ({info.distribution} {info.version}): {', '.join(declared[info.package])}"
        for info in registry.list_plugins(PACKS)
        if info.package in declared
    ]
    found = f"the packs that are installed declare {'; '.join(packs)}" if packs else "no packs are installed"
    return f"{found}. The name comes from the configuration or file, so install only a pack that you know and trust"


def _no_class(registered_name: str) -> PluginError:
    """Return the error for a class that no working pack declares."""
    package, _, class_name = registered_name.partition(">")
    info = find_pack(package)
    if info is None:
        return PluginError(
            f"{registered_name!a} belongs to the pack {package!a}, which is not installed; {advice_on_packs()}"
        )
    if info.state is not State.AVAILABLE:
        return PackLoadError(info.name, info.distribution, info.version, f"{info.state}: {info.reason}", info.repair)
    return PluginError(
        f"the pack '{package}' ({info.distribution} {info.version}) declares no class '{class_name}'. "
        f"A later version may: {upgrade(info)}"
    )
