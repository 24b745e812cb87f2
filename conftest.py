"""Names that the examples in docstrings may use without importing them."""

from collections.abc import Iterator

import pytest


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
