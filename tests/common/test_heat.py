import numpy as np
from PIL import Image

from stayrank_common.heat import _CONES_TO_LINEAR_RGB, _TO_CONE_ROOTS, colours, overlay


def _linear(srgb):
    c = srgb / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _oklab(linear):
    roots = np.cbrt(linear @ np.linalg.inv(_CONES_TO_LINEAR_RGB).T)
    return roots @ np.linalg.inv(_TO_CONE_ROOTS).T


def _as_a_deuteranope(linear):
    """Machado, Oliveira and Fernandes 2009, severity 1."""
    seen = [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
    return (linear @ np.array(seen).T).clip(0, 1)


STEPS = np.linspace(0, 1, 33)


def test_equal_steps_of_heat_look_equally_far_apart():
    path = _oklab(_linear(colours(STEPS).astype(float)))

    distances = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert distances.max() / distances.min() < 1.3  # eight bits cost the rest
    assert (np.diff(path[:, 0]) > 0).all()  # lightness rises all the way


def test_people_with_red_green_colour_blindness_see_the_same_steps():
    linear = _linear(colours(STEPS).astype(float))

    usual = np.linalg.norm(np.diff(_oklab(linear), axis=0), axis=1)
    theirs = np.linalg.norm(np.diff(_oklab(_as_a_deuteranope(linear)), axis=0), axis=1)
    assert theirs.min() > 0.7 * usual.min()


def test_every_colour_in_an_overlay_is_heat(scene):
    heat = np.zeros((4, 6))
    heat[1, 4] = 1

    pixels = np.asarray(overlay(scene((600, 400)), heat)).astype(int)

    yellowness = pixels[..., 0] - pixels[..., 2]
    assert np.unravel_index(yellowness.argmax(), yellowness.shape)[0] // 100 == 1
    assert np.unravel_index(yellowness.argmax(), yellowness.shape)[1] // 100 == 4
    assert (yellowness[200:, :300] < 0).all()  # cold places are blue


def test_an_overlay_has_the_size_of_its_photo_and_keeps_what_it_shows():
    photo = Image.fromarray(np.tile(np.array([[0, 255]], np.uint8), (50, 40))).convert("RGB")

    painted = np.asarray(overlay(photo, np.ones((7, 7)))).astype(int)

    assert painted.shape == (50, 80, 3)
    assert (painted[:, 1::2].sum(axis=-1) - painted[:, ::2].sum(axis=-1)).min() > 100
