"""How the backend is found, and what finding and importing it costs."""

import importlib
import json
import subprocess
import sys

from keras_conformance.subject import Subject
from keras_core.plugins import BACKENDS, State, list_plugins

LIMIT_OF_IMPORT = 1.0
"""Seconds that importing the plugin object may take; the framework is imported when a hook is called."""
ATTEMPTS = 3
"""How often it is measured at most: the machine may have been busy."""


def _isolated(code: str) -> dict:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_listed_as_available(subject: Subject) -> None:
    """It is listed once, usable, and states the contract version."""
    (info,) = [info for info in list_plugins(BACKENDS) if info.name == subject.name]
    assert info.state is State.AVAILABLE, info.reason
    assert info.contract is not None


def test_listing_imports_nothing_of_it(subject: Subject) -> None:
    """The list comes from metadata alone."""
    (info,) = [info for info in list_plugins(BACKENDS) if info.name == subject.name]
    package = info.target[0] if info.builtin else info.package
    found = _isolated(
        "import json, sys\n"
        "from keras_core.plugins import list_plugins\n"
        "names = [info.name for info in list_plugins()]\n"
        f"print(json.dumps({{'names': names, 'imported': {package!r} in sys.modules}}))"
    )
    assert subject.name in found["names"]
    assert not found["imported"], f"listing imports {package}"


def test_importing_the_plugin_is_cheap(subject: Subject) -> None:
    """The module of the plugin object imports no framework."""
    (info,) = [info for info in list_plugins(BACKENDS) if info.name == subject.name]
    module, attribute = info.target
    fastest = float("inf")
    for _ in range(ATTEMPTS):
        found = _isolated(
            "import importlib, json, time\n"
            "import numpy, keras_core.contract\n"
            "start = time.perf_counter()\n"
            f"getattr(importlib.import_module({module!r}), {attribute!r})\n"
            "print(json.dumps({'seconds': time.perf_counter() - start}))"
        )
        fastest = min(fastest, found["seconds"])
        if fastest <= LIMIT_OF_IMPORT:
            return
    raise AssertionError(f"importing {module} takes {fastest:.1f} s")


def test_hooks_answer_for_no_other_backend(subject: Subject) -> None:
    """Asked for another name, every hook gives None."""
    (info,) = [info for info in list_plugins(BACKENDS) if info.name == subject.name]
    module, attribute = info.target
    plugin = getattr(importlib.import_module(module), attribute)
    for hook in ("keras_primitives", "keras_kernels", "keras_transforms", "keras_devices", "keras_host_conversion"):
        if hasattr(plugin, hook):
            assert not getattr(plugin, hook)(backend="some other backend"), hook
