"""The configuration file, and which backend a process uses.

The file is `config.json` in `~/.keras_core`, or in the folder that `KERAS_CORE_HOME` names.
"""

import json
import os
from pathlib import Path
from typing import Any, Final, NamedTuple

from keras_core.plugins.errors import ConfigError

HOME_VARIABLE: Final = "KERAS_CORE_HOME"
BACKEND_VARIABLES: Final = ("KERAS_CORE_BACKEND", "KERAS_BACKEND")
"""Environment variables that choose the backend; the first that is set decides."""

DEFAULT_BACKEND: Final = "numpy"


class Choice(NamedTuple):
    """A chosen backend.

    Attributes:
        name: its name.
        source: what chose it, for messages.
    """

    name: str
    source: str


def config_path() -> Path:
    """Return where the configuration file is, whether or not it exists."""
    home = os.environ.get(HOME_VARIABLE) or os.path.join("~", ".keras_core")
    return Path(os.path.expanduser(home)) / "config.json"


def read_config() -> dict[str, Any]:
    """Return the configuration, empty where there is no file.

    Raises:
        ConfigError: where the file cannot be read or is not a JSON object.
    """
    path = config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):  # the latter where the user's home is /dev/null
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the configuration file {path} cannot be read: {error}") from error
    try:
        config = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"the configuration file {path} is not JSON ({error}); correct or delete it") from error
    if not isinstance(config, dict):
        raise ConfigError(f"the configuration file {path} must hold a JSON object; correct or delete it")
    return config


def write_config(**changes: Any) -> Path:
    """Change entries of the configuration file and keep the others; another process sees the old file or the new one.

    Args:
        changes: new values by name, which JSON can hold.

    Returns:
        The path of the file.

    Raises:
        ConfigError: where the file cannot be written.
    """
    import tempfile

    path = config_path()
    if not path.is_absolute():
        raise ConfigError(f"there is no home folder to keep a configuration in; set {HOME_VARIABLE} to a folder")
    text = json.dumps(read_config() | changes, indent=2, sort_keys=True) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".config-", suffix=".json")
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise ConfigError(f"the configuration file {path} cannot be written: {error}") from error
    return path


def backend_choice() -> Choice:
    """Return the backend that a new process uses, and what chose it.

    The first of `KERAS_CORE_BACKEND`, `KERAS_BACKEND`, the configuration file and the embedded backend decides. Whether
    the backend exists is not looked at.

    Raises:
        ConfigError: where the configuration file has to decide and cannot be used.
    """
    for variable in BACKEND_VARIABLES:
        if name := os.environ.get(variable, "").strip():
            return Choice(name, f"environment variable {variable}")
    config = read_config()
    if "backend" not in config:
        return Choice(DEFAULT_BACKEND, "embedded default")
    if not isinstance(config["backend"], str) or not config["backend"]:
        raise ConfigError(f"'backend' in the configuration file {config_path()} must be the name of a backend")
    return Choice(config["backend"], f"configuration file {config_path()}")


def chosen_backend() -> str:
    """Return the name of the backend that a new process uses; see `backend_choice`."""
    return backend_choice().name


def persist_backend(name: str) -> Path:
    """Write the choice of the backend into the configuration file and return the path of the file."""
    return write_config(backend=name)
