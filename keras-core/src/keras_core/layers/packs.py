"""`keras_core.layers.X` for the layers that installed packs declare."""

from typing import Any, Final

from keras_core.runtime.naming import did_you_mean

ELSEWHERE: Final = "keras_core.elsewhere"
"""Group of the entry points of core that say which package has a class."""


def layer_of_pack(name: str, known: list[str]) -> Any:
    """Return the class of the one installed pack that declares a name.

    Args:
        name: class name.
        known: names of core, for the hint where nothing has the name.

    Raises:
        PluginError: where several packs declare it; the message names them.
        AttributeError: where none does.
    """
    from keras_core.plugins import load_serializable, resolve_pack_class

    if not name.startswith("_"):  # Python itself asks for names such as `__path__`
        found = resolve_pack_class(name)
        if found is not None:
            return load_serializable(found)
        home = _home_of(name)
        if home is not None:
            raise AttributeError(
                f"module 'keras_core.layers': '{name}' is a class of the package '{home}', which is not installed: "
                f"pip install {home}"
            )
    hint = "" if name.startswith("_") else did_you_mean(name, [*known, *names_of_packs()])
    raise AttributeError(
        f"module 'keras_core.layers' has no attribute '{name}', nor has an installed layer pack.{hint}"
    )


def _home_of(name: str) -> str | None:
    """Return the distribution that is known to have a class; None where it is installed and does not declare it.

    What core knows of other packages it has from its own metadata, an entry point for each class, not from its code.

    Raises:
        PackLoadError: where the distribution is installed but cannot be used.
    """
    from importlib.metadata import entry_points

    from keras_core.plugins import find_pack, load_serializable

    package = next((point.module.partition(".")[0] for point in entry_points(group=ELSEWHERE, name=name)), None)
    if package is None:
        return None
    if find_pack(package) is not None:
        load_serializable(f"{package}>{name}")
    return package.replace("_", "-")


def names_of_packs() -> list[str]:
    """Return the class names that installed packs declare."""
    from keras_core.plugins import pack_serializables

    return sorted({key.partition(">")[2] for key in pack_serializables()})
