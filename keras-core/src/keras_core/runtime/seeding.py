"""Seeds for whatever is given none: drawn from one stream on the host, so one number makes a whole run repeatable."""

from __future__ import annotations

import random
import threading
from typing import Any

import numpy as np

_stream = random.Random()
_lock = threading.Lock()


def make_default_seed() -> int:
    """Return the next seed of the process, an int in [1, 1e9]."""
    with _lock:
        return _stream.randint(1, 10**9)


def set_random_seed(seed: int) -> None:
    """Make everything that follows repeatable, on every backend: initial weights, dropout, shuffling.

    Seeds the random numbers of Python and of NumPy too, which data pipelines use.

    Args:
        seed: int in [0, 2**32).

    Raises:
        ValueError: for anything else.

    Example:
        >>> set_random_seed(7)
        >>> first = make_default_seed()
        >>> set_random_seed(7)
        >>> make_default_seed() == first
        True
    """
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"set_random_seed: expected an int in [0, 2**32), got {seed!r}.")
    random.seed(seed)
    np.random.seed(seed)
    with _lock:
        _stream.seed(seed)


def random_state() -> dict[str, Any]:
    """Return where the generators are that `set_random_seed` seeds: a dict of numbers, strings, arrays and such dicts.

    Returns:
        `"seeds"` for the seeds of the process, `"python"` and `"numpy"`.
    """
    with _lock:
        seeds = _stream.getstate()
    return {
        "seeds": _from_python(seeds),
        "python": _from_python(random.getstate()),
        "numpy": np.random.get_state(legacy=False),
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Set the generators to where they were.

    Args:
        state: result of `random_state`.

    Example:
        >>> state = random_state()
        >>> first = make_default_seed()
        >>> set_random_state(state)
        >>> make_default_seed() == first
        True
    """
    with _lock:
        _stream.setstate(_to_python(state["seeds"]))
    random.setstate(_to_python(state["python"]))
    np.random.set_state(state["numpy"])


def _from_python(state: tuple[Any, ...]) -> dict[str, Any]:
    version, words, next_normal = state
    return {"version": version, "words": np.array(words, "uint32"), "next_normal": next_normal}


def _to_python(state: dict[str, Any]) -> tuple[Any, ...]:
    return state["version"], tuple(state["words"].tolist()), state["next_normal"]


def host_generator(seed: int) -> np.random.Generator:
    """Return the generator of weights and of shuffling: one seed, the same numbers on every backend."""
    return np.random.Generator(np.random.PCG64(seed))  # the fastest of NumPy's, and large models have many weights
