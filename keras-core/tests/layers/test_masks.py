"""Masks: who makes them, who passes them on, who gets them."""

import gc
import weakref

import numpy as np
import pytest

from keras_core import ops
from keras_core.layers import Input, Layer
from keras_core.models import Model, Sequential
from keras_core.runtime.call_context import any_masks, get_mask, set_mask
from keras_core.transforms import jit

IDS = np.array([[1, 2, 0], [3, 0, 0]], "int32")
MASK = [[True, True, False], [True, False, False]]


class Makes(Layer):
    def call(self, inputs):
        return ops.cast(ops.expand_dims(inputs, -1), "float32")

    def compute_mask(self, inputs, previous_mask=None):
        return ops.not_equal(inputs, 0)


class Passes(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs):
        return inputs * 2.0


class Uses(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.sum(inputs, axis=1)
        return ops.sum(ops.where(ops.expand_dims(mask, -1), inputs, 0), axis=1)

    def compute_mask(self, inputs, previous_mask=None):
        return None


class Blind(Layer):
    def call(self, inputs):
        return inputs + 1.0


def host(x):
    return ops.convert_to_numpy(x)


def test_mask_travels_between_single_calls():
    x = Passes()(Makes()(IDS))
    assert host(get_mask(x)).tolist() == MASK
    assert host(Uses()(x)).tolist() == [[6.0], [6.0]]
    assert get_mask(Uses()(x)) is None


def test_mask_is_gone_with_its_tensor():
    x = Makes()(IDS)
    mask = weakref.ref(get_mask(x))
    assert mask() is not None and any_masks()
    del x
    assert mask() is None


def test_masks_of_a_compiled_call_are_gone_with_its_trace():
    def traced():
        def call(x):
            y = Passes()(Makes()(x))
            seen.append(weakref.ref(get_mask(y)))
            return Uses()(y)

        assert host(jit(call)(ops.convert_to_tensor(IDS))).tolist() == [[6.0], [6.0]]

    seen = []
    traced()
    gc.collect()
    assert seen and [mask() for mask in seen] == [None] * len(seen)
    assert not any_masks()


def test_mask_is_taken_off():
    x = Makes()(IDS)
    set_mask(x, None)
    assert get_mask(x) is None
    assert not any_masks()


def test_mask_survives_a_cast():
    x = Makes()(IDS)
    assert host(Uses(dtype="float16")(x)).tolist() == [[3.0], [3.0]]


def test_lost_mask_warns_with_the_name():
    x = Makes()(IDS)
    with pytest.warns(UserWarning, match=r"layer 'blind_one' \(Blind\) got an input with a mask"):
        y = Blind(name="blind_one")(x)
    assert get_mask(y) is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["functional", "sequential", "nested"])
def test_masks_inside_models(kind):
    i = Input((3,), dtype="int32")
    if kind == "functional":
        model = Model(i, Uses()(Passes()(Makes()(i))))
    elif kind == "sequential":
        model = Sequential([i, Makes(), Passes(), Uses()])
    else:
        model = Model(i, Uses()(Sequential([Makes(), Passes()])(i)))
    assert host(model(IDS)).tolist() == [[6.0], [6.0]]


def test_explicit_mask():
    x = np.ones((2, 3, 1), "float32")
    assert host(Uses()(x, mask=np.array(MASK))).tolist() == [[2.0], [1.0]]
    i = Input((3, 1))
    assert host(Model(i, Uses()(i))(x, mask=np.array(MASK))).tolist() == [[2.0], [1.0]]


def test_masks_of_several_arguments():
    class Attention(Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = True

        def call(self, query, value, query_mask=None, value_mask=None):
            assert host(query_mask).tolist() == MASK and value_mask is None
            return query

    assert host(get_mask(Attention()(Makes()(IDS), np.ones((2, 3), "float32")))).tolist() == MASK


def test_mask_of_a_list():
    class Join(Layer):
        def call(self, inputs, mask=None):
            return inputs[0] + inputs[1]

        def compute_mask(self, inputs, previous_mask=None):
            return previous_mask[0]

    x = Makes()(IDS)
    assert host(get_mask(Join()([x, np.ones((2, 3, 1), "float32")]))).tolist() == MASK
