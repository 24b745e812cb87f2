"""HDF5 files that reach out of themselves or claim more than they hold."""

import h5py
import numpy as np
import pytest
from h5py import h5d, h5p, h5s, h5t

from keras_core.saving import ModelFileError, load_model

PLACE = "layers/dense/vars/1"
SECRET = b"the secret of another file, 64 bytes of it, none may be read...."


def replace(file, **arguments):
    del file[PLACE]
    file.create_dataset(PLACE, **arguments)


def external_storage(file, secret):
    replace(file, shape=(4,), dtype="float32", external=[(str(secret), 0, 16)])


def external_link(file, secret):
    del file[PLACE]
    file[PLACE] = h5py.ExternalLink(str(secret), "/x")


def soft_link(file, secret):
    del file[PLACE]
    file[PLACE] = h5py.SoftLink("/layers/dense_1/vars/1")


def dangling_soft_link(file, secret):
    file["layers/dense/more"] = h5py.SoftLink("/nowhere")


def virtual(file, secret):
    layout = h5py.VirtualLayout((4,), "float32")
    layout[:] = h5py.VirtualSource(str(secret), "x", shape=(4,))
    del file[PLACE]
    file.create_virtual_dataset(PLACE, layout)


def cycle(file, secret):
    file["layers/dense/again"] = file["layers"]


def second_name(file, secret):
    file["layers/dense/vars/2"] = file["layers/dense/vars/0"]


def named_type(file, secret):
    file["layers/dense/kind"] = np.dtype("float32")


def text(file, secret):
    replace(file, data=["a", "b", "c", "d"])


def reference(file, secret):
    replace(file, shape=(4,), dtype=h5py.ref_dtype)


def ragged(file, secret):
    replace(file, shape=(4,), dtype=h5py.vlen_dtype("float32"))


def record(file, secret):
    replace(file, shape=(4,), dtype=[("a", "float32"), ("b", "int32")])


def opaque(file, secret):
    replace(file, data=np.zeros(4, "V16"))


def enumeration(file, secret):
    replace(file, shape=(4,), dtype=h5py.enum_dtype({"a": 1, "b": 2}))


def other_half(file, secret):
    replace(file, data=np.zeros(4, "V4"))
    file[PLACE].attrs["dtype"] = "bfloat16"


def empty(file, secret):
    replace(file, data=h5py.Empty("float32"))


def unwritten(file, secret):
    replace(file, shape=(1 << 40,), dtype="float32")


def unwritten_chunks(file, secret):
    replace(file, shape=(1 << 20, 1 << 20), dtype="float32", chunks=(64, 64), compression="gzip")


def bomb(file, secret):
    replace(file, data=np.zeros(8_000_000, "float32"), compression="gzip", chunks=(1_000_000,))


def filter_plugin(file, secret):
    plan = h5p.create(h5p.DATASET_CREATE)
    plan.set_chunk((4,))
    plan.set_filter(305, h5py.h5z.FLAG_OPTIONAL)
    del file[PLACE]
    space = h5s.create_simple((4,))
    dataset = h5d.create(file["layers/dense/vars"].id, b"1", h5t.IEEE_F32LE, space, plan)
    dataset.write(h5s.ALL, h5s.ALL, np.zeros(4, "float32"))


def scale_offset(file, secret):
    replace(file, data=np.zeros(4, "float32"), scaleoffset=2)


def deep(file, secret):
    group = file["layers"]
    for _ in range(100):
        group = group.create_group("layers")


def array_outside_vars(file, secret):
    file["layers/dense/extra"] = np.zeros(3)


CASES = {
    external_storage: "arrays stored in other files are refused",
    external_link: "soft and external links are refused",
    soft_link: "soft and external links are refused",
    dangling_soft_link: "soft and external links are refused",
    virtual: "virtual arrays are refused",
    cycle: "no object may be reached in two ways",
    second_name: "no object may be reached in two ways",
    named_type: "only groups and arrays are expected",
    text: "arrays must be of fixed-size numbers",
    reference: "arrays must be of fixed-size numbers",
    ragged: "arrays must be of fixed-size numbers",
    record: "arrays must be of fixed-size numbers",
    opaque: "arrays must be of fixed-size numbers",
    enumeration: "arrays must be of fixed-size numbers",
    other_half: "arrays must be of fixed-size numbers",
    empty: "arrays must have a shape",
    unwritten: "it claims 4398046511104 bytes and has 0",
    unwritten_chunks: "it claims 4398046511104 bytes and has 0",
    bomb: "it claims 32000000 bytes and has",
    filter_plugin: "only gzip is known as a compression",
    scale_offset: "only gzip is known as a compression",
    deep: "groups may be nested 64 deep",
    array_outside_vars: "arrays are expected only in groups named 'vars'",
}


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("whole", [True, False], ids=["keras", "weights"])
def test_refused(change, whole, model, tmp_path, rewrite_weights):
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    before = [variable.numpy() for variable in model.weights]
    path = tmp_path / ("x.keras" if whole else "x.weights.h5")
    if whole:
        model.save(path)
        rewrite_weights(path, lambda file: change(file, secret))
    else:
        model.save_weights(path)
        with h5py.File(path, "r+") as file:
            change(file, secret)
    with pytest.raises(ModelFileError, match=CASES[change]) as caught:
        load_model(path) if whole else model.load_weights(path)
    assert "secret of another" not in str(caught.value)
    for variable, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_compressed_arrays_are_read(saved, model, inputs, rewrite_weights, assert_same):
    kernel = model.weights[0].numpy()

    def change(file):
        del file["layers/dense/vars/0"]
        file.create_dataset("layers/dense/vars/0", data=kernel, compression="gzip", shuffle=True, fletcher32=True)

    rewrite_weights(saved, change)
    assert_same(model, load_model(saved), inputs)


def test_no_hdf5(saved, rewrite):
    rewrite(saved, model=lambda content: b"nothing of the kind")
    with pytest.raises(ModelFileError, match="expected HDF5"):
        load_model(saved)


@pytest.mark.parametrize("seed", range(30))
def test_damaged_hdf5_is_refused_or_read(seed, saved, rewrite):
    """Whatever bytes are changed, there is a model or the one error; never another one, or a crash."""
    random = np.random.default_rng(seed)

    def damage(content):
        content = bytearray(content)
        for _ in range(8):
            content[random.integers(len(content))] = random.integers(256)
        return bytes(content)

    rewrite(saved, model=damage)
    try:
        assert len(load_model(saved).weights) == 4
    except ModelFileError as error:
        assert "model" in str(error)
