import json

import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.galleries import read_galleries


@pytest.fixture
def folder(tmp_path):
    """Two hotels for training, one for testing; photos are never opened."""
    for hotel, split in (("b", "train"), ("a", "train"), ("c", "test")):
        _write(
            tmp_path / hotel,
            {
                "2.jpg": {"tag": "bedroom", "mean": 6.5, "split": split},
                "1.jpg": {"tag": "other", "mean": 2, "split": split},
            },
        )
    return tmp_path


def _write(folder, truth):
    folder.mkdir(exist_ok=True)
    for name in truth:
        (folder / name).touch()
    (folder / "truth.json").write_text(json.dumps(truth))


def test_galleries_of_a_split_come_by_name_and_their_photos_too(folder):
    first, second = read_galleries(folder, "train")

    assert (first.name, second.name) == ("a", "b")
    assert first.files == ["1.jpg", "2.jpg"]
    assert first.areas.tolist() == ["other", "bedroom"]
    assert first.ratings.tolist() == [2, 6.5]
    assert (first.folder / first.files[0]).exists()


def test_a_gallery_can_do_without_some_photos(folder):
    (gallery,) = read_galleries(folder, "test")

    rest = gallery.without({"1.jpg"})

    assert (rest.files, rest.areas.tolist(), rest.ratings.tolist()) == (
        ["2.jpg"],
        ["bedroom"],
        [6.5],
    )


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        ("{", "truth.json: the file: "),
        ("{}", "not one photo"),
        ('{"1.jpg": {"tag": "a", "mean": 11, "split": "train"}}', "1.jpg.mean: "),
        ('{"1.jpg": {"tag": "a", "mean": 1, "split": "half"}}', "1.jpg.split: "),
        ('{"1.jpg": {"tag": "a", "split": "train"}}', "1.jpg.mean: "),
        ('{"9.jpg": {"tag": "a", "mean": 1, "split": "train"}}', "no photo '9.jpg'"),
        (
            '{"1.jpg": {"tag": "a", "mean": 1, "split": "train"},'
            ' "2.jpg": {"tag": "a", "mean": 1, "split": "test"}}',
            "one hotel in several splits: test, train",
        ),
    ],
)
def test_a_bad_truth_is_refused_with_its_place(folder, truth, message):
    (folder / "a" / "truth.json").write_text(truth)

    with pytest.raises(DatasetError, match=message):
        read_galleries(folder, "train")


def test_what_is_not_there_is_said(folder, tmp_path):
    with pytest.raises(DatasetError, match="no gallery in the split 'val'"):
        read_galleries(folder, "val")
    with pytest.raises(DatasetError, match=r"folders that hold truth\.json"):
        read_galleries(tmp_path / "a", "train")
