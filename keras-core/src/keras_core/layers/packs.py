"""`keras_core.layers.X` for the layers that installed packs declare."""

from typing import Any

from keras_core.runtime.naming import did_you_mean


def layer_of_pack(name: str, known: list[str]) -> Any:
    """Return the class of the one installed pack that declares a name.

    Args:
        name: class name.
        known: names of core, for the hint where nothing has the name.

    Raises:
        PluginError: where several packs declare it, or the one that does cannot be used.
        AttributeError: where none does; for a layer of Keras that another package has, the message names that.
    """
    from keras_core.plugins import find_pack, load_serializable, package_known_to_have, resolve_pack_class

    if not name.startswith("_"):  # Python itself asks for names such as `__path__`
        found = resolve_pack_class(name)
        if found is not None:
            return load_serializable(found)
        home = package_known_to_have(name)
        if home is not None and find_pack(home) is not None:
            return load_serializable(f"{home}>{name}")  # which says why it cannot be used
        if home is not None:
            distribution = home.replace("_", "-")
            raise AttributeError(
                f"module 'keras_core.layers': '{name}' is a class of the package '{distribution}', which is not "
                f"installed: pip install {distribution}"
            )
    hint = "" if name.startswith("_") else did_you_mean(name, [*known, *names_of_packs()])
    raise AttributeError(
        f"module 'keras_core.layers' has no attribute '{name}', nor has an installed layer pack.{hint}"
    )


def names_of_packs() -> list[str]:
    """Return the class names that installed packs declare."""
    from keras_core.plugins import pack_serializables

    return sorted({key.partition(">")[2] for key in pack_serializables()})
