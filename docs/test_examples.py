"""`examples/transforms.py` reaches its targets on the backend of the environment, and says where it does not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "transforms.py"
BACKEND = os.environ.get("KERAS_CORE_BACKEND", "numpy")
PROGRAMS = ("training step", "gradient penalty", "physics-informed", "reinforcement")
WITHOUT_STEPS = """
import dataclasses, sys
sys.path.insert(0, sys.argv.pop(1))
import transforms
transforms.PROGRAMS = [dataclasses.replace(program, quick=(1, program.quick[1])) for program in transforms.PROGRAMS]
sys.exit(transforms.main(sys.argv[1:]))
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True)


@pytest.mark.parametrize("form", [[], ["--quick"]], ids=["full", "quick"])
def test_every_program_reaches_its_target(form: list[str]) -> None:
    done = run(str(EXAMPLE), *form, BACKEND)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(rf"^{BACKEND} +(.+?)  +\d", done.stdout, re.MULTILINE) == list(PROGRAMS)
    assert "MISSED" not in done.stdout


def test_a_program_that_does_not_learn_is_noticed() -> None:
    done = run("-c", WITHOUT_STEPS, str(EXAMPLE.parent), "--quick", BACKEND)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("MISSED") == len(PROGRAMS)
