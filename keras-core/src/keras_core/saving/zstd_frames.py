"""What data compressed by Zstandard grow to at most, without unpacking them.

A frame of a few bytes may grow to gigabytes, and the libraries that read one make room as they go. Its blocks say how
large they are, so the bound is known from the headers alone. The layout is that of RFC 8878.
"""

from __future__ import annotations

from typing import Final

Buffer = bytes | memoryview

MAGIC: Final = b"\x28\xb5\x2f\xfd"
LARGEST_BLOCK: Final = 128 << 10
"""No block grows to more."""

_SMALLEST: Final = 64
"""What a block counts for at least, so that a bound for the content is one for the number of blocks too."""

_RAW, _REPEATED, _COMPRESSED = range(3)
_CONTENT_SIZES: Final = (0, 2, 4, 8)
_DICTIONARY_SIZES: Final = (0, 1, 2, 4)


def largest_content(frames: Buffer, most: int) -> int:
    """Return how many bytes frames, one behind the other, grow to at most.

    Args:
        frames: the frames and nothing else.
        most: beyond which nobody counts on.

    Raises:
        ValueError: where they are damaged or something else, as far as they were looked at, or grow to more.
    """
    position = content = 0
    while position < len(frames) or not position:
        position, grown = _frame(frames, position, most - content)
        content += grown
    return content


def _frame(frames: Buffer, start: int, most: int) -> tuple[int, int]:
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
        content += max(block if kind == _COMPRESSED else size, _SMALLEST)
        if content > most:
            raise ValueError(f"compressed data grow to more than {most} bytes")
    return position + 4 * has_checksum, content


def _header(frames: Buffer, position: int) -> tuple[int, int, bool]:
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


def _taken(frames: Buffer, start: int, count: int) -> Buffer:
    part = frames[start : start + count]
    if len(part) != count:
        raise ValueError("compressed data are cut off")
    return part
