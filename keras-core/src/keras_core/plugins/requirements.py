"""Whether what a distribution says it requires is installed, from metadata alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from packaging.requirements import Requirement

CORE_DISTRIBUTION = "keras-core"
FRAMEWORK_EXTRA = "framework"


class Unmet(NamedTuple):
    """What is missing, and the command that installs it."""

    reason: str
    repair: str


def unmet_requirements(distribution: "Distribution") -> Unmet | None:
    """Return what the distribution requires and the environment lacks, or None.

    Extras are not required, but for those whose names start with `framework`: where there are any, one of them must be
    satisfied as a whole. So a backend can offer several builds of its framework without demanding one.

    Raises:
        packaging.requirements.InvalidRequirement: where the metadata has no valid requirement.
    """
    from packaging.requirements import Requirement

    requirements = [Requirement(text) for text in distribution.requires or ()]
    problems = {
        requirement: list(_problems(requirement, set())) for requirement in requirements if _applies(requirement, "")
    }
    lacking = [requirement for requirement, found in problems.items() if found]
    if lacking:
        reason = "; ".join(problem for found in problems.values() for problem in found)
        return Unmet(reason, "pip install " + " ".join(f'"{_wanted(requirement)}"' for requirement in lacking))
    return _unmet_framework(distribution, requirements)


def _unmet_framework(distribution: "Distribution", requirements: "list[Requirement]") -> Unmet | None:
    offers: dict[str, list[Requirement]] = {}
    for extra in distribution.metadata.get_all("Provides-Extra") or ():
        if extra.lower().startswith(FRAMEWORK_EXTRA):
            of_extra = [item for item in requirements if _applies(item, extra) and not _applies(item, "")]
            if of_extra:  # none: the extra has nothing for this platform
                offers[extra] = of_extra
    if not offers:
        return None
    problems = {
        extra: [text for item in of_extra for text in _problems(item, set())] for extra, of_extra in offers.items()
    }
    if not all(problems.values()):
        return None
    reason = " or ".join(f"[{extra}] {'; '.join(found)}" for extra, found in problems.items())
    name = distribution.metadata["Name"]
    return Unmet(f"none of its extras is satisfied: {reason}", f'pip install "{name}[{next(iter(offers))}]"')


def _applies(requirement: "Requirement", extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _wanted(requirement: "Requirement") -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    location = f" @ {requirement.url}" if requirement.url else ""
    return f"{requirement.name}{extras}{requirement.specifier}{location}"


def _problems(requirement: "Requirement", seen: set[tuple[str, str]]) -> Iterator[str]:
    """Yield what is wrong with one requirement; `seen` ends the recursion into extras that name each other."""
    from importlib.metadata import PackageNotFoundError, distribution

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion

    try:
        installed = distribution(requirement.name)
    except PackageNotFoundError:
        # Core itself is here, whoever asks; it may run from a source tree that has no metadata.
        if canonicalize_name(requirement.name) != CORE_DISTRIBUTION:
            yield f"it needs {_wanted(requirement)}, which is not installed"
        return
    try:
        fits = requirement.specifier.contains(installed.version, prereleases=True)
    except InvalidVersion:
        fits = False
    if not fits:
        yield f"it needs {_wanted(requirement)}, installed is {requirement.name} {installed.version}"
        return
    for extra in sorted(requirement.extras):
        key = canonicalize_name(requirement.name), extra
        if key not in seen:
            seen.add(key)
            for inner in map(Requirement, installed.requires or ()):
                if _applies(inner, extra) and not _applies(inner, ""):
                    yield from _problems(inner, seen)
