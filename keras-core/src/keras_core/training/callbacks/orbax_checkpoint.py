"""`OrbaxCheckpoint`: the state of a model in the checkpoints of Orbax."""

from __future__ import annotations

import os
from typing import Any, Final

from keras_core.runtime.messages import show
from keras_core.training.callbacks.checkpoint import Checkpoint

_WEIGHTS: Final = ("trainable_variables", "non_trainable_variables")


class OrbaxCheckpoint(Checkpoint):
    """Saves the variables of the model, of its optimizer and of its metrics by Orbax, while training goes on.

    It needs `pip install orbax-checkpoint`, which brings JAX with it; the model may be on any backend. Each checkpoint
    is a folder: the number of the epoch, or of the batches so far, holds `pytree`, the result of
    `Model.get_state_tree`, and `model_config`, the configuration of the model. `load_model` and `Model.load_weights`
    read it, and the folder of all of them, whose last one counts.

    Args:
        directory: folder for the checkpoints.
        monitor: name of the number by which models are compared.
        verbose: 1 says what is saved.
        save_best_only: whether only a model that is better than all before is saved.
        mode: `"min"`, `"max"`, or `"auto"` for what the name says.
        save_freq: `"epoch"`, or the number of batches after which it saves.
        initial_value_threshold: what the number must be better than to be the best.
        max_to_keep: number of checkpoints that are kept, the last ones; None for all.
        save_on_background: whether files are written while training goes on.
        save_weights_only: whether only the variables of the model itself are saved, without its configuration.

    Raises:
        ImportError: where Orbax is not installed.
        ValueError: for another mode or frequency.

    Example:
        >>> def train(model, x, y):
        ...     return model.fit(
        ...         x, y, callbacks=[keras.callbacks.OrbaxCheckpoint("checkpoints", max_to_keep=3)]
        ...     )
    """

    def __init__(
        self,
        directory: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        max_to_keep: int | None = 1,
        save_on_background: bool = True,
        save_weights_only: bool = False,
    ) -> None:
        super().__init__(monitor, verbose, save_best_only, mode, save_freq, initial_value_threshold)
        orbax = _import_orbax()
        self.directory = os.path.abspath(os.fspath(directory))
        self.max_to_keep = max_to_keep
        self.save_on_background = save_on_background
        self.save_weights_only = save_weights_only
        options = orbax.CheckpointManagerOptions(
            max_to_keep=max_to_keep, enable_async_checkpointing=save_on_background, create=True
        )
        self.checkpointer = orbax.CheckpointManager(self.directory, options=options)

    def set_model(self, model: Any) -> None:
        """Take the model.

        Args:
            model: the model that trains.
        """
        super().set_model(model)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Wait until all is written."""
        self.wait_until_finished()

    def wait_until_finished(self) -> None:
        """Wait until all that was saved is in its files."""
        self.checkpointer.wait_until_finished()

    def is_multihost_enabled(self) -> bool:
        """Tell whether several hosts train together; they do not as long as no backend distributes training."""
        return False

    def is_primary_host(self) -> bool:
        """Tell whether this host is the one that writes what all have in common."""
        return True

    def restore(self, model: Any, step: int | None = None) -> None:
        """Set the variables of a model, and those of its optimizer that were saved, from a checkpoint.

        Args:
            model: the model, built, and compiled where the optimizer's variables are wanted.
            step: number of the checkpoint; None for the last one.

        Raises:
            FileNotFoundError: where there is no such checkpoint.
            ModelFileError: where the checkpoint is that of another model, or refused; nothing is set then.
        """
        self.wait_until_finished()
        steps = sorted(self.checkpointer.all_steps())
        if not steps or (step is not None and step not in steps):
            raise FileNotFoundError(f"OrbaxCheckpoint: {self.directory!r}: no checkpoint {step}; there are {steps}.")
        model.load_weights(os.path.join(self.directory, str(steps[-1] if step is None else step)))

    def _write(self, epoch: int, batch: int | None, logs: dict[str, Any] | None) -> None:
        orbax = _import_orbax()
        step = epoch if batch is None else self._frequency.total
        if self.verbose:
            show(f"Epoch {epoch + 1}: saving to {os.path.join(self.directory, str(step))}")
        state = self.model.get_state_tree("numpy_array")
        items = {}
        if self.save_weights_only:
            state = {kind: state[kind] for kind in _WEIGHTS}
        else:
            items["model_config"] = orbax.args.JsonSave({"config": self.model.to_json()})
        items["pytree"] = orbax.args.PyTreeSave(state)
        self.checkpointer.save(step, args=orbax.args.Composite(**items), force=True)


def _import_orbax() -> Any:
    try:
        import orbax.checkpoint
    except ImportError as error:
        raise ImportError(
            "OrbaxCheckpoint: expected the package 'orbax-checkpoint': pip install orbax-checkpoint"
        ) from error
    return orbax.checkpoint
