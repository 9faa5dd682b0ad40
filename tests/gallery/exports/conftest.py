from collections.abc import Callable, Sequence

import pytest

from stayrank_gallery.curation import curate
from stayrank_gallery.schemas import RankOptions, RankResponse


@pytest.fixture(scope="session")
def ranking(scores_of, shot) -> Callable[..., RankResponse]:
    """Rank photos by score: `ranking(["first", "second"])`, or shots."""

    def make(photos: Sequence[object]) -> RankResponse:
        shots = [
            shot(photo, mean=9 - place / 100, direction=20 * place % 360)
            if isinstance(photo, str)
            else photo
            for place, photo in enumerate(photos)
        ]
        options = RankOptions.model_validate({"strategy": "score"})
        return curate(scores_of(shots), options, duplicate_threshold=2)

    return make
