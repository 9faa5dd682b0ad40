"""What `stayrank explain filters` writes: filters before and after fine-tuning, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from stayrank_cli.console import with_progress
from stayrank_cli.pages import data_uri, write_html
from stayrank_models.artifacts import DEFAULT_AESTHETIC, find
from stayrank_models.backbones import BACKBONES
from stayrank_models.filters import FilterPicture, channels_of, filter_pictures, layer_name
from stayrank_models.loading import build, load_model, load_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any


@dataclass(frozen=True, slots=True)
class Pair:
    """One channel in both models: data URI and activation of each."""

    channel: int
    before: tuple[str, float]
    after: tuple[str, float]


@dataclass(frozen=True, slots=True)
class Layer:
    """Some channels of one layer."""

    position: int
    name: str
    pairs: Sequence[Pair]


def write_filters(
    path: Path, positions: Sequence[int], count: int, steps: int, size: int, model: str | None
) -> None:
    """Write the page.

    Args:
        path: The page.
        positions: Of the layers in the model.
        count: Channels of each layer, evenly spread.
        steps: Of gradient ascent.
        size: Width and height of the pictures in pixels.
        model: An artifact; by default the shipped NIMA.

    Raises:
        ExplanationError: If a position has no feature map, or the backend no gradients.
        WeightsError: If the ImageNet weights cannot be had.
    """
    artifact = find(model or DEFAULT_AESTHETIC)
    start = BACKBONES[artifact.manifest.architecture.backbone].weights
    after, before = load_model(artifact), build(artifact.manifest)
    for position in positions:
        layer_name(after, position)  # all of them before the first minute is spent
    load_start(before, start)
    jobs = _jobs(before, after, positions, count, steps, size)
    layers = list(with_progress(jobs, len(positions), "Climbing"))
    write_html(
        path, "filters.html", title="Filters", layers=layers, start=start, model=artifact.info
    )


def _jobs(
    before: Any,  # noqa: ANN401
    after: Any,  # noqa: ANN401
    positions: Sequence[int],
    count: int,
    steps: int,
    size: int,
) -> Iterator[Layer]:
    for position in positions:
        channels = channels_of(after, position, count)
        both = (
            filter_pictures(model, position, channels, size=size, steps=steps)
            for model in (before, after)
        )
        pairs = [
            Pair(channel, _shown(old), _shown(new))
            for channel, old, new in zip(channels, *both, strict=True)
        ]
        yield Layer(position, layer_name(after, position), pairs)


def _shown(picture: FilterPicture) -> tuple[str, float]:
    return data_uri(Image.fromarray(picture.pixels), "PNG"), picture.activation
