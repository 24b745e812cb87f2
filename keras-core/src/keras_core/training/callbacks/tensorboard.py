"""`TensorBoard`: what happens in training, in files that TensorBoard shows."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_core import ops
from keras_core.training.callbacks.callback import Callback
from keras_core.training.callbacks.embeddings import EmbeddingFiles
from keras_core.training.callbacks.event_files import EventFile
from keras_core.training.callbacks.frequency import Frequency
from keras_core.training.callbacks.profiled_batches import ProfiledBatches


class TensorBoard(Callback):
    """Writes logs, weights and the graph of the model for TensorBoard: `tensorboard --logdir logs`.

    The tags are those of Keras: `epoch_loss` in the folders `train` and `validation`, `batch_loss`,
    `evaluation_loss_vs_iterations`, `epoch_learning_rate`, `PATH_OF_WEIGHT/histogram`, `PATH_OF_WEIGHT/image`. It needs
    `pip install 'keras-core[tensorboard]'`, and no framework.

    Args:
        log_dir: folder for the files.
        histogram_freq: epochs between histograms of the weights; 0 for none.
        write_graph: whether the graph of layers is written.
        write_images: whether the weights are written as images too, as often as the histograms.
        write_steps_per_second: whether the speed is written, of epochs and as often as the logs of batches.
        update_freq: `"epoch"`; `"batch"`, or the number of batches, after which the logs of batches are written too.
        profile_batch: number of the batch that the backend's profiler watches, counted from 1 over all epochs, or a
            pair of the first and the last one; the profiler's files are in `train`. 0 for none.
        embeddings_freq: epochs between copies of the `Embedding` layers for the projector; 0 for none.
        embeddings_metadata: path of a TSV file with a line for each row, for all embeddings; or a dict by the names of
            their layers.

    Raises:
        ImportError: where the package `tensorboardX` is not installed.
        ValueError: for another frequency, another `profile_batch`, and for metadata of unknown layers.

    Example:
        >>> import os, tempfile
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", loss="mse")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     board = keras.callbacks.TensorBoard(folder, histogram_freq=1)
        ...     history = model.fit(np.zeros((4, 1)), np.ones((4, 1)), verbose=0, callbacks=[board])
        ...     os.listdir(folder)
        ['train']
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: int | str | tuple[int, int] = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: str | dict[str, Any] | None = None,
    ) -> None:
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = update_freq
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._frequency = Frequency("TensorBoard", "update_freq", update_freq, has_batch=True)
        self._files = {name: EventFile(os.path.join(self.log_dir, name)) for name in ("train", "validation")}
        self._profiled = ProfiledBatches(os.path.join(self.log_dir, "train"), profile_batch)
        self._embeddings = EmbeddingFiles(self.log_dir, embeddings_metadata)
        self._graph_is_due = False
        self._evaluations = 0
        self._in_training = False
        self._epoch_began = (0.0, 0)
        self._last_written = (0.0, 0)

    @property
    def summary(self) -> Any:
        """The `tensorboardX.SummaryWriter` of training, for what else should be written."""
        return self._files["train"].writer

    def set_model(self, model: Any) -> None:
        """Take the model.

        Args:
            model: the model that trains.
        """
        super().set_model(model)
        self._graph_is_due = self.write_graph
        if self.embeddings_freq:
            self._embeddings.set_model(model)

    def get_resume_state(self) -> dict[str, Any]:
        """Return the batches and evaluations that were counted, which are the steps in the files."""
        return {"counts": self._frequency.get_counts(), "evaluations": self._evaluations}

    def set_resume_state(self, state: dict[str, Any]) -> None:
        """Go on from a state; the time is measured from now on."""
        self._frequency.set_counts(state["counts"])
        self._evaluations = state["evaluations"]
        self._epoch_began = self._last_written = time.perf_counter(), self._frequency.total

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin to measure the time."""
        self._in_training = True
        self._last_written = time.perf_counter(), self._frequency.total

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close the files."""
        self._in_training = False
        self.close()
        for file in self._files.values():
            file.close()

    def close(self) -> None:
        """Stop the profiler, also where the training did not come to its end."""
        self._profiled.close()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the time."""
        self._frequency.begin_epoch()
        self._epoch_began = time.perf_counter(), self._frequency.total

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the profiler if it is time."""
        self._profiled.begin(self._frequency.total)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the graph once the model is built, and the logs of batches if it is time."""
        if self._graph_is_due:
            self._graph_is_due = False
            self._files["train"].graph(_nodes(self.model))
        is_due = self._frequency.is_due(batch)
        self._profiled.end(self._frequency.total)
        if not is_due:
            return
        values = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            values["batch_steps_per_second"] = self._steps_per_second(self._last_written)
            self._last_written = time.perf_counter(), self._frequency.total
        self._files["train"].scalars(values, self._frequency.total)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the logs, and the weights if it is time."""
        self._write_logs(epoch, logs or {})
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._embeddings.write(epoch)
        for file in self._files.values():
            file.flush()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Count the evaluation."""
        self._evaluations += 1

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Write the logs of an evaluation."""
        iterations = getattr(self.model.optimizer, "iterations", None)
        step = self._evaluations if iterations is None else int(ops.convert_to_numpy(iterations))
        values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
        self._files["validation"].scalars(values, step)
        if not self._in_training:
            self._files["validation"].close()

    def _write_logs(self, epoch: int, logs: Mapping[str, Any]) -> None:
        of_training = {f"epoch_{name}": value for name, value in logs.items() if not name.startswith("val_")}
        rate = getattr(self.model.optimizer, "learning_rate", None)
        if rate is not None:
            of_training["epoch_learning_rate"] = ops.convert_to_numpy(rate)
        if self.write_steps_per_second:
            of_training["epoch_steps_per_second"] = self._steps_per_second(self._epoch_began)
        self._files["train"].scalars(of_training, epoch)
        of_validation = {
            f"epoch_{name.removeprefix('val_')}": value for name, value in logs.items() if name.startswith("val_")
        }
        self._files["validation"].scalars(of_validation, epoch)

    def _steps_per_second(self, since: tuple[float, int]) -> float:
        began, steps = since
        return (self._frequency.total - steps) / max(time.perf_counter() - began, 1e-9)

    def _write_weights(self, epoch: int) -> None:
        file = self._files["train"]
        for variable in self.model.weights:
            value = variable.numpy()
            if value.dtype.kind not in "fiuV":
                continue
            value = value.astype("float32")
            file.histogram(f"{variable.path}/histogram", value, epoch)
            if self.write_images:
                for tag, pixels in _images(f"{variable.path}/image", value):
                    file.image(tag, pixels, epoch)


def _images(tag: str, value: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return a weight as images with their tags: a vector as a row, a matrix the longer way across.

    Of more axes the first two are the image and each place along the others has one, of which three are kept.
    """
    value = value.squeeze()
    if value.ndim < 2:
        return [(tag, value.reshape(1, -1))] if value.size else []
    if value.ndim == 2:
        return [(tag, value.T if value.shape[0] > value.shape[1] else value)]
    planes = value.reshape(*value.shape[:2], -1)[..., :3]
    return [(f"{tag}/{place}", planes[..., place]) for place in range(planes.shape[-1])]


def _nodes(model: Any) -> list[tuple[str, str, list[str]]]:
    """Return name, class and inputs of each operation; without inputs where the model has no graph of its own."""
    pending = list(getattr(model, "outputs", None) or ())
    if not pending:
        return [(layer.name, type(layer).__name__, []) for layer in model.layers]
    found: dict[int, tuple[str, str, list[str]]] = {}
    while pending:
        history = pending.pop()._keras_history
        operation = history.operation
        if id(operation) not in found:
            read = [tensor for node in operation._inbound_nodes[:1] for tensor in node.input_tensors]
            names = dict.fromkeys(tensor._keras_history.operation.name for tensor in read)
            found[id(operation)] = (operation.name, type(operation).__name__, list(names))
            pending += read
    return list(reversed(found.values()))
