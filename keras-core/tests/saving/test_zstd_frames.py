"""Bounds of compressed data from the headers of their blocks, against frames put together by hand."""

import pytest

from keras_core.saving.zstd_frames import LARGEST_BLOCK, MAGIC, largest_content

SMALLEST = 64  # for which a block counts at least
RAW, REPEATED, COMPRESSED, RESERVED = range(4)


def block(kind, size, content=b"", is_last=True):
    return (is_last | kind << 1 | size << 3).to_bytes(3, "little") + content


def single(size, *blocks, checksum=b""):
    """Return a frame whose header has the size of its content."""
    return MAGIC + bytes([0xA0 | 4 * bool(checksum)]) + size.to_bytes(4, "little") + b"".join(blocks) + checksum


def windowed(exponent, *blocks):
    """Return a frame whose header has the size of a window alone."""
    return MAGIC + bytes([0, exponent << 3]) + b"".join(blocks)


@pytest.mark.parametrize(
    ("frames", "bound"),
    [
        (single(300, block(RAW, 300, b"abc" * 100)), 300),
        (single(3, block(RAW, 3, b"abc"), checksum=b"1234"), SMALLEST),
        (single(900, block(RAW, 300, b"abc" * 100, False), block(REPEATED, 600, b"x")), 900),
        (single(1000, block(COMPRESSED, 5, b"abcde")), 1000),
        (single(1 << 20, block(COMPRESSED, 5, b"abcde")), LARGEST_BLOCK),
        (windowed(0, block(COMPRESSED, 5, b"abcde")), 1024),
        (windowed(10, block(COMPRESSED, 5, b"abcde", False), block(RAW, 0)), LARGEST_BLOCK + SMALLEST),
        (single(3, block(RAW, 3, b"abc")) * 4, 4 * SMALLEST),
        (
            single(4, *[block(REPEATED, LARGEST_BLOCK, b"x", False)] * 10_000, block(RAW, 0)),
            10_000 * LARGEST_BLOCK + SMALLEST,
        ),
        (MAGIC + bytes([0x60, 44, 1]) + block(COMPRESSED, 5, b"abcde"), 256 + 300),
        (MAGIC + bytes([0x20, 44]) + block(COMPRESSED, 5, b"abcde"), SMALLEST),
        (MAGIC + bytes([0x23, 1, 2, 3, 4, 44]) + block(COMPRESSED, 5, b"abcde"), SMALLEST),
    ],
)
def test_bound(frames, bound):
    for form in (frames, memoryview(frames)):
        assert largest_content(form, 1 << 40) == largest_content(form, bound) == bound
    with pytest.raises(ValueError, match="compressed data grow to more than"):
        largest_content(frames, bound - 1)


@pytest.mark.parametrize(
    "frames",
    [
        b"",
        b"no frame at all",
        MAGIC,
        MAGIC + b"\xa0\x00",
        single(3),
        single(3, block(RAW, 3, b"ab")),
        single(3, block(RESERVED, 3, b"abc")),
        single(3, block(REPEATED, LARGEST_BLOCK + 1, b"x")),
        single(3, block(RAW, 3, b"abc", False)),
        single(3, block(RAW, 3, b"abc")) + b"more",
    ],
)
def test_damaged(frames):
    with pytest.raises(ValueError, match=r"damaged|cut off|expected data compressed"):
        largest_content(frames, 1 << 40)
