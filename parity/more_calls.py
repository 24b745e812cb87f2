"""Calls of what has no conformance case: control flow, transforms, conversions, and random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from keras_conformance.case import Draw
from parity.calls import Call
from parity.sides import Side

Body = Callable[[Side, Any], Any]
"""Makes a call with an array drawn in some dtype."""

_NUMBERS: Final = ("uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64")
_FLOATS: Final = ("float16", "bfloat16", "float32", "float64")


def _ops(side: Side) -> Any:
    return side.api.ops


def _while_loop(side: Side, x: Any) -> Any:
    return _ops(side).while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y + y), (side.tensor(np.int32(0)), x))


def _limited_loop(side: Side, x: Any) -> Any:
    return _ops(side).while_loop(lambda y: True, lambda y: y + y, x, maximum_iterations=2)


def _scan(side: Side, x: Any) -> Any:
    return _ops(side).scan(lambda carry, row: (carry + row, carry * row), x[0], x)


def _counted_scan(side: Side, x: Any) -> Any:
    return _ops(side).scan(lambda carry, _: (carry + carry, carry), x[0], length=3)


def _backward_scan(side: Side, x: Any) -> Any:
    return _ops(side).scan(lambda carry, row: (carry + row, carry), x[0], x, reverse=True)


def _custom_gradient(side: Side, x: Any) -> Any:
    return _ops(side).custom_gradient(lambda y: (y * y, lambda *_, upstream=None: upstream))(x)


def _switch(side: Side, x: Any) -> Any:
    branches = [lambda y: y + y, lambda y: y * y]
    return [_ops(side).switch(side.tensor(np.int32(index)), branches, x) for index in (0, 1, 7)]


def _cond(side: Side, x: Any) -> Any:
    return [_ops(side).cond(side.tensor(np.array(flag)), lambda: x + x, lambda: x * x) for flag in (True, False)]


def _jvp(path: str) -> Body:
    return lambda side, x: side.function(path)(lambda y: y * y, (x,), (x,))


BODIES: Final[dict[str, tuple[tuple[str, ...], tuple[Body, ...]]]] = {
    "ops.array": (_NUMBERS, (lambda s, x: _ops(s).array(x), lambda s, x: _ops(s).array(x, "float16"))),
    "ops.convert_to_tensor": (
        ("bool", *_NUMBERS),
        (
            lambda s, x: _ops(s).convert_to_tensor(x),
            lambda s, x: _ops(s).convert_to_tensor(x, "float32"),
            lambda s, x: _ops(s).convert_to_tensor([1, 2]),
            lambda s, x: _ops(s).convert_to_tensor([1.5, 2]),
            lambda s, x: _ops(s).convert_to_tensor([True, False]),
            lambda s, x: _ops(s).convert_to_tensor(3),
            lambda s, x: _ops(s).convert_to_tensor(3.5),
        ),
    ),
    "ops.convert_to_numpy": (_NUMBERS, (lambda s, x: _ops(s).convert_to_numpy(x),)),
    "ops.is_tensor": (("float32",), (lambda s, x: [_ops(s).is_tensor(y) for y in (x, 1.0, [1.0], "a")],)),
    "ops.dtype": (("bool", *_NUMBERS), (lambda s, x: _ops(s).dtype(x),)),
    "ops.shape": (("float32",), (lambda s, x: _ops(s).shape(x), lambda s, x: _ops(s).shape(x[0, 0]))),
    "ops.ndim": (("float32",), (lambda s, x: _ops(s).ndim(x),)),
    "ops.identity": (
        ("float32",),
        (lambda s, x: _ops(s).identity(3), lambda s, x: _ops(s).identity(2, dtype="int32")),
    ),
    "ops.cond": (_NUMBERS, (_cond,)),
    "ops.switch": (_NUMBERS, (_switch,)),
    "ops.while_loop": (_NUMBERS, (_while_loop, _limited_loop)),
    "ops.fori_loop": (_NUMBERS, (lambda s, x: _ops(s).fori_loop(0, 3, lambda i, y: y + y, x),)),
    "ops.scan": (_NUMBERS, (_scan, _counted_scan, _backward_scan)),
    "ops.associative_scan": (
        _NUMBERS,
        (
            lambda s, x: _ops(s).associative_scan(lambda a, b: a + b, x),
            lambda s, x: _ops(s).associative_scan(lambda a, b: a + b, x, reverse=True, axis=1),
        ),
    ),
    "ops.map": (_NUMBERS, (lambda s, x: _ops(s).map(lambda row: row + row, x),)),
    "ops.vectorized_map": (_NUMBERS, (lambda s, x: _ops(s).vectorized_map(lambda row: row + row[0], x),)),
    "ops.vectorize": (
        _NUMBERS,
        (
            lambda s, x: _ops(s).vectorize(lambda a, b: a + b)(x, x),
            lambda s, x: _ops(s).vectorize(lambda a: _ops(s).sum(a), signature="(n)->()")(x),
        ),
    ),
    "ops.custom_gradient": (_FLOATS, (_custom_gradient,)),
    "ops.jvp": (_FLOATS, (_jvp("ops.jvp"),)),
    "ops.linalg.jvp": (_FLOATS, (_jvp("ops.linalg.jvp"),)),
    "ops.rearrange": (
        _NUMBERS,
        (
            lambda s, x: _ops(s).rearrange(x, "a b -> b a"),
            lambda s, x: _ops(s).rearrange(x, "(a c) b -> a (b c)", c=2),
        ),
    ),
}


def _random(name: str, *positional: Any, **named: Any) -> Body:
    return lambda side, x: getattr(side.api.random, name)(*positional, **named, seed=7)


def _of_tensor(name: str, **named: Any) -> Body:
    return lambda side, x: getattr(side.api.random, name)(side.api.ops.absolute(x) + 1, **named, seed=7)


def _drawn_in(name: str, *positional: Any) -> Body:
    """A random function that is told the dtype, that of the array."""
    return lambda side, x: getattr(side.api.random, name)(*positional, dtype=str(np.asarray(x).dtype), seed=7)


def _seeds(side: Side, x: Any) -> Any:
    generator = side.api.random.SeedGenerator(7)
    return [generator.state.value, generator.next()]


RANDOM: Final[dict[str, tuple[tuple[str, ...], tuple[Body, ...]]]] = {
    "random.normal": (_FLOATS, (_drawn_in("normal", (2, 3)), _random("normal", ()))),
    "random.uniform": (_FLOATS, (_drawn_in("uniform", (2, 3)), _random("uniform", (0, 3)))),
    "random.truncated_normal": (_FLOATS, (_drawn_in("truncated_normal", (2, 3)), _random("truncated_normal", (4,)))),
    "random.gamma": (_FLOATS, (_drawn_in("gamma", (2, 3), 2.0), _random("gamma", (4,), 0.5))),
    "random.beta": (_FLOATS, (_drawn_in("beta", (2, 3), 2.0, 3.0), _random("beta", (4,), 0.5, 0.5))),
    "random.binomial": (_FLOATS, (_drawn_in("binomial", (2, 3), 5.0, 0.5), _random("binomial", (4,), 3, 0.1))),
    "random.randint": (
        ("int8", "uint8", "int32", "uint32"),
        (_drawn_in("randint", (2, 3), 0, 9), _random("randint", (4,), 0, 9)),
    ),
    "random.categorical": (
        _FLOATS,
        (_of_tensor("categorical", num_samples=5), _of_tensor("categorical", num_samples=5, dtype="uint8")),
    ),
    "random.dropout": (
        _FLOATS,
        (_of_tensor("dropout", rate=0.5), _of_tensor("dropout", rate=0.5, noise_shape=(4, 1))),
    ),
    "random.shuffle": (_NUMBERS, (_of_tensor("shuffle"), _of_tensor("shuffle", axis=1))),
    "random.SeedGenerator": (("float32",), (_seeds,)),
    "ops.image.elastic_transform": (
        _FLOATS,
        (lambda s, x: s.api.ops.image.elastic_transform(s.api.ops.reshape(x, (4, 3, 1)), seed=7),),
    ),
}


def more_calls(path: str) -> Iterator[Call]:
    """Yield the calls of a function that has no conformance case."""
    values = path in BODIES
    dtypes, bodies = BODIES[path] if values else RANDOM[path]
    for dtype in dtypes:
        for position, body in enumerate(bodies):
            array = Draw(f"{path}/{dtype}", dtype).array((4, 3))

            def run(side: Side, body: Body = body, array: np.ndarray = array) -> Any:
                return body(side, side.tensor(array))

            yield Call(path, f"sample{position}", dtype, run, values=values)
