"""What a user gets: python release/inventory.py FOLDER REQUIREMENT...

Installs the requirements, or the wheels in folders, into an environment of its own, and lists what is in it:
FOLDER/sbom.cdx.json is a bill of materials (CycloneDX), FOLDER/third-party.txt what is not ours, for pip-audit.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

OURS = (
    "keras-core",
    "keras-backend-jax",
    "keras-backend-torch",
    "keras-backend-tf",
    "keras-layers-extra",
    "keras-conformance",
)


def bill_of_materials(requirements: list[str]) -> dict[str, Any]:
    """Return the bill of an environment with the requirements and all that they need."""
    with tempfile.TemporaryDirectory() as environment:
        venv.create(environment)
        install = (sys.executable, "-m", "pip", "--python", environment, "install", "--quiet")
        subprocess.run([*install, *requirements], check=True)
        listing = (sys.executable, "-m", "cyclonedx_py", "environment", environment, "--output-reproducible")
        bill = json.loads(subprocess.run(listing, check=True, capture_output=True).stdout)
    for component in bill["components"]:
        for reference in component.get("externalReferences", ()):
            if reference["url"].startswith(
                "file:"
            ):  # the digest beside it says which file; the folder is nobody's matter
                reference["url"] = reference["url"].rpartition("/")[2]
    return bill


def third_party(bill: dict[str, Any]) -> list[str]:
    """Return what is not ours, each with its version."""
    components = ((component["name"].lower(), component["version"]) for component in bill["components"])
    return sorted(f"{name}=={version}" for name, version in components if name not in OURS)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    wanted = [str(wheel) for argument in sys.argv[2:] for wheel in sorted(Path(argument).glob("*.whl")) or [argument]]
    target.mkdir(parents=True, exist_ok=True)
    found = bill_of_materials(wanted)
    (target / "sbom.cdx.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (target / "third-party.txt").write_text("".join(f"{line}\n" for line in third_party(found)), encoding="utf-8")
