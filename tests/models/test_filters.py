import numpy as np
import pytest
from tests.models.conftest import tiny_tagger

from stayrank_common.errors import ExplanationError

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def model():
    return tiny_tagger()


def test_ascent_reaches_more_than_it_starts_from_and_is_reproducible(model):
    from stayrank_models.filters import channels_of, filter_pictures

    channels = channels_of(model, 7, 2)
    start, once, again = (
        filter_pictures(model, 7, channels, size=32, steps=steps) for steps in (0, 6, 6)
    )

    for before, after, repeated in zip(start, once, again, strict=True):
        assert after.activation > before.activation
        assert after.pixels.shape == (32, 32, 3)
        np.testing.assert_array_equal(after.pixels, repeated.pixels)


def test_channels_are_spread_over_the_layer_and_never_more_than_it_has(model):
    from stayrank_models.filters import channels_of

    assert channels_of(model, 7, 4) == [0, 2, 4, 6]
    assert channels_of(model, 7, 100) == list(range(8))


@pytest.mark.parametrize("index", [-1, 0, 1, 999])
def test_a_layer_without_channels_is_refused(model, index):
    from stayrank_models.filters import layer_name

    with pytest.raises(ExplanationError, match=str(index)):
        layer_name(model, index)
