"""What is known of the `call` and `build` of a layer class, found out once a class."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class CallFacts:
    """Facts about one function `call`.

    Attributes:
        names: its positional parameters in order, without `self`.
        parameters: the names of all its parameters.
        has_training: whether it takes `training`.
        training_position: where `training` stands among the positional parameters, a large number where it does not.
        takes_masks: whether some parameter is called `mask` or ends with `_mask`.
        variadic: name of the `*args` parameter, or None.
        takes_keywords: whether it has a `**kwargs` parameter.
        required: names of the parameters without a default.
    """

    names: tuple[str, ...]
    parameters: frozenset[str]
    has_training: bool
    training_position: int
    takes_masks: bool
    variadic: str | None
    takes_keywords: bool
    required: tuple[str, ...]

    def name_of(self, position: int) -> str:
        """Return the name of the positional argument at a position."""
        if position < len(self.names):
            return self.names[position]
        return f"{self.variadic or 'args'}_{position - len(self.names)}"

    def check_required(self, owner: str, arguments: dict[str, Any]) -> None:
        """Refuse a call that lacks an argument.

        Raises:
            TypeError: naming the arguments that are missing.
        """
        missing = [name for name in self.required if name not in arguments]
        if missing:
            raise TypeError(
                f"{owner}: call() needs the arguments {list(self.required)}, got {list(arguments)}; missing: {missing}."
            )


@lru_cache(maxsize=4096)
def facts_of_function(function: Callable[..., Any]) -> CallFacts:
    """Return the facts of a function whose first parameter is `self`."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    names = tuple(p.name for p in parameters if p.kind in _POSITIONAL)
    named = frozenset(p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))
    variadic = [p.name for p in parameters if p.kind is p.VAR_POSITIONAL]
    return CallFacts(
        names=names,
        parameters=named,
        has_training="training" in named,
        training_position=names.index("training") if "training" in names else 1 << 30,
        takes_masks=any(name == "mask" or name.endswith("_mask") for name in named),
        variadic=variadic[0] if variadic else None,
        takes_keywords=any(p.kind is p.VAR_KEYWORD for p in parameters),
        required=tuple(
            p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ),
    )


def arguments_by_name(facts: CallFacts, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return all arguments of a call by the names of the parameters, in the order of the call."""
    return {**{facts.name_of(position): value for position, value in enumerate(args)}, **kwargs}
