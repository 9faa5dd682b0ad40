import numpy as np

from stayrank_models.engines import FakeEngine
from stayrank_models.engines.part import PartEngine

PHOTOS = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)


def test_the_parts_side_by_side_are_the_whole():
    whole = FakeEngine(8, 10)
    parts = [PartEngine(whole, (8, 10), index) for index in (0, 1)]

    said = [part.predict(PHOTOS, feature_map=True) for part in parts]

    expected = whole.predict(PHOTOS, feature_map=True)
    together = np.concatenate([outputs.probabilities for outputs in said], axis=1)
    np.testing.assert_array_equal(together, expected.probabilities)
    for outputs in said:
        np.testing.assert_allclose(outputs.probabilities.sum(axis=1), 1, rtol=1e-6)
        np.testing.assert_array_equal(outputs.embedding, expected.embedding)
        np.testing.assert_array_equal(outputs.feature_map, expected.feature_map)


def test_a_part_is_explained_by_its_own_columns_of_the_head():
    whole = FakeEngine(8, 10)
    direction = np.zeros((1, 18))
    direction[0, 8:] = np.arange(10) - 4.5
    maps = whole.predict(PHOTOS[:1], feature_map=True).feature_map

    weights = PartEngine(whole, (8, 10), 1).channel_weights(maps, direction[:, 8:])

    np.testing.assert_allclose(weights, whole.channel_weights(maps, direction))


def test_a_part_is_described_as_the_engine_that_it_is():
    whole = FakeEngine(8, 10)
    part = PartEngine(whole, (8, 10), 0)

    assert (part.description, part.batch_size) == (whole.description, whole.batch_size)
