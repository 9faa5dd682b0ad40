import numpy as np
import pytest

from stayrank_common.errors import DatasetError

pytestmark = pytest.mark.keras


@pytest.fixture
def photos(tmp_path, picture):
    from stayrank_training.data.photos import TaggedPhoto

    photos = []
    for index in range(10):
        path = tmp_path / f"{index}.jpg"
        path.write_bytes(picture(seed=index))
        source, hotel = ("hotelsite", "h") if index < 3 else ("scenes", "")
        photos.append(TaggedPhoto(path, path.name, "pool", "train", source, hotel))
    return photos


@pytest.fixture
def model():
    from stayrank_models.loading import load_start
    from stayrank_models.tagger import build_tagger

    made = build_tagger("mobilenet", height=32, width=32, alpha=0.25)
    load_start(made, "random")
    return made


def test_photos_that_cannot_be_decoded_are_dropped_counted_and_said(
    photos, model, tagger_recipe, tmp_path, caplog
):
    from stayrank_training.task import read_views

    photos[4].path.write_text("no photo")
    recipe = tagger_recipe(unreadable_share=0.1, **{"head.augmented_copies": 2})

    views, reasons = read_views(model, photos, recipe, tmp_path / "cache")

    assert list(reasons) == ["4.jpg"]
    assert len(views.plain) == 9
    assert len(views.changed) == 3
    assert not np.array_equal(views.changed[1], views.changed[2])
    assert "1 of 10 photos cannot be decoded" in caplog.text
    again, _ = read_views(model, photos[::-1], recipe, tmp_path / "cache")
    np.testing.assert_array_equal(again.plain, views.plain[::-1])
    np.testing.assert_array_equal(again.changed[2], views.changed[2][::-1])


def test_more_broken_photos_than_allowed_are_an_error(photos, model, tagger_recipe, tmp_path):
    from stayrank_training.task import read_views

    photos[4].path.write_text("no photo")

    with pytest.raises(DatasetError, match=r"1 of 10 .*unreadable_share = 0\.05.*4\.jpg"):
        read_views(model, photos, tagger_recipe(unreadable_share=0.05), tmp_path / "cache")


def test_photos_weigh_by_source_and_hotel(photos, tagger_recipe):
    from stayrank_training.task import base_weights

    recipe = tagger_recipe(hotel_weight=4, **{"source_weights.scenes": 0.5})

    np.testing.assert_allclose(base_weights(photos, recipe), [4] * 3 + [0.5] * 7)


@pytest.mark.parametrize(("source", "weight"), [("elsewhere", 1), ("scenes", -1)])
def test_an_unknown_source_or_a_negative_weight_is_refused(photos, tagger_recipe, source, weight):
    from stayrank_training.task import base_weights

    with pytest.raises(DatasetError, match=source):
        base_weights(photos, tagger_recipe(**{f"source_weights.{source}": weight}))
