"""Ops on symbolic tensors infer the shape and dtype that they compute."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_core import ops
from keras_core.runtime import dtypes
from keras_core.runtime.inference import broadcast_shapes, reshaped
from keras_core.runtime.keras_tensor import KerasTensor

FUNCTIONS = {
    "add": lambda x: x + ops.ones((4,)),
    "matmul": lambda x: ops.matmul(x, ops.ones((4, 5))),
    "reshape": lambda x: ops.reshape(x, (-1, 2)),
    "transpose": lambda x: ops.transpose(x, (0, 2, 1)),
    "swapaxes": lambda x: ops.swapaxes(x, 1, 2),
    "expand_dims": lambda x: ops.expand_dims(x, (1, -1)),
    "squeeze": lambda x: ops.squeeze(ops.expand_dims(x, 1), 1),
    "broadcast_to": lambda x: ops.broadcast_to(x[:, :1], ops.shape(x)),
    "concatenate": lambda x: ops.concatenate([x, x], -1),
    "concatenate_first": lambda x: ops.concatenate([x, ops.ones((1, 3, 4))], 0),
    "stack": lambda x: ops.stack([x, x, x], 1),
    "split": lambda x: ops.split(x, 3, axis=1)[0],
    "split_at": lambda x: ops.split(x, [1], axis=2)[1],
    "unstack": lambda x: ops.unstack(x, axis=1)[2],
    "tile": lambda x: ops.tile(x, (2, 1, 3)),
    "repeat": lambda x: ops.repeat(x, 2, axis=1),
    "roll": lambda x: ops.roll(x, 1, axis=1),
    "flip": lambda x: ops.flip(x, 1),
    "pad": lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1))),
    "ravel": lambda x: ops.ravel(x),
    "get_item": lambda x: x[:, 1:, ::2],
    "get_row": lambda x: x[:, -1],
    "take": lambda x: ops.take(x, [0, 2], axis=1),
    "sum": lambda x: ops.sum(x, axis=(0, 2)),
    "mean": lambda x: ops.mean(x, axis=-1, keepdims=True),
    "var": lambda x: ops.var(x),
    "argmax": lambda x: ops.argmax(x, axis=1),
    "any": lambda x: ops.any(x, axis=0),
    "cumsum": lambda x: ops.cumsum(x, axis=1),
    "sort": lambda x: ops.sort(x, axis=1),
    "top_k": lambda x: ops.top_k(x, 2)[1],
    "softmax": lambda x: ops.softmax(x),
    "log_softmax": lambda x: ops.log_softmax(x, axis=(1, 2)),
    "logsumexp": lambda x: ops.logsumexp(x, axis=1),
    "one_hot": lambda x: ops.one_hot(ops.argmax(x, axis=2), 7),
    "where": lambda x: ops.where(x > 0, x, 0.0),
    "cast": lambda x: ops.cast(x, "float16"),
    "einsum": lambda x: ops.einsum("bij,jk->bik", x, ops.ones((4, 2))),
    "einsum_outer": lambda x: ops.einsum("bij,bkl->bikjl", x, x),
    "einsum_ellipsis": lambda x: ops.einsum("...i,...i->...", x, x),
    "tensordot": lambda x: ops.tensordot(x, ops.ones((4, 6)), axes=1),
    "dot": lambda x: ops.dot(x, ops.ones((4, 6))),
    "norm": lambda x: ops.norm(x, axis=-1),
    "conv": lambda x: ops.conv(x, ops.ones((2, 4, 8)), padding="same"),
    "max_pool": lambda x: ops.max_pool(x, 2, padding="valid"),
    "layer_normalization": lambda x: ops.layer_normalization(x),
    "zeros_like": lambda x: ops.zeros_like(x, "int32"),
    "eye_like": lambda x: ops.matmul(x, ops.eye(4)),
    "round": lambda x: ops.round(x),
    "equal": lambda x: ops.equal(x, x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_inferred_is_computed(name):
    function = FUNCTIONS[name]
    x = ops.convert_to_tensor(np.random.default_rng(0).standard_normal((2, 3, 4)).astype("float32"))
    computed = function(x)
    known, unknown = function(KerasTensor((2, 3, 4))), function(KerasTensor((None, 3, 4)))
    assert known.shape == tuple(computed.shape)
    assert known.dtype == unknown.dtype == dtypes.standardize_dtype(computed.dtype)
    assert len(unknown.shape) == len(known.shape)
    assert all(mine in (None, theirs) for mine, theirs in zip(unknown.shape, known.shape, strict=True))


sizes = st.integers(0, 4)
shapes = st.lists(sizes, max_size=4).map(tuple)


@given(shapes, shapes)
@settings(max_examples=200, deadline=None)
def test_broadcasting_is_that_of_numpy(first, second):
    try:
        expected = np.broadcast_shapes(first, second)
    except ValueError:
        with pytest.raises(ValueError, match="broadcast"):
            broadcast_shapes(first, second)
    else:
        assert broadcast_shapes(first, second) == expected


@given(st.lists(st.one_of(st.none(), st.integers(1, 4)), max_size=4).map(tuple), st.data())
@settings(max_examples=200, deadline=None)
def test_unknown_sizes_never_claim_too_much(shape, data):
    """Whatever size an unknown one turns out to have, the broadcast shape agrees with the inferred one."""
    other = data.draw(st.lists(st.integers(1, 4), max_size=4).map(tuple))
    real = tuple(data.draw(st.integers(1, 4)) if size is None else size for size in shape)
    try:
        expected = np.broadcast_shapes(real, other)
    except ValueError:
        return
    inferred = broadcast_shapes(shape, other)
    assert all(mine in (None, theirs) for mine, theirs in zip(inferred, expected, strict=True))


@pytest.mark.parametrize(
    ("shape", "new", "expected"),
    [
        ((2, 3), (3, -1), (3, 2)),
        ((2, 3), (-1,), (6,)),
        ((None, 3), (-1, 3), (None, 3)),
        ((None, 4), (None, 2, -1), (None, 2, 2)),
        ((None, 4), (2, -1), (2, None)),
        ((), (1, 1), (1, 1)),
        ((0, 3), (0, 5), (0, 5)),
    ],
)
def test_reshapes(shape, new, expected):
    assert reshaped(shape, new) == expected


@pytest.mark.parametrize(("shape", "new"), [((2, 3), (4,)), ((2, 3), (-1, -1)), ((2, 3), (4, -1))])
def test_reshapes_that_do_not_fit(shape, new):
    with pytest.raises(ValueError, match="reshape"):
        reshaped(shape, new)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: ops.matmul(x, ops.ones((3, 2))), "matmul"),
        (lambda x: ops.concatenate([x, ops.ones((2, 5, 4))], -1), "concatenate"),
        (lambda x: ops.squeeze(x, 1), "squeeze"),
        (lambda x: ops.mean(x, axis=3), "mean"),
        (lambda x: ops.add(x, ops.ones((5,))), "broadcast"),
    ],
)
def test_errors_come_while_the_model_is_described(call, message):
    with pytest.raises(ValueError, match=message):
        call(KerasTensor((None, 3, 4)))


def test_calls_are_recorded():
    x = KerasTensor((None, 3))
    y = ops.relu(x + 1)
    assert y._keras_history is not None and x._keras_history is None
