"""The numbers and rules that keep the design honest, counted in the source of this repository."""

import ast
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from keras_core.contract import PRIMITIVE_NAMES

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "keras-core" / "src" / "keras_core"
LINES_OF_BACKENDS = {
    "keras-backend-jax": 1200,
    "keras-backend-torch": 1200,
    "keras-backend-tf": 1500,
    "conformance/examples/keras-backend-minimal": 300,
}
FRAMEWORK = re.compile(r"jax|torch|tensorflow|\btf\b", re.IGNORECASE)


@pytest.mark.parametrize(("folder", "bound"), LINES_OF_BACKENDS.items())
def test_a_backend_is_small(folder: str, bound: int) -> None:
    files = list((ROOT / folder / "src").rglob("*.py"))
    assert files
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) <= bound


def test_mandatory_primitives_are_few() -> None:
    assert 0 < len(PRIMITIVE_NAMES) <= 120


def names_in_code(source: str) -> list[str]:
    """Names and strings of a program; docstrings, and strings that stand alone as they do, are documentation."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in documentation:
                found.append(text)
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(name=name):
                found.append(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.ImportFrom(module=str(name)):
                found.append(name)
            case ast.keyword(arg=str(name)):
                found.append(name)
    return found


def test_core_names_no_framework() -> None:
    """Outside the embedded backend, no program text names a framework: so nothing can branch on one."""
    named = {
        f"{path.relative_to(CORE)}: {text}"
        for path in sorted(CORE.rglob("*.py"))
        if "backends" not in path.relative_to(CORE).parts
        for text in names_in_code(path.read_text(encoding="utf-8"))
        if FRAMEWORK.search(text)
    }
    assert named == set()


@pytest.mark.parametrize(
    "source",
    [
        'if backend() == "torch": pass',
        "import jax.numpy",
        "from tensorflow import x",
        "f(jax=1)",
        "def on_torch(): ...",
    ],
)
def test_a_framework_in_code_is_found(source: str) -> None:
    assert any(FRAMEWORK.search(text) for text in names_in_code(source))


def test_documentation_may_name_frameworks() -> None:
    assert not any(FRAMEWORK.search(text) for text in names_in_code('"""As in torch."""\nx = 1  # as in jax\n"jax"'))


def test_core_does_not_ask_for_the_name_of_the_backend() -> None:
    """No comparison in core has the name of a backend on one side."""
    asked = []
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
                if any(re.search(r"\bbackend\(\)|\b(table|active\(\)|d)\.name\b", side) for side in sides):
                    asked.append(f"{path.relative_to(CORE)}:{node.lineno}: {ast.unparse(node)}")
    assert asked == []


def test_every_kernel_of_the_embedded_backend_has_a_row_in_the_benchmark() -> None:
    """And every row an op; `benchmarks/kernels.py` itself refuses a kernel of the other backends without a row."""
    from keras_core import ops  # noqa: F401 - fills the database
    from keras_core.runtime.definition import DATABASE
    from keras_core.runtime.table import load_table

    rows = runpy.run_path(str(ROOT / "benchmarks" / "kernel_rows.py"))["ROWS"]
    assert set(load_table("numpy").kernels) <= set(rows) <= set(DATABASE)


def test_environments_of_tox_compile_as_the_ledger_says() -> None:
    """A variable that tox sets hides that of a ledger, so it must have the same value."""
    ledger = ROOT / "keras-backend-jax" / "src" / "keras_backend_jax" / "conformance.toml"
    declared = tomllib.loads(ledger.read_text(encoding="utf-8"))["environment"]
    lines = (ROOT / "tox.ini").read_text(encoding="utf-8").splitlines()
    for entry in declared:
        wanted = f"jax: {entry['variable']} = {entry['value']}"
        assert wanted in map(str.strip, lines)
