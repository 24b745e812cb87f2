"""The database of ops and the public names agree."""

import inspect

import pytest

from keras_core import ops
from keras_core.contract import PRIMITIVE_NAMES
from keras_core.runtime.definition import DATABASE, DTYPE_RULES

PUBLIC = {
    name: function.definition
    for space in (ops, ops.image)
    for name, function in vars(space).items()
    if hasattr(function, "definition")
}
# What optimizers, layers, the random module and other ops call, and has no name in the Keras API.
INTERNAL = {
    *("adam_update", "each_update", "momentum_update", "sgd_update"),
    *("random_bits", "random_normal", "random_uniform"),
    *("digamma", "lgamma", "eigen_decomposition", "elastic_warp", "rearrange_axes", "gru", "lstm"),
}


def test_every_op_is_a_public_name_or_known_to_be_none():
    assert {definition.name for definition in PUBLIC.values()} == set(DATABASE) - INTERNAL


def test_public_functions_are_those_of_the_database():
    assert {name for name, definition in PUBLIC.items() if DATABASE.get(definition.name) is not definition} == set()


@pytest.mark.parametrize("name", DATABASE)
def test_definition_is_sound(name):
    op = DATABASE[name]
    parameters = op.signature.parameters
    assert set(op.tensors) | set(op.static) | op.lists | set(op.differentiable) <= set(parameters)
    assert op.dtype in DTYPE_RULES
    assert (op.body is None) == (op.primitive is not None)
    if op.primitive is not None:
        assert op.primitive in PRIMITIVE_NAMES
    assert op.since <= (1, 0)


@pytest.mark.parametrize("name", PUBLIC)
def test_documentation_is_complete(name):
    """One sentence first; an example; every parameter, where there is more than one."""
    documentation = inspect.getdoc(PUBLIC[name].function)
    assert documentation.splitlines()[0].endswith(".")
    assert "Example:" in documentation and ">>>" in documentation
    for parameter in PUBLIC[name].signature.parameters:
        assert parameter in documentation
