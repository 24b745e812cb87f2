"""What every test begins with: fixed seeds, and the names that examples in docstrings use without importing them."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest


@pytest.fixture(autouse=True)
def fixed_seed() -> None:
    """Seed the process, so that a test which draws without a seed of its own ends the same way in every run."""
    if find_spec("keras_core") is not None:  # the tests of `release/` have it in environments of their own
        from keras_core.runtime.seeding import set_random_seed

        set_random_seed(0)


@pytest.fixture(autouse=True)
def names_of_examples(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give `np`, `keras_core` (also as `keras`) and `ops` to a doctest, and leave its backend as it was."""
    if not isinstance(request.node, pytest.DoctestItem):
        yield
        return
    import numpy

    import keras_core
    from keras_core import ops

    namespace = request.getfixturevalue("doctest_namespace")
    namespace.update(np=numpy, keras_core=keras_core, keras=keras_core, ops=ops)
    with keras_core.use_backend("numpy"):
        yield
