"""The learning-rate finder: how the loss responds to a rate that grows with every step.

Reference:
    Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3.
"""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from stayrank_common.errors import DatasetError
from stayrank_training.curves import draw_rates
from stayrank_training.examples import AugmentedBatches, Examples
from stayrank_training.features import load_pixels
from stayrank_training.learning import head_phase
from stayrank_training.optimizing import finetune_optimizer, head_optimizer
from stayrank_training.phases import head_of, open_model
from stayrank_training.progress import tracked

if TYPE_CHECKING:
    from collections.abc import Callable

    from stayrank_training.examples import Batch
    from stayrank_training.preparing import Prepared
    from stayrank_training.recipe import Recipe

STEPS = 100
_LOWEST, _HIGHEST = 1e-6, 1.0
_MEMORY = 0.95  # of the moving average of losses
_TOO_MUCH = 4.0  # times the lowest loss: no higher rate needs trying
_LEAST = 10  # steps before which nothing is too much, and no slope can be told


@dataclass(frozen=True, slots=True)
class RateFinding:
    """What the finder saw.

    Args:
        rates: Rising geometrically, one a step.
        losses: Of each step, as an exponential moving average.
        suggestion: Where the loss falls most steeply.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float


def find_rate(prepared: Prepared[Recipe], steps: int = STEPS) -> RateFinding:
    """Try rates on the phase that the recipe ends with, and write `learning_rate.json` and `.png`.

    All layers are tried with the head that phase one gives: a random one would drown the rest.

    Args:
        prepared: Its model is spoilt by trying: it cannot be trained afterwards.
        steps: How many batches to try.

    Raises:
        DatasetError: If the losses do not fall anywhere.
    """
    if prepared.recipe.finetune.epochs:
        with tempfile.TemporaryDirectory() as scratch:
            head_phase(prepared, fold=0, checkpoint=Path(scratch) / "head-0.npz")
        model, draw = _all(prepared, steps)
    else:
        model, draw = _head(prepared)
    rates = np.geomspace(_LOWEST, _HIGHEST, steps)
    losses = _losses(model, draw, rates)
    finding = RateFinding(
        tuple(map(float, rates[: len(losses)])),
        tuple(losses),
        steepest(rates[: len(losses)], losses),
    )
    folder = prepared.run.folder
    text = json.dumps(asdict(finding), indent=2) + "\n"
    (folder / "learning_rate.json").write_text(text, encoding="utf-8")
    draw_rates(folder / "learning_rate.png", finding.rates, finding.losses, finding.suggestion)
    return finding


def steepest(rates: Any, losses: list[float]) -> float:  # noqa: ANN401
    """The rate at which the loss falls most per factor of rate.

    Args:
        rates: `(steps,)` rising geometrically.
        losses: One a rate, smoothed.

    Raises:
        DatasetError: If there are too few, or they do not fall anywhere.

    Example:
        >>> rates = np.geomspace(1e-6, 1, 61)
        >>> losses = [1 / (1 + np.exp(3 * (np.log10(rate) + 3))) for rate in rates]
        >>> round(steepest(rates, losses), 6)
        0.001
    """
    if len(losses) < _LEAST:
        raise DatasetError(f"the loss diverged within {len(losses)} steps; no rate to find")
    slope = np.gradient(np.array(losses), np.log(rates[: len(losses)]))
    lowest = int(np.argmin(slope))
    if slope[lowest] >= 0:
        raise DatasetError("the loss falls at no learning rate; check the labels and the data")
    return float(rates[lowest])


def _losses(model: Any, draw: Callable[[int], Batch], rates: Any) -> list[float]:  # noqa: ANN401
    smoothed: list[float] = []
    average = 0.0
    for step, rate in enumerate(tracked(rates, len(rates), "learning rates")):
        model.optimizer.learning_rate = rate
        pixels, targets, weights = draw(step)
        average = _MEMORY * average + (1 - _MEMORY) * float(
            model.train_on_batch(pixels, targets, sample_weight=weights)
        )
        now = average / (1 - _MEMORY ** (step + 1))
        model.reset_metrics()
        if not math.isfinite(now) or (step >= _LEAST and now > _TOO_MUCH * min(smoothed)):
            break
        smoothed.append(now)
    return smoothed


def _head(prepared: Prepared[Recipe]) -> tuple[Any, Callable[[int], Batch]]:
    task, recipe = prepared.task, prepared.recipe
    settings = recipe.head.model_copy(update={"schedule": "constant"})
    examples = prepared.views.all(task, task.learnt(0))
    keras.utils.set_random_seed(recipe.seed)
    model = head_of(prepared.model, recipe.seed)
    model.compile(optimizer=head_optimizer(settings, 1), loss=task.loss)
    rng = np.random.default_rng(recipe.seed)

    def draw(_: int) -> Batch:
        chosen = rng.integers(0, len(examples.weights), settings.batch_size)
        inputs, targets, weights = examples.as_tuple
        return inputs[chosen], targets[chosen], weights[chosen]

    return model, draw


def _all(prepared: Prepared[Recipe], steps: int) -> tuple[Any, Callable[[int], Batch]]:
    task, recipe = prepared.task, prepared.recipe
    settings = recipe.finetune.model_copy(update={"schedule": "constant"})
    keras.utils.set_random_seed(recipe.seed)
    _, model = open_model(prepared.model, settings)
    # An average over steps of different rates would say nothing about any of them.
    optimizer = finetune_optimizer(settings, 1, averaged=False)
    model.compile(optimizer=optimizer, loss=task.loss)
    shares = task.weights * task.learnt(0)
    rng = np.random.default_rng(recipe.seed)
    size = steps * settings.batch_size
    drawn = rng.choice(len(shares), size, p=shares / shares.sum(dtype=np.float64))
    photos, places = np.unique(drawn, return_inverse=True)
    paths = [prepared.photos[index].path for index in photos.tolist()]
    pixels = load_pixels(paths, recipe.preprocessing)[places]
    examples = Examples(pixels, task.targets[drawn], np.ones(size, np.float32))
    batches = AugmentedBatches(
        examples, recipe.augmentation, batch_size=settings.batch_size, seed=recipe.seed
    )
    return model, lambda step: batches[step]
