"""Event files of TensorBoard, written by the package tensorboardX."""

from __future__ import annotations

from typing import Any

import numpy as np


class EventFile:
    """Writes to one file of events, which is made at the first of them.

    Args:
        folder: folder of the file, made if it is missing.

    Raises:
        ImportError: where tensorboardX is not installed.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._writer: Any = None
        import_tensorboardx()

    @property
    def writer(self) -> Any:
        """The `tensorboardX.SummaryWriter` of the file."""
        if self._writer is None:
            self._writer = import_tensorboardx().SummaryWriter(self._folder)
        return self._writer

    def scalars(self, values: dict[str, Any], step: int) -> None:
        """Write numbers by their tags; what is no number is left out."""
        for tag, value in values.items():
            if np.ndim(value) == 0 and not isinstance(value, str):
                self.writer.add_scalar(tag, float(value), step)

    def histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        """Write how the elements of an array are spread."""
        finite = values[np.isfinite(values)]
        if finite.size:
            self.writer.add_histogram(tag, finite.astype("float64"), step)

    def image(self, tag: str, pixels: np.ndarray, step: int) -> None:
        """Write an image, an array of shape `(height, width)` or `(height, width, 3)`, black where it is smallest."""
        low, high = float(pixels.min()), float(pixels.max())
        scaled = (pixels - low) / ((high - low) or 1.0)
        self.writer.add_image(tag, scaled.astype("float32"), step, dataformats="HWC"[: pixels.ndim])

    def graph(self, nodes: list[tuple[str, str, list[str]]]) -> None:
        """Write a graph: for each node its name, its kind and the names of those that it reads."""
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.proto.graph_pb2 import GraphDef
        from tensorboardX.proto.node_def_pb2 import NodeDef

        graph = GraphDef(node=[NodeDef(name=name, op=kind, input=inputs) for name, kind, inputs in nodes])
        self.writer.file_writer.add_event(Event(graph_def=graph.SerializeToString()))

    def flush(self) -> None:
        """Let readers see what was written."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Close the file; what is written later goes to another one."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def import_tensorboardx() -> Any:
    """Return the module `tensorboardX`, which needs no framework.

    Raises:
        ImportError: where it is not installed.
    """
    try:
        import tensorboardX
    except ImportError as error:
        raise ImportError(
            "TensorBoard: expected the package 'tensorboardX', which writes the files: "
            "pip install 'keras-core[tensorboard]'"
        ) from error
    return tensorboardX
