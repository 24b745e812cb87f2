"""The checksum of zip archives, CRC-32, at a speed at which it does not matter.

With the instructions of today's processors it takes a twentieth of the time of a copy; the interpreter's `zlib` is
often built without them.
"""

from __future__ import annotations

from typing import Final

try:
    from zlib_ng.zlib_ng import crc32
except ImportError:  # where it has no wheel the metadata of this package do not ask for it: the same number, later
    from zlib import crc32

__all__ = ["BLOCK", "crc32"]

BLOCK: Final = 1 << 20
"""How many bytes are counted at once: few enough to be in the cache still when they were read or will be written."""
