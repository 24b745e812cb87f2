"""The embeddings of a model for the projector of TensorBoard: tables of numbers, and where they are."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

_LAYER = "Embedding"


class EmbeddingFiles:
    """Writes the matrices of `Embedding` layers as TSV files, and `projector_config.pbtxt`, which names them.

    Args:
        folder: folder for the files.
        metadata: path of the metadata of all embeddings, or paths by names of layers, or None.
    """

    def __init__(self, folder: str, metadata: str | Mapping[str, Any] | None) -> None:
        self._folder = folder
        self._metadata = metadata
        self._layers: list[Any] = []

    def set_model(self, model: Any) -> None:
        """Find the embeddings of a model.

        Raises:
            ValueError: where there is metadata for a layer that the model does not have.
        """
        from keras_core.layers import Embedding

        self._layers = [layer for layer in model._flatten_layers() if isinstance(layer, Embedding)]
        names = {layer.name for layer in self._layers}
        unknown = sorted(set(self._metadata) - names) if isinstance(self._metadata, Mapping) else []
        if unknown:
            raise ValueError(
                f"TensorBoard: embeddings_metadata names {unknown}, but the {_LAYER} layers of {model.label} are "
                f"{sorted(names)}."
            )

    def write(self, epoch: int) -> None:
        """Write the matrices after an epoch; the configuration names the latest ones."""
        entries = []
        for layer in self._layers:
            path = os.path.join("embeddings", f"{layer.name}-{epoch}.tsv".replace("/", "_"))
            os.makedirs(os.path.join(self._folder, "embeddings"), exist_ok=True)
            matrix = layer.embeddings.numpy().astype("float32")
            np.savetxt(os.path.join(self._folder, path), matrix, fmt="%.9g", delimiter="\t")
            entries.append(_entry(layer, path, self._metadata_of(layer.name)))
        with open(os.path.join(self._folder, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
            file.write("".join(entries))

    def _metadata_of(self, name: str) -> Any:
        return self._metadata.get(name) if isinstance(self._metadata, Mapping) else self._metadata


def _entry(layer: Any, path: str, metadata: Any) -> str:
    """Return the text of one embedding in the configuration: a protocol buffer, whose strings are escaped as JSON's."""
    fields = {"tensor_name": layer.embeddings.path, "tensor_path": path}
    if metadata is not None:
        fields["metadata_path"] = os.fspath(metadata)
    inner = "".join(f"  {name}: {json.dumps(value)}\n" for name, value in fields.items())
    return f"embeddings {{\n{inner}}}\n"
