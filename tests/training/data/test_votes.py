import json

import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.votes import Votes, read_label_file, read_votes, write_label_file


@pytest.fixture
def folder(tmp_path, picture):
    for name in ("hotel.12.room.jpg", "b.png"):
        (tmp_path / name).write_bytes(picture())
    return tmp_path


def _write(folder, *rows):
    path = folder / "labels.json"
    path.write_text(json.dumps(rows))
    return path


def test_votes_become_distributions_and_ids_keep_their_dots(folder):
    labels = _write(
        folder,
        {"image_id": "hotel.12.room", "label": [0] * 9 + [4]},
        {"image_id": "b.png", "label": [1] * 10},
    )

    votes = read_votes(labels, folder)

    assert [path.name for path in votes] == ["hotel.12.room.jpg", "b.png"]
    np.testing.assert_allclose(list(votes.values()), [np.eye(10)[9], np.full(10, 0.1)])


@pytest.mark.parametrize(
    "row",
    [
        {"image_id": "missing", "label": [1] * 10},
        {"image_id": "b.png", "label": [1] * 9},
        {"image_id": "b.png", "label": [0] * 10},
        {"image_id": "b.png", "label": [-1] + [1] * 9},
        {"image_id": "b.png", "label": [0.05] * 10},
        {"image_id": "b.png", "label": ["1"] * 10},
        {"image_id": "b.png", "label": [True] * 10},
        {"image_id": "b.png", "label": [float("nan")] + [1] * 9},
        {"image_id": "b.png"},
        "b.png",
    ],
)
def test_a_bad_row_is_refused(folder, row):
    with pytest.raises(DatasetError):
        read_votes(_write(folder, row), folder)


def test_a_photo_may_not_stand_there_twice(folder):
    row = {"image_id": "b.png", "label": [1] * 10}

    with pytest.raises(DatasetError, match="twice"):
        read_votes(_write(folder, row, row), folder)


def test_a_missing_file_is_named(folder):
    with pytest.raises(DatasetError, match=r"none\.json"):
        read_votes(folder / "none.json", folder)


def test_frequencies_that_sum_to_one_are_read_as_they_are(folder):
    labels = _write(folder, {"image_id": "b.png", "label": [0.1] * 10})

    np.testing.assert_allclose(read_votes(labels, folder)[folder / "b.png"], np.full(10, 0.1))


def test_a_bad_label_is_told_with_its_photo(folder):
    with pytest.raises(DatasetError, match=r"json: b\.png: the frequencies sum to 0\.5"):
        read_votes(_write(folder, {"image_id": "b.png", "label": [0.05] * 10}), folder)


def test_what_is_written_is_read_again(tmp_path):
    votes = [Votes("1", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), Votes("a.b", (0.5, 0.5, *[0] * 8))]

    write_label_file(tmp_path / "labels.json", votes)

    assert read_label_file(tmp_path / "labels.json") == votes
