"""The two that are compared: `keras_core` on its NumPy backend, and Keras on one of its own backends."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import keras_core
from keras_core.runtime.call_context import set_mask


@dataclass(frozen=True)
class Side:
    """One of the two.

    Attributes:
        name: of the package.
        api: the package itself, whose functions a call uses.
        tensor: an array as a tensor.
        backend: on which it computes.
        gradient: a function of a tree of tensors as a function that returns its gradients, in a tree like it.
    """

    name: str
    api: Any
    tensor: Callable[[Any], Any]
    backend: str
    gradient: Callable[[Callable[[Any], Any]], Callable[[Any], Any]]

    def function(self, path: str) -> Any:
        """Return what has a path below the package, such as `"ops.linalg.norm"`.

        Raises:
            AttributeError: where there is nothing.
        """
        found = self.api
        for part in path.split("."):
            found = getattr(found, part)
        return found


@dataclass(frozen=True)
class Leaf:
    """One result.

    Attributes:
        dtype: its name; of what is no tensor, that of the Python type.
        shape: of the tensor.
        value: an array, a Python object; None of a tensor of which only dtype and shape are known.
    """

    dtype: str
    shape: tuple[int, ...]
    value: Any


@dataclass(frozen=True)
class Failure:
    """An exception: the names of its class and of the classes that it extends, and what it says."""

    classes: tuple[str, ...]
    message: str

    def related(self, other: Failure) -> bool:
        """Tell whether who catches one of the two exceptions by its class catches the other."""
        return self.classes[0] in other.classes or other.classes[0] in self.classes


@dataclass(frozen=True)
class Outcome:
    """What a call gave: results in order, or the exception."""

    leaves: tuple[Leaf, ...] = ()
    failure: Failure | None = None


Run = Callable[[Side], Any]


def outcome(side: Side, run: Run) -> Outcome:
    """Return what a call gives on one side, exceptions included."""
    scope = keras_core.use_backend(side.backend) if side.api is keras_core else nullcontext()
    with np.errstate(all="ignore"), warnings.catch_warnings(), scope:
        warnings.simplefilter("ignore")
        try:
            results = run(side)
        except Exception as error:
            classes = [base.__name__ for base in type(error).__mro__ if base not in (Exception, BaseException, object)]
            return Outcome(failure=Failure(tuple(classes) or ("Exception",), str(error)))
        return Outcome(tuple(map(_leaf, flat(results))))


def flat(tree: Any) -> list[Any]:
    """Return what lists, tuples and dicts hold, in order."""
    if isinstance(tree, Mapping):
        tree = [tree[key] for key in sorted(tree)]
    if isinstance(tree, list | tuple):
        return [leaf for item in tree for leaf in flat(item)]
    return [tree]


def _leaf(result: Any) -> Leaf:
    """A NumPy scalar counts as the tensor without axes that it stands for."""
    if hasattr(result, "dtype") and hasattr(result, "shape"):
        array = np.asarray(result)
        return Leaf(array.dtype.name, array.shape, array)
    return Leaf(f"Python {type(result).__name__}", (), result)


@cache
def keras_side(backend: str | None = "numpy") -> Side:
    """Return Keras, imported at the first call.

    Args:
        backend: of its own backends the one on which it runs; None for the one on which it was imported.

    Raises:
        RuntimeError: where it runs on another one already.
    """
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = backend or "numpy"
        os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="keras-")  # no settings of whoever runs this
    import keras

    found = keras.backend.backend()
    if found != (backend or found):
        raise RuntimeError(f"expected Keras on the backend {backend!r}, but it was imported before, on {found!r}")
    return Side("keras", keras, keras.ops.convert_to_tensor, found, _gradient_of_jax)


def _gradient_of_jax(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """One compilation is quicker than one of each op."""
    import jax

    return jax.jit(jax.grad(function))


@cache
def our_side(backend: str = "numpy") -> Side:
    """Return keras_core on one of its backends."""
    tensor = np.array if backend == "numpy" else keras_core.ops.convert_to_tensor
    return Side("keras_core", keras_core, tensor, backend, keras_core.transforms.grad)


class _Masked(np.ndarray):
    """An array that has attributes: Keras keeps the mask of a tensor there."""


def with_mask(side: Side, tensor: Any, mask: np.ndarray | None) -> Any:
    """Return a tensor that has a mask, as the output of a layer would."""
    if mask is None:
        return tensor
    if side.name == "keras_core":
        set_mask(tensor, side.tensor(mask))
        return tensor
    if isinstance(tensor, np.ndarray):
        tensor = tensor.view(_Masked)
    tensor._keras_mask = side.tensor(mask)
    return tensor
