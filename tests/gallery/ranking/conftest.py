import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stayrank_gallery.ranking import Gallery

# Few distinct values, so that ties and equal photos are common.
steps = st.integers(0, 8).map(lambda n: n / 8)


@st.composite
def _galleries(draw, max_photos: int = 12, max_areas: int = 4) -> Gallery:
    photos, areas = draw(st.integers(1, max_photos)), draw(st.integers(1, max_areas))
    quality = draw(hnp.arrays(float, photos, elements=steps))
    probabilities = draw(hnp.arrays(float, (photos, areas), elements=steps))
    rejected = draw(hnp.arrays(bool, photos))
    probabilities = probabilities / np.maximum(1, probabilities.sum(axis=1, keepdims=True))
    probabilities[rejected] = 0
    embeddings = draw(hnp.arrays(float, (photos, 3), elements=st.integers(-2, 2)))
    views = draw(hnp.arrays(int, photos, elements=st.integers(0, 4)))
    return Gallery(quality, probabilities, embeddings, views)


@pytest.fixture(scope="session")
def galleries() -> Callable[..., st.SearchStrategy[Gallery]]:
    """A strategy of small galleries with many ties, some rejected photos and views that return."""
    return _galleries


@pytest.fixture
def floats_held() -> Callable[[Callable[[], object]], float]:
    """Measures how many numbers of 8 bytes a function holds at once, at most."""

    def measure(work: Callable[[], object]) -> float:
        tracemalloc.start()
        try:
            work()
            return tracemalloc.get_traced_memory()[1] / 8
        finally:
            tracemalloc.stop()

    return measure
