import numpy as np
import pytest

from stayrank_training.evaluation.robustness import (
    blurred,
    cropped,
    darkened,
    degraded_shares,
    tilted,
)


def _by_brightness(batch):
    """A model that likes light: the brighter, the more probable is a 10."""
    likes = batch.mean(axis=(1, 2, 3), keepdims=False)[:, None] / 255
    return np.eye(10)[0] * (1 - likes) + np.eye(10)[9] * likes


@pytest.fixture(scope="module")
def photos(scene):
    return np.stack([np.asarray(scene((64, 48))), np.asarray(scene((64, 48)))[:, ::-1]])


def test_darkening_leaves_35_percent_of_the_light():
    grey = np.full((1, 2, 2, 3), 200, np.uint8)

    light = [((v / 255 + 0.055) / 1.055) ** 2.4 for v in (200, int(darkened(grey)[0, 0, 0, 0]))]

    assert light[1] / light[0] == pytest.approx(2**-1.5, rel=0.02)


def test_blur_keeps_the_light_and_spreads_a_point_by_its_sigma():
    dot = np.zeros((1, 224, 224, 3), np.uint8)
    dot[0, 92:132, 112] = 255  # a line, so that the blurred peak is not lost to rounding

    profile = blurred(dot)[0, 112, :, 0].astype(float)

    x = np.arange(224) - 112
    assert profile.sum() == pytest.approx(255, rel=0.03)
    assert np.sqrt((profile * x**2).sum() / profile.sum()) == pytest.approx(3, rel=0.05)


def test_blur_and_crop_do_not_mix_photos_of_a_batch(photos):
    for degrade in (blurred, tilted, cropped, darkened):
        assert np.array_equal(degrade(photos)[1:], degrade(photos[1:]))


def test_a_tilted_photo_has_no_empty_corner():
    for shape in ((1, 60, 60, 3), (1, 40, 90, 3), (1, 90, 40, 3)):
        assert tilted(np.full(shape, 255, np.uint8)).min() == 255


def test_a_tilt_turns_lines_by_twelve_degrees():
    y = np.mgrid[:101, :101][0] - 50
    edge = np.broadcast_to((y > 0)[..., None] * np.uint8(255), (1, 101, 101, 3))

    turned = tilted(np.ascontiguousarray(edge))[0, :, :, 0]

    rise = [int(np.argmax(turned[:, column] > 127)) for column in (20, 80)]
    assert abs(rise[1] - rise[0]) / 60 == pytest.approx(np.tan(np.radians(12)), abs=0.03)


def test_a_crop_turns_nothing(photos):
    assert np.abs(cropped(photos).mean() - photos.mean()) < 10
    y = np.broadcast_to((np.arange(99) > 49)[:, None, None] * np.uint8(255), (1, 99, 99, 3))
    assert np.ptp(cropped(np.ascontiguousarray(y)), axis=2).max() == 0


def test_a_model_that_likes_light_is_found_to_mind_darkness_and_not_blur(photos):
    found = degraded_shares(_by_brightness, photos)

    assert found["darkened_falls"] == 1
    assert found["darkened_change"] < -1
    assert abs(found["blurred_change"]) < 0.05


def test_shares_and_changes_are_of_all_photos_in_all_batches():
    pixels = np.zeros((70, 8, 8, 3), np.uint8)
    pixels[:35] = 200  # the rest is black and cannot become darker

    found = degraded_shares(_by_brightness, pixels, {"darkened": darkened})

    assert found["darkened_falls"] == 0.5
    fall = 9 * (int(darkened(pixels)[0, 0, 0, 0]) - 200) / 255
    assert found["darkened_change"] == pytest.approx(fall / 2)


def test_nothing_to_degrade_is_refused():
    with pytest.raises(ValueError, match="no photo"):
        degraded_shares(_by_brightness, np.zeros((0, 8, 8, 3), np.uint8))
