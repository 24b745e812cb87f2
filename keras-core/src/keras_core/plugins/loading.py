"""Importing a plugin object so that nothing it does can hurt anybody but itself."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pluggy

from keras_core.contract import PROJECT, HookSpecs
from keras_core.plugins.answers import BadAnswerError
from keras_core.plugins.discovery import BACKENDS, KERNELS, PACKS, PluginInfo, metadata_requires, normalized
from keras_core.plugins.errors import BackendLoadError, KernelsLoadError, PackLoadError, PluginLoadError

_ERRORS = {BACKENDS: BackendLoadError, PACKS: PackLoadError, KERNELS: KernelsLoadError}


def new_manager() -> pluggy.PluginManager:
    """Return a plugin manager that knows the hooks of the contract, and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    return manager


def import_plugin(info: PluginInfo) -> Any:
    """Import and return a plugin object, after checking that its hooks are hooks of the contract.

    Raises:
        PluginLoadError: whatever goes wrong.
    """
    module_name, attribute = info.target

    def import_it() -> Any:
        plugin = getattr(importlib.import_module(module_name), attribute)
        if inspect.isclass(plugin):
            raise BadAnswerError(f"'{info.entry_point}' is a class; it must be an object with hooks")
        trial = new_manager()  # what does not register must not leave a trace in the real one
        trial.register(plugin, name=info.name)
        if not trial.get_hookcallers(plugin):
            raise BadAnswerError(f"'{info.entry_point}' has no method with @hookimpl")
        trial.check_pending()
        return plugin

    return guarded(info, f"importing '{info.entry_point}'", import_it)


def guarded(info: PluginInfo, what: str, function: Callable[[], Any]) -> Any:
    """Call a function of a plugin; whatever it raises becomes a load error."""
    error_type = _ERRORS[info.group]
    try:
        return function()
    except KeyboardInterrupt:
        raise
    except BadAnswerError as error:
        raise error_type(info.name, info.distribution, info.version, str(error), upgrade(info)) from error
    except BaseException as error:  # SystemExit, and panics of extension modules, are failures like others
        if isinstance(error, PluginLoadError) and error.name == info.name:
            raise
        cause = f"{what} raised {type(error).__name__}: {error}"
        raise error_type(info.name, info.distribution, info.version, cause, _repair(info, error)) from error


def upgrade(info: PluginInfo) -> str:
    """Return the command that brings a newer version of a plugin."""
    return f"pip install --upgrade {info.distribution}"


def _repair(info: PluginInfo, error: BaseException) -> str:
    """Return the command that most likely repairs a failed import."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return upgrade(info)
    module = error.name.partition(".")[0]
    if module == info.package:
        return f"pip install --force-reinstall {info.distribution}"
    from packaging.requirements import Requirement

    for requirement in map(Requirement, metadata_requires(info.distribution)):
        if normalized(requirement.name) == normalized(module):
            return f'pip install --force-reinstall "{requirement.name}{requirement.specifier}"'
    # The name of a module is not the name of a distribution: to guess one is to send people to a stranger's package.
    return f"{upgrade(info)} (or install what brings the module '{module}')"


def without_traceback(error: PluginLoadError) -> PluginLoadError:
    """Return an equal error that holds no frames, and so nothing of what failed."""
    error_type, arguments = error.__reduce__()
    return error_type(*arguments)
