"""Every op has cases, and every case an op."""

import importlib

import pytest

from keras_conformance import registry
from keras_conformance.components import KINDS, component_cases, public_classes
from keras_conformance.registry import SPECIAL
from keras_conformance.subject import Subject
from keras_core.contract import PRIMITIVE_NAMES


def test_every_op_has_a_case() -> None:
    """And every case an op."""
    assert set(registry.cases("ops")) == set(registry.definitions())


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_has_a_case(kind: str) -> None:
    """And every case a public class; those without have a reason, and are public too."""
    assert set(component_cases(kind)) == public_classes(kind)
    room = importlib.import_module(f"keras_core.{KINDS[kind].room}")
    assert set(KINDS[kind].not_examined) <= set(room.__all__)
    assert all(KINDS[kind].not_examined.values())


def test_every_primitive_has_a_case() -> None:
    """And every case a primitive."""
    assert set(registry.cases("primitives")) == set(PRIMITIVE_NAMES)


def test_what_is_left_out_has_a_reason() -> None:
    """Each special value is drawn or there is a reason why not; never both."""
    for kind in ("ops", "primitives"):
        for name, case in registry.cases(kind).items():
            for which in SPECIAL:
                assert (getattr(case, which) is None) == bool(case.without.get(which)), f"{kind}/{name}: {which}"


def test_derivatives_that_are_left_out_have_a_reason() -> None:
    """An op that is differentiable in the database has its derivative checked, or a reason."""
    for name, definition in registry.definitions().items():
        case = registry.cases("ops")[name]
        assert bool(definition.differentiable) == case.gradient or case.why_no_gradient, name


def test_kernels_are_of_composites(subject: Subject) -> None:
    """A kernel of an op that is a primitive would never be called."""
    primitive = {name for name, definition in registry.definitions().items() if definition.body is None}
    assert not subject.kernels & primitive
