"""What data compressed by Zstandard grow to at most, without unpacking them.

A frame of a few bytes may grow to gigabytes, and the libraries that read one make room as they go. Its blocks say how
large they are, so the bound is known from the headers alone. The layout is that of RFC 8878.
"""

from __future__ import annotations

from typing import Final

MAGIC: Final = b"\x28\xb5\x2f\xfd"
LARGEST_BLOCK: Final = 128 << 10
"""No block grows to more."""

_RAW, _REPEATED, _COMPRESSED = range(3)
_CONTENT_SIZES: Final = (0, 2, 4, 8)
_DICTIONARY_SIZES: Final = (0, 1, 2, 4)


def largest_content(frames: bytes) -> int:
    """Return how many bytes frames, one behind the other, grow to at most.

    Args:
        frames: the frames and nothing else.

    Raises:
        ValueError: where they are damaged, or something else.
    """
    position = content = 0
    while position < len(frames) or not position:
        position, grown = _frame(frames, position)
        content += grown
    return content


def _frame(frames: bytes, start: int) -> tuple[int, int]:
    """Return where a frame ends, and how many bytes it grows to at most."""
    if frames[start : start + 4] != MAGIC:
        raise ValueError("expected data compressed by Zstandard")
    position, block, has_checksum = _header(frames, start + 4)
    content, is_last = 0, False
    while not is_last:
        header = int.from_bytes(_taken(frames, position, 3), "little")
        is_last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        if kind > _COMPRESSED or size > LARGEST_BLOCK:
            raise ValueError("a block of compressed data is damaged")
        stored = 1 if kind == _REPEATED else size
        _taken(frames, position + 3, stored)
        position += 3 + stored
        content += block if kind == _COMPRESSED else size
    return position + 4 * has_checksum, content


def _header(frames: bytes, position: int) -> tuple[int, int, bool]:
    """Return where the first block begins, what a block grows to at most, and whether a checksum follows the last."""
    descriptor = _taken(frames, position, 1)[0]
    is_single = bool(descriptor & 0x20)
    position += 1
    window = LARGEST_BLOCK
    if not is_single:
        exponent, mantissa = divmod(_taken(frames, position, 1)[0], 8)
        window = (1 << 10 + exponent) // 8 * (8 + mantissa)
        position += 1
    position += _DICTIONARY_SIZES[descriptor & 3]
    size = _CONTENT_SIZES[descriptor >> 6] or int(is_single)
    if is_single:  # the window is the content, whose size stands here
        window = int.from_bytes(_taken(frames, position, size), "little") + (256 if size == 2 else 0)
    return position + size, min(window, LARGEST_BLOCK), bool(descriptor & 4)


def _taken(frames: bytes, start: int, count: int) -> bytes:
    part = frames[start : start + count]
    if len(part) != count:
        raise ValueError("compressed data are cut off")
    return part
