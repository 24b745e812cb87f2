"""The program in the README runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def test_the_program_runs(tmp_path: Path) -> None:
    programs = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(programs) == 1
    run = subprocess.run([sys.executable, "-c", programs[0]], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "Epoch 3/3" in run.stdout
    assert (tmp_path / "model.keras").exists()
