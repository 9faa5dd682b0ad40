import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from stayrank_training.evaluation.near_copies import CHANGES, COPIED, every_copy, near_copies


@pytest.fixture
def gallery(rated_gallery, scene):
    made = rated_gallery("h", ["bedroom"] * 12, np.linspace(2, 8, 12))
    made.folder.mkdir()
    for index, file in enumerate(made.files):
        scene((200 + 10 * index, 150)).save(made.folder / file)
    return made


def test_the_best_rated_photos_are_copied_once_each_in_every_way(gallery):
    copies = near_copies(gallery)

    assert sorted(copy.original for copy in copies) == sorted(gallery.files[-COPIED:])
    assert len({copy.id for copy in copies} | set(gallery.files)) == COPIED + 12
    assert set(Counter(copy.id.split("(")[1] for copy in copies).values()) == {2}


def test_every_photo_can_be_copied_in_every_way(gallery):
    copies = every_copy(gallery)

    expected = {f"{file} ({change})" for file in gallery.files for change in CHANGES}
    assert len(copies) == len(expected)
    assert {copy.id for copy in copies} == expected
    assert all(copy.id.startswith(f"{copy.original} (") for copy in copies)


def test_a_gallery_is_copied_in_the_same_way_each_time(gallery):
    assert near_copies(gallery) == near_copies(gallery)


@pytest.mark.parametrize(
    ("change", "size"),
    [
        ("cropped", (376, 282)),
        ("shifted", (384, 288)),
        ("halved", (200, 150)),
        ("brightened", (400, 300)),
        ("reencoded", (400, 300)),
    ],
)
def test_a_change_leaves_the_scene(scene, change, size):
    photo = scene((400, 300))

    changed = CHANGES[change](photo)

    assert (changed.size, changed.mode) == (size, "RGB")
    small = [np.asarray(image.convert("L").resize((8, 8))).ravel() for image in (photo, changed)]
    assert np.corrcoef(small)[0, 1] > 0.95
    assert changed.tobytes() != photo.tobytes()


def test_a_copy_is_a_jpeg_file(gallery):
    assert Image.open(io.BytesIO(near_copies(gallery)[0].content)).format == "JPEG"
