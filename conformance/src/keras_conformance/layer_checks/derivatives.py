"""Properties of derivatives and of compiled calls."""

from __future__ import annotations

import numpy as np

from keras_conformance.layer_checks.examination import Examination

_STEP = 1e-6
_RELATIVE, _ABSOLUTE = 1e-5, 1e-7
"""How near a derivative in float64 must be to the difference quotient of that step."""


def check_gradient(examination: Examination) -> None:
    """Check the gradients by all inputs and weights beside those of the reference, and these beside differences."""
    expected = examination.expected_evaluation
    for compiled in (True, False) if examination.eager_derivatives else (True,):
        what = "compiled" if compiled else "eager"
        with examination.doing("gradient", f"{what} derivatives"):
            found = examination.evaluated(compiled)
        pairs = zip(expected.gradients.items(), found.gradients.items(), strict=True)
        for (_, other), (name, gradient) in pairs:
            examination.near("gradient", f"{what}, by {name}", other, gradient, 2)
    if not examination.specimen.why_not_smooth:
        _check_differences(examination)


def _check_differences(examination: Examination) -> None:
    """Hold the gradients of the reference against what happens when an input or weight moves in a random direction."""
    reference, training = examination.reference, examination.training
    random = np.random.Generator(np.random.Philox(key=13))
    for name, value in reference.differentiable().items():
        direction = random.normal(size=value.shape)
        ahead, behind = (reference.total(training, {name: value + sign * _STEP * direction}) for sign in (1, -1))
        expected = (ahead - behind) / (2 * _STEP)
        got = float(np.sum(examination.expected_evaluation.gradients[name] * direction))
        if not abs(got - expected) <= _ABSOLUTE + _RELATIVE * max(abs(expected), abs(ahead), 1.0):
            raise examination.differs("gradient", f"by {name}, in a random direction, in float64", expected, got)


def check_compiled(examination: Examination) -> None:
    """Check that a compiled call gives the outputs, the losses and the new state of an eager one."""
    bench, training = examination.bench, examination.training
    with examination.doing("compiled", "a compiled call"):
        found = examination.evaluated(compiled=True)
    with bench.at_work():
        eager = bench.forward(training)
        losses = [bench.array(loss) for loss in bench.layer.losses]
        state = [(v.path, v.numpy()) for v in bench.layer.non_trainable_weights]
    examination.demand("compiled", "number of losses", len(losses), len(found.losses))
    for position, (one, other) in enumerate(zip(found.outputs, eager.outputs, strict=True)):
        examination.demand("compiled", f"dtype of output {position}", other.dtype.name, one.dtype.name)
        examination.near("compiled", f"output {position}", other, one, 2)
    for position, (one, other) in enumerate(zip(found.losses, losses, strict=True)):
        examination.near("compiled", f"loss {position}", other, one, 2)
    for (path, value), (other_path, other) in zip(found.state.items(), state, strict=True):
        examination.demand("compiled", "path of a variable", other_path, path)
        examination.near("compiled", f"'{path}' afterwards", other, value, 2)
    expected = examination.expected_evaluation
    for (path, value), other in zip(found.state.items(), expected.state.values(), strict=True):
        examination.near("compiled", f"'{path}' afterwards, beside the reference", other, value, 2)
