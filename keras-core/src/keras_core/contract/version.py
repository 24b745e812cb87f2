"""The version of the contract, apart from the version of any package."""

from typing import Final

CONTRACT_VERSION: Final[tuple[int, int]] = (1, 0)
"""Major and minor. A new primitive with a composite default raises the minor, a changed signature the major."""


def is_compatible(written_for: tuple[int, int]) -> bool:
    """Tell whether a plugin written for this contract version works with this core.

    Args:
        written_for: `(major, minor)` of the contract that the plugin states.

    Returns:
        True where the major is the same and the plugin's minor is not newer than core's.
    """
    major, minor = CONTRACT_VERSION
    return written_for[0] == major and written_for[1] <= minor
