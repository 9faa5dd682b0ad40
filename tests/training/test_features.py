import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_common.images import Preprocessing
from stayrank_training.features import MIRRORED, load_pixels, readable_features

SMALL = Preprocessing(width=32, height=48)


class CountingModel:
    """Counts what it is asked, in the place of a Keras model."""

    def __init__(self):
        self.seen = 0

    def get_weights(self):
        return [np.ones(3)]

    def predict_on_batch(self, batch):
        self.seen += len(batch)
        return batch[:, :, 0].mean(axis=1).astype(np.float32)


@pytest.fixture
def paths(tmp_path, picture):
    paths = [tmp_path / f"{seed}.jpg" for seed in range(40)]
    for seed, path in enumerate(paths):
        path.write_bytes(picture(seed=seed))
    return paths


def test_pixels_keep_the_order_of_the_paths(paths):
    pixels = load_pixels(paths, SMALL)

    assert pixels.shape == (40, 48, 32, 3)
    np.testing.assert_array_equal(load_pixels(paths[::-1], SMALL), pixels[::-1])


def test_features_are_computed_once_for_each_photo(paths, tmp_path):
    model = CountingModel()

    first, _ = readable_features(model, paths[:35], SMALL, tmp_path / "cache")
    again, _ = readable_features(model, paths[::-1], SMALL, tmp_path / "cache")

    np.testing.assert_array_equal(again[:4:-1], first)
    assert model.seen == 40


def test_other_preprocessing_and_mirrored_photos_are_kept_apart(paths, tmp_path):
    model = CountingModel()
    plain, _ = readable_features(model, paths, SMALL, tmp_path / "cache")
    mirrored, _ = readable_features(model, paths, SMALL, tmp_path / "cache", MIRRORED)
    readable_features(model, paths, Preprocessing(width=40), tmp_path / "cache")

    assert not np.array_equal(plain, mirrored)
    assert model.seen == 120


def test_a_photo_that_cannot_be_decoded_is_named(paths, tmp_path):
    paths[3].write_text("not a photo")

    with pytest.raises(DatasetError, match=r"3\.jpg"):
        load_pixels(paths, SMALL)
    features, unreadable = readable_features(CountingModel(), paths, SMALL, tmp_path / "cache")
    assert (len(features), list(unreadable)) == (39, [paths[3]])
