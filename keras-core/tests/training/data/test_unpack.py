"""Batches as tuples."""

import pytest

from keras_core.training.data.unpack import pack_x_y_sample_weight, unpack_x_y_sample_weight


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (1, (1, None, None)),
        ((1,), (1, None, None)),
        ((1, 2), (1, 2, None)),
        ([1, 2], (1, 2, None)),
        ((1, 2, 3), (1, 2, 3)),
        ({"a": 1}, ({"a": 1}, None, None)),
    ],
)
def test_unpack(data, expected):
    assert unpack_x_y_sample_weight(data) == expected


@pytest.mark.parametrize("data", [(), (1, 2, 3, 4)])
def test_unpack_too_many_or_none(data):
    with pytest.raises(ValueError, match=f"got {len(data)}"):
        unpack_x_y_sample_weight(data)


@pytest.mark.parametrize("batch", [(1, 2, 3), (1, 2, None), (1, None, None), ([1, 2], None, None), ((1,), 2, None)])
def test_unpack_reverses_pack(batch):
    assert unpack_x_y_sample_weight(pack_x_y_sample_weight(*batch)) == batch
