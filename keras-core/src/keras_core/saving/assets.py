"""Assets: files that a layer has in an archive beside its weights, such as a vocabulary.

A layer that has some writes two methods. `save_assets(store)` puts bytes under names, `load_assets(assets)` gets a
read-only mapping with its own ones. Neither sees a path, so no file outside of the archive can be read or written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from keras_core.saving.errors import ModelFileError, listed, shown
from keras_core.saving.layout import places

ASSETS: Final = "assets/"

# What is an ordinary file name on every system: not hidden, no separators, drives, streams, spaces at an end.
_PART: Final = re.compile(r"(?!.*\.$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_DEEPEST: Final = 32


def is_name_of_asset(name: str) -> bool:
    """Tell whether a member of an archive has a name that an asset may have.

    Example:
        >>> is_name_of_asset("assets/layers/lookup/words.txt"), is_name_of_asset("assets/../words.txt")
        (True, False)
    """
    parts = name.split("/")
    return parts[0] + "/" == ASSETS and 1 < len(parts) <= _DEEPEST and all(map(_PART.fullmatch, parts))


class Assets(Mapping[str, bytes]):
    """The assets of one layer: names and contents, which can be read and not changed.

    Args:
        files: name -> open file with the content.
    """

    def __init__(self, files: Mapping[str, IO[bytes]]) -> None:
        self._files = dict(files)

    def __getitem__(self, name: str) -> bytes:
        file = self._files[name]
        file.seek(0)
        return file.read()

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def collect_assets(model: Any) -> dict[str, bytes]:
    """Return member of the archive -> content, for all that the layers of a model store.

    Raises:
        ValueError: where a layer gives a name or a content that an asset cannot have.
    """
    members: dict[str, bytes] = {}
    for place in places(model):
        if not hasattr(type(place.item), "save_assets"):
            continue
        store: dict[str, bytes] = {}
        place.item.save_assets(store)
        for name, content in store.items():
            member = _member(place.path, str(name))
            if not is_name_of_asset(member) or not isinstance(content, bytes):
                raise ValueError(
                    f"{place.item.label}: save_assets() must store bytes under names of letters, digits, '_', '-', '.' "
                    f"and '/'; got {shown(name)} -> {type(content).__name__}."
                )
            members[member] = content
    return members


def load_assets(model: Any, members: Mapping[str, IO[bytes]], what: str) -> None:
    """Give the layers of a new model the assets in an archive.

    Args:
        model: the model.
        members: member of the archive -> its content as an open file.
        what: what the file is, for errors.

    Raises:
        ModelFileError: where a layer refuses its assets, or no layer takes some.
    """
    left = {name: file for name, file in members.items() if name.startswith(ASSETS)}
    takers = [place for place in places(model) if hasattr(type(place.item), "load_assets")]
    # The innermost layers first, so that each one gets only what is its own.
    for place in sorted(takers, key=lambda place: -place.path.count("/") if place.path else 1):
        folder = _member(place.path, "")
        own = {name.removeprefix(folder): left.pop(name) for name in list(left) if name.startswith(folder)}
        try:
            place.item.load_assets(Assets(own))
        except Exception as error:  # of any class: it is the layer that reads
            raise ModelFileError(
                f"{what}: {place.item.label} cannot read its assets {shown(sorted(own))}: {shown(str(error))}"
            ) from error
    if left:
        raise ModelFileError(
            f"{what}: no layer of the model takes the assets\n{listed([shown(name) for name in sorted(left)])}\n"
            "The file is not whole, or was saved by other code."
        )


def _member(path: str, name: str) -> str:
    return f"{ASSETS}{path}/{name}" if path else f"{ASSETS}{name}"
