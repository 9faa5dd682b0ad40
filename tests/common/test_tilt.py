import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from stayrank_common.tilt import tilt_degrees


def _room(convergence: float = 0.0, size: int = 640) -> Image.Image:
    """A wall with door frames, drawn large so that its edges are smooth; lean in degrees."""
    room = Image.new("L", (size, size), 200)
    draw = ImageDraw.Draw(room)
    for column in range(-4, 5):
        x = size / 2 + column * size / 8
        lean = np.tan(np.radians(convergence * column / 8)) * size / 2
        draw.line([(x + lean, 0), (x - lean, size)], fill=60, width=8)
    draw.line([(0, size * 0.8), (size, size * 0.8)], fill=90, width=6)
    return room


def _photo_of(room: Image.Image, turn: float) -> np.ndarray:
    turned = room.rotate(turn, Image.Resampling.BICUBIC)
    cut = room.width // 5
    inner = turned.crop((cut, cut, room.width - cut, room.height - cut))
    return np.asarray(inner.resize((320, 320), Image.Resampling.BILINEAR)) / 255


@settings(max_examples=20)
@given(turn=st.floats(-15, 15), light=st.floats(0.4, 1))
def test_a_turned_room_is_tilted_by_that_much_in_any_light(turn, light):
    assert tilt_degrees(_photo_of(_room(), turn) * light) == pytest.approx(turn, abs=0.7)


@pytest.mark.parametrize("convergence", [-20, 20])
def test_walls_that_lean_to_the_centre_are_no_tilt(convergence):
    assert tilt_degrees(_photo_of(_room(convergence), 0)) == pytest.approx(0, abs=0.7)


def test_a_mirror_turns_the_tilt_round():
    photo = _photo_of(_room(10), 6)

    assert tilt_degrees(photo[:, ::-1]) == pytest.approx(-tilt_degrees(photo), abs=0.3)


@pytest.mark.parametrize(
    "photo",
    [
        np.zeros((320, 240)),
        np.random.default_rng(0).random((240, 320)),
        np.eye(300),
        _photo_of(_room(), 5)[:50],
    ],
    ids=["black", "noise", "a diagonal", "a strip"],
)
def test_where_no_edges_agree_nothing_is_said(photo):
    assert tilt_degrees(photo) is None


@pytest.mark.shared
def test_most_real_photos_that_are_turned_far_are_called_tilted_and_few_others(shared):
    photos = sorted((shared / "datasets" / "galleries").glob("hotel-*/*.jpg"))[::12]
    told = {turn: [_tilt_of(path, turn) for path in photos] for turn in (0, 12)}

    called = {turn: np.mean([abs(t or 0) > 3 for t in tilts]) for turn, tilts in told.items()}
    right = [t for t in told[12] if t is not None and abs(t - 12) < 3]
    assert called[0] < 0.15
    assert called[12] > 0.6
    assert len(right) > 0.8 * sum(t is not None for t in told[12])


def _tilt_of(path, turn):
    photo = Image.open(path).convert("L")
    width, height = photo.size
    angle = np.radians(turn)
    kept = min(width, height) / (
        min(width, height) * np.cos(angle) + max(width, height) * np.sin(angle)
    )
    x, y = width * (1 - kept) / 2, height * (1 - kept) / 2
    turned = photo.rotate(turn, Image.Resampling.BICUBIC).crop((x, y, width - x, height - y))
    turned.thumbnail((320, 320), Image.Resampling.BILINEAR)
    return tilt_degrees(np.asarray(turned) / 255)
