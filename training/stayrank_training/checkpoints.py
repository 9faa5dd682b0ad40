"""A phase of training that can be stopped at any time and goes on from its last epoch."""

from __future__ import annotations

import json
import logging
import math
import time
import zipfile
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_common.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

_LOG = logging.getLogger(__name__)
_RECORD = "record"
VAL_LOSS = "val_loss"


class Checkpoint(keras.callbacks.Callback):
    """Keeps the best weights, stops where patience ends, and writes everything to one file.

    Where no photo is held out to judge by, the last epoch is the best one.

    The file holds what the next epoch depends on (weights, random states, the optimizer) and the
    curves so far. It is replaced in one go: an interruption leaves the previous epoch's.

    Args:
        path: The file, `.npz`.
        patience: Epochs without a lower validation loss before training stops.
    """

    def __init__(self, path: Path, patience: int) -> None:
        super().__init__()
        self.path = path
        self.patience = patience
        self.rows: list[dict[str, float]] = []
        self.finished = False
        self._waited = 0
        self._lowest = math.inf
        self._best: list[np.ndarray] = []
        self._began = time.monotonic()

    def resume(self, model: Any) -> int:  # noqa: ANN401
        """Put a model where an interrupted phase left it.

        Args:
            model: Compiled, with the weights that the phase began with.

        Returns:
            How many epochs are done.

        Raises:
            DatasetError: If the file is broken, or is that of another model.
        """
        self._start = model.get_weights()
        if not self.path.is_file():
            return 0
        try:
            with self.path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                record = json.loads(str(file[_RECORD]))
                groups = {name: _group(file, name) for name in ("best", "variables", "optimizer")}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise DatasetError(
                f"{self.path}: no readable checkpoint; remove it: {error}"
            ) from error
        self.rows, self.finished = record["rows"], record["finished"]
        self._waited, self._lowest = record["waited"], record["lowest"]
        self._best = groups["best"]
        _check(model.weights, self._best or self._start, self.path)
        if not self.finished:
            model.optimizer.build(model.trainable_variables)
            _put(model.variables, groups["variables"], self.path)
            _put(model.optimizer.variables, groups["optimizer"], self.path)
        return len(self.rows)

    @property
    def out_of_patience(self) -> bool:
        """Whether too many epochs brought no lower validation loss."""
        return self._waited >= self.patience

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ANN401 ARG002 D102
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:  # noqa: D102
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        seconds = time.monotonic() - self._began
        loss = float(logs["loss"])
        measured = {"loss": loss} | {name: float(value) for name, value in logs.items()}
        beside = {"learning_rate": rate, "seconds": round(seconds, 3)}
        self.rows.append({"epoch": epoch + 1, **measured, **beside})
        self._waited += 1
        if VAL_LOSS not in measured or measured[VAL_LOSS] < self._lowest:
            self._lowest, self._waited = measured.get(VAL_LOSS, loss), 0
            self._best = self.model.get_weights()
        if not math.isfinite(loss):
            _LOG.warning(
                "%s: the loss became %s; a lower learning rate helps", self.path.stem, loss
            )
            self.model.stop_training = True
        self.model.stop_training |= self.out_of_patience
        self._write(self.model.variables, self.model.optimizer.variables)

    def finish(self, model: Any, before: float) -> float:  # noqa: ANN401
        """Give the model its best weights; those it began with if no epoch made it better.

        Args:
            model: After the last epoch.
            before: The validation loss that it began with; infinite where nothing is held out.

        Returns:
            The lowest validation loss; the last training loss where nothing is held out.

        Raises:
            DatasetError: If not one epoch gave a number as loss.
        """
        if not math.isfinite(self._lowest):
            raise DatasetError(
                f"{self.path.stem}: no epoch had a finite loss; lower the learning rate"
            )
        model.set_weights(self._best if self._lowest < before else self._start)
        if not self.finished:
            self.finished = True
            self._write([], [])
        return min(self._lowest, before)

    def _write(self, variables: Any, optimizer: Any) -> None:  # noqa: ANN401
        record = {
            "rows": self.rows,
            "finished": self.finished,
            "waited": self._waited,
            "lowest": self._lowest,
        }
        groups = {"best": self._best, "variables": variables, "optimizer": optimizer}
        arrays: dict[str, Any] = {
            f"{name}-{index}": np.asarray(keras.ops.convert_to_numpy(value))
            for name, values in groups.items()
            for index, value in enumerate(values)
        }
        arrays[_RECORD] = np.array(json.dumps(record))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, **arrays)
        partial.replace(self.path)


def read_rows(path: Path) -> list[dict[str, float]]:
    """The curves that a checkpoint holds: `epoch`, `loss`, `val_loss`, …; one row an epoch."""
    with np.load(path, allow_pickle=False) as file:
        return list(json.loads(str(file[_RECORD]))["rows"])


def _group(file: Any, name: str) -> list[np.ndarray]:  # noqa: ANN401
    count = sum(key.startswith(f"{name}-") for key in file.files)
    return [file[f"{name}-{index}"] for index in range(count)]


def _put(variables: Any, values: list[np.ndarray], path: Path) -> None:  # noqa: ANN401
    _check(variables, values, path)
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _check(variables: Any, values: list[np.ndarray], path: Path) -> None:  # noqa: ANN401
    if [tuple(v.shape) for v in variables] != [tuple(v.shape) for v in values]:
        raise DatasetError(f"{path}: the checkpoint of another model; remove it")
