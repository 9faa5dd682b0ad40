"""What can be seen while a phase runs: a bar for its batches, and event files for TensorBoard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from pathlib import Path

    from rich.progress import Progress


def watchers(bar: Progress, checkpoint: Path, epochs: int) -> list[Any]:
    """The callbacks that let a phase be watched.

    Args:
        bar: Shows the batches of each epoch.
        checkpoint: `<run>/checkpoints/<phase>.npz`; events go to `<run>/tensorboard/<phase>`.
        epochs: How many there may be.
    """
    callbacks: list[Any] = [EpochBar(bar, checkpoint.stem, epochs)]
    if keras.backend.backend() == "tensorflow":
        callbacks.append(EventFile(checkpoint.parent.parent / "tensorboard" / checkpoint.stem))
    return callbacks


class EpochBar(keras.callbacks.Callback):
    """A bar of batches for each epoch, with what was measured in the last one.

    Args:
        bar: To show it in.
        phase: Its name.
        epochs: How many there may be.
    """

    def __init__(self, bar: Progress, phase: str, epochs: int) -> None:
        super().__init__()
        self._bar, self._phase, self._epochs = bar, phase, epochs
        self._task = bar.add_task(phase)
        self._measured = ""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ANN401 ARG002 D102
        what = f"{self._phase}, epoch {epoch + 1}/{self._epochs}{self._measured}"
        self._bar.reset(self._task, description=what, total=self.params["steps"])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ANN401 ARG002 D102
        self._bar.update(self._task, completed=batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:  # noqa: ARG002 D102
        self._measured = " (" + ", ".join(f"{k} {value:.3f}" for k, value in logs.items()) + ")"


class EventFile(keras.callbacks.Callback):
    """Losses and metrics as an event file, which TensorBoard shows.

    Keras' own callback needs TensorBoard to be installed; TensorFlow can write without it.

    Args:
        folder: To write to.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ANN401 ARG002 D102
        import tensorflow as tf

        self._summary = tf.summary
        # What marks a tensor as a point of a curve: the plugin's name, and DATA_CLASS_SCALAR.
        self._scalar = tf.compat.v1.SummaryMetadata(data_class=1)
        self._scalar.plugin_data.plugin_name = "scalars"
        self._writer = tf.summary.create_file_writer(str(self._folder))

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:  # noqa: D102
        with self._writer.as_default():
            for name, value in logs.items():
                self._summary.write(name, value, epoch + 1, metadata=self._scalar)
        self._writer.flush()
