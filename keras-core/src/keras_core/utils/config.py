"""`Config`: a dict whose keys are attributes too."""

from __future__ import annotations

import json
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any


class Config:
    """A dict whose keys are attributes too, and which can be frozen.

    Args:
        **kwargs: its first keys and values.

    Example:
        >>> config = keras.utils.Config(rate=0.1)
        >>> config.units = 8
        >>> config["units"], config.as_dict()
        (8, {'rate': 0.1, 'units': 8})
    """

    __slots__ = ("_frozen", "_values")

    def __init__(self, **kwargs: Any) -> None:
        object.__setattr__(self, "_values", dict(kwargs))
        object.__setattr__(self, "_frozen", False)

    # as a dict

    def __getitem__(self, keyname: str) -> Any:
        return self._values[keyname]

    def __setitem__(self, keyname: str, value: Any) -> None:
        self._own()[keyname] = value

    def __delitem__(self, keyname: str) -> None:
        del self._own()[keyname]

    def __contains__(self, keyname: object) -> bool:
        return keyname in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> KeysView[str]:
        """Return the keys."""
        return self._values.keys()

    def values(self) -> ValuesView[Any]:
        """Return the values."""
        return self._values.values()

    def items(self) -> ItemsView[str, Any]:
        """Return the pairs of key and value."""
        return self._values.items()

    def get(self, keyname: str, value: Any = None) -> Any:
        """Return the value of a key.

        Args:
            keyname: key.
            value: what is returned where there is no such key.
        """
        return self._values.get(keyname, value)

    def pop(self, *args: Any) -> Any:
        """Remove a key and return its value.

        Args:
            *args: key, and what is returned where there is no such key.

        Raises:
            KeyError: where there is no such key and nothing to return.
            ValueError: where it is frozen.
        """
        return self._own().pop(*args)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several keys.

        Args:
            *args: a mapping, or pairs of key and value.
            **kwargs: keys and values.

        Raises:
            ValueError: where it is frozen.
        """
        self._own().update(*args, **kwargs)

    # as attributes

    def __getattr__(self, name: str) -> Any:
        values = object.__getattribute__(self, "_values") if name not in Config.__slots__ else {}
        if name not in values:
            raise AttributeError(f"Config has no key {name!r}; it has {sorted(map(str, values))}.")
        return values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self._own()[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self._own():
            raise AttributeError(f"Config has no key {name!r}; it has {sorted(map(str, self._values))}.")
        del self._values[name]

    # as a whole

    def as_dict(self) -> dict[str, Any]:
        """Return the keys and values as a dict of their own."""
        return dict(self._values)

    def to_json(self) -> str:
        """Return the keys and values as JSON.

        Raises:
            TypeError: where a value has no form in JSON.
        """
        return json.dumps(self._values)

    def freeze(self) -> None:
        """Refuse changes from now on."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self) -> None:
        """Take changes again."""
        object.__setattr__(self, "_frozen", False)

    @property
    def frozen(self) -> bool:
        """Whether changes are refused."""
        return self._frozen

    def _own(self) -> dict[str, Any]:
        if self._frozen:
            raise ValueError("Config: it is frozen and cannot be changed; call unfreeze() before.")
        return self._values

    def __getstate__(self) -> tuple[dict[str, Any], bool]:
        return self._values, self._frozen

    def __setstate__(self, state: tuple[dict[str, Any], bool]) -> None:
        object.__setattr__(self, "_values", dict(state[0]))
        object.__setattr__(self, "_frozen", state[1])

    def __repr__(self) -> str:
        return f"<Config {self._values}>"
