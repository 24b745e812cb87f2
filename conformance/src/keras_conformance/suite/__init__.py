"""The tests that examine a backend: `pytest --pyargs keras_conformance.suite --keras-backend NAME`.

`from keras_conformance.suite import *` brings them into a test file of one's own, as `test_FAMILY_NAME`, with the
fixtures that they need; that file is run with `--keras-backend NAME` as well.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any, Final

_FAMILIES: Final = (
    *(
        "accumulation",
        "compilation",
        "components",
        "control_flow",
        "database",
        "devices",
        "differentiation",
        "discovery",
        "host",
        "ops",
    ),
    *("random", "recurring", "saving", "training", "variables", "vectorization", "weights"),
)
_NEEDED: Final = {"conftest": ("backend_under_test", "active_backend", "pytest_generate_tests")}
_PREFIX: Final = "test_"


@cache
def _exported() -> dict[str, Any]:
    # Only when they are asked for: pytest rewrites the assertions of modules that nobody has imported before it.
    found: dict[str, Any] = {}
    for family in _FAMILIES:
        for name, value in vars(importlib.import_module(f"{__name__}.test_{family}")).items():
            if name.startswith(_PREFIX) and callable(value):
                found[f"{_PREFIX}{family}_{name.removeprefix(_PREFIX)}"] = value
    for module, names in _NEEDED.items():
        found.update({name: getattr(importlib.import_module(f"{__name__}.{module}"), name) for name in names})
    return found


def __getattr__(name: str) -> Any:
    """Return what `import *` asks for."""
    if name == "__all__":
        return list(_exported())
    if name.startswith(_PREFIX) or name in {wanted for names in _NEEDED.values() for wanted in names}:
        exported = _exported()
        if name in exported:
            return exported[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
