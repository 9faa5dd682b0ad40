import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_training.augmentation import augment
from stayrank_training.recipe_parts import Augmentation

SEEDS = st.integers(0, 2**32 - 1)
OFF = {"flip_probability": 0}


def _settings(**tables) -> Augmentation:
    return Augmentation.model_validate({**OFF, **tables})


def _ramp() -> np.ndarray:
    """`(64, 96, 3)`: red grows to the right, green downwards, blue is full."""
    y, x = np.mgrid[0:64, 0:96]
    return np.stack([2 * x, 3 * y, np.full_like(x, 255)], axis=-1).astype(np.uint8)


def _photo() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (48, 64, 3)).astype(np.uint8)


@given(SEEDS)
def test_by_default_a_photo_comes_as_it_is_or_mirrored(seed):
    photo = _photo()

    changed = augment(photo, Augmentation(), np.random.default_rng(seed))

    assert (changed == photo).all() or (changed == photo[:, ::-1]).all()


@given(SEEDS)
def test_every_change_together_keeps_shape_type_and_the_original(seed):
    photo = _photo()
    before = photo.copy()
    everything = _settings(
        flip_probability=0.5,
        crop={"probability": 1},
        rotation={"probability": 1},
        colour={"probability": 1, "hue": 0.5},
        degradation={
            "edge": [16, 80],
            "resolution_probability": 1,
            "blur_probability": 1,
            "jpeg_probability": 1,
        },
    )

    changed = augment(photo, everything, np.random.default_rng(seed))

    assert (changed.shape, changed.dtype) == (photo.shape, np.uint8)
    np.testing.assert_array_equal(photo, before)
    again = augment(photo, everything, np.random.default_rng(seed))
    np.testing.assert_array_equal(changed, again)


@given(SEEDS)
def test_a_crop_shows_at_least_its_share_and_nothing_from_outside(seed):
    crop = {"scale": [0.5, 0.7], "aspect": [0.8, 1.25], "probability": 1}

    changed = augment(_ramp(), _settings(crop=crop), np.random.default_rng(seed))

    width = (int(changed[0, -1, 0]) - int(changed[0, 0, 0])) / 190
    height = (int(changed[-1, 0, 1]) - int(changed[0, 0, 1])) / 189
    assert 0.45 <= width * height <= 0.75
    assert (changed[..., 2] == 255).all()


@given(SEEDS)
def test_a_turned_photo_has_no_empty_corners(seed):
    rotation = {"degrees": 30, "probability": 1}

    changed = augment(_ramp(), _settings(rotation=rotation), np.random.default_rng(seed))

    assert (changed[..., 2] == 255).all()


@given(SEEDS)
def test_other_light_moves_colours_but_no_edges_and_keeps_grey_grey(seed):
    grey = np.repeat(np.arange(40, 140, dtype=np.uint8)[None, :, None], 3, axis=2)
    colour = {"probability": 1, "hue": 0.5, "saturation": 0.5, "brightness": 0.2, "contrast": 0.2}

    changed = augment(
        np.repeat(grey, 8, axis=0), _settings(colour=colour), np.random.default_rng(seed)
    ).astype(int)

    assert (np.ptp(changed, axis=2) <= 2).all()
    assert (np.diff(changed[0, :, 0]) >= 0).all()


@pytest.mark.parametrize(
    "degradation",
    [
        {"edge": [12, 12], "resolution_probability": 1},
        {"blur": [3, 3], "blur_probability": 1},
        {"jpeg_quality": [5, 5], "jpeg_probability": 1},
    ],
)
def test_a_degraded_photo_has_lost_detail(degradation):
    photo = _photo()

    changed = augment(photo, _settings(degradation=degradation), np.random.default_rng(0))

    def detail(pixels):
        return np.abs(np.diff(pixels.astype(float), axis=1)).mean()

    assert detail(changed) < 0.7 * detail(photo)


def test_strengths_that_make_no_sense_are_refused():
    for bad in (
        {"crop": {"scale": [0.9, 0.5]}},
        {"degradation": {"jpeg_quality": [0, 200]}},
        {"flip_probability": 1.5},
    ):
        with pytest.raises(ValueError, match="Augmentation"):
            Augmentation.model_validate(bad)
