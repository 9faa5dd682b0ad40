from collections.abc import Callable

import pytest

from stayrank_common.look import Look
from stayrank_gallery.audit import NamedPack, Pack
from stayrank_gallery.scored import ScoredPhoto

PLAIN = {
    "width": 1500,
    "height": 1000,
    "bytes": 400_000,
    "phash": "0" * 16,
    "luminance": 0.5,
    "highlight": 0.9,
    "dark_share": 0.1,
    "clipped_share": 0.01,
    "sharpness": 1.5,
    "tilt_degrees": 0.0,
}


@pytest.fixture(scope="session")
def scored(scores_of, shot) -> Callable[..., ScoredPhoto]:
    """Make a photo without faults but those asked for: `scored("a", tag=…, look={"width": 10})`.

    `look=None` is a photo that was not looked at.
    """

    def make(photo_id: str, look: dict | None = {}, **facts: object) -> ScoredPhoto:  # noqa: B006
        scores = scores_of([shot(photo_id, **facts)])
        return ScoredPhoto(
            id=photo_id,
            tags=scores.tags.results[0],
            aesthetic=scores.aesthetics.results[0],
            look=None if look is None else Look.model_validate(PLAIN | look),
        )

    return make


@pytest.fixture(scope="session")
def pack() -> Callable[..., NamedPack]:
    """Make a pack with some rules: `pack(photo={"min_mean": 5})`."""

    def make(**rules: object) -> NamedPack:
        return NamedPack(
            name="test", pack=Pack.model_validate({"title": "Test", "about": "For tests", **rules})
        )

    return make
