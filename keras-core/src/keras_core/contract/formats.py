"""What a plugin supplies to save and load models in one more file format."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Format:
    """What the hook `keras_formats` answers for an extension; None for what the format cannot do.

    Attributes:
        extension: with the dot, as `".keras"`; the longest that a file name ends with decides. Folders have `"/"`.
        save_model: `(model, path, **options) -> None`.
        load_model: `(path, custom_objects, compile, safe_mode) -> model`.
        save_weights: `(model, path, **options) -> None`.
        load_weights: `(model, path, **options) -> report`, what became of each variable, or None.
        export: `(model, path, **options) -> None`.
    """

    extension: str
    save_model: Callable[..., None] | None = None
    load_model: Callable[..., Any] | None = None
    save_weights: Callable[..., None] | None = None
    load_weights: Callable[..., Any] | None = None
    export: Callable[..., None] | None = None
