"""A program that ends at any of many moments goes on as if nothing had been; data know nothing of backends."""

import random

import pytest

from keras_core import use_backend
from resume import program
from resume.comparison import assert_same_after

MOMENTS = [
    *((moment, epoch, batch) for moment in ("batch_begin", "batch_end") for epoch in range(4) for batch in range(5)),
    *((moment, epoch, 0) for moment in ("epoch_begin", "validation", "epoch_end") for epoch in range(4)),
]
OPTIONS = [
    {},
    {"save_freq": "epoch"},
    {"save_freq": 4, "background": True},
    {"steps_per_execution": 2},
    {"lazy": True},
]


@pytest.mark.filterwarnings("ignore:the data ran out:UserWarning")
@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ",".join(options) or "each batch")
@pytest.mark.parametrize("kind", program.DATA)
def test_the_end_at_many_moments(tmp_path, undisturbed, kind, options):
    """Data know nothing of the backend, and this one compiles nothing."""
    with use_backend("numpy"):
        for moment in random.Random(f"{kind} {options}").sample(MOMENTS, 2):
            folder = tmp_path / "_".join(map(str, moment))
            folder.mkdir()
            assert_same_after(folder, undisturbed, kind, moment, options)
