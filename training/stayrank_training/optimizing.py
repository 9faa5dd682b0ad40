"""How steps are taken: AdamW along a one-cycle schedule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

if TYPE_CHECKING:
    from stayrank_training.recipe_parts import Finetune, Head

_START = 1 / 25  # of the highest rate; Smith's low end
_END = 1e-4  # of the highest rate: next to nothing


@keras.saving.register_keras_serializable(package="stayrank")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """From a 25th of a rate up to it, then down to almost nothing, both along half a cosine.

    Adam's first steps are as long as its rate, whatever the gradient: from a standing start they
    undo what the head has learnt. Rising rates avoid it.

    Args:
        peak: The highest rate.
        steps: How many there will be.
        warmup: Share of the steps on which the rate rises, in (0, 1).

    Reference:
        Smith, "A Disciplined Approach to Neural Network Hyper-Parameters", 2018, section 4.

    Example:
        >>> schedule = OneCycle(1.0, steps=100, warmup=0.2)
        >>> [round(float(schedule(step)), 2) for step in (0, 10, 20, 60, 100)]
        [0.04, 0.52, 1.0, 0.5, 0.0]
    """

    def __init__(self, peak: float, steps: int, warmup: float) -> None:
        super().__init__()
        self.peak, self.steps, self.warmup = peak, steps, warmup

    def __call__(self, step: Any) -> Any:  # noqa: ANN401 D102
        done = ops.cast(step, "float32") / max(self.steps, 1)
        rising = ops.clip(done / self.warmup, 0.0, 1.0)
        falling = ops.clip((done - self.warmup) / (1 - self.warmup), 0.0, 1.0)
        up = _START + (1 - _START) * (1 - ops.cos(math.pi * rising)) / 2
        down = _END + (1 - _END) * (1 + ops.cos(math.pi * falling)) / 2
        return self.peak * ops.where(done < self.warmup, up, down)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {"peak": self.peak, "steps": self.steps, "warmup": self.warmup}


def head_optimizer(settings: Head, steps: int) -> Any:  # noqa: ANN401
    """The optimizer of phase one; `steps` is the number of steps an epoch."""
    return keras.optimizers.AdamW(_rate(settings, steps), settings.weight_decay)


def finetune_optimizer(settings: Finetune, steps: int, *, averaged: bool = True) -> Any:  # noqa: ANN401
    """The optimizer of phase two; `steps` is the number of steps an epoch.

    Without live batch normalisation a step shifts all outputs together; judging the average of
    an epoch's steps rather than the last one takes that noise out.
    """
    return keras.optimizers.AdamW(
        _rate(settings, steps),
        settings.weight_decay,
        clipnorm=settings.clip_norm or None,
        use_ema=averaged,
        ema_momentum=1 - 2 / max(steps, 2),
        ema_overwrite_frequency=steps if averaged else None,
    )


def _rate(settings: Head | Finetune, steps: int) -> Any:  # noqa: ANN401
    if settings.schedule == "constant":
        return settings.learning_rate
    return OneCycle(settings.learning_rate, settings.epochs * steps, settings.warmup)
