from pathlib import Path

import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.corrections import apply_corrections, read_corrections
from stayrank_training.data.photos import TaggedPhoto

PHOTOS = [TaggedPhoto(Path(n), n, "foyer", "train") for n in ("a.jpg", "b.jpg", "c.jpg")]


def _corrections(tmp_path, text):
    path = tmp_path / "corrections.csv"
    path.write_text(f"file,label,verdict\n{text}\n")
    return path


def test_photos_are_dropped_retagged_or_kept(tmp_path):
    path = _corrections(tmp_path, "a.jpg,foyer,drop\nb.jpg,foyer,kitchen\nelsewhere.jpg,gym,drop")

    assert [(p.file, p.tag) for p in apply_corrections(PHOTOS, path)] == [
        ("b.jpg", "kitchen"),
        ("c.jpg", "foyer"),
    ]


def test_a_correction_of_another_tag_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"a\.jpg"):
        apply_corrections(PHOTOS, _corrections(tmp_path, "a.jpg,kitchen,drop"))


def test_a_file_without_its_columns_or_absent_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("file,tag\na.jpg,foyer\n")

    for name in ("other.csv", "none.csv"):
        with pytest.raises(DatasetError, match=name):
            apply_corrections(PHOTOS, tmp_path / name)


def test_a_photo_that_was_looked_at_and_is_right_is_kept(tmp_path):
    path = _corrections(tmp_path, "a.jpg,foyer,keep\nb.jpg,foyer,foyer")

    assert apply_corrections(PHOTOS, path) == PHOTOS
    assert [c.wrong for c in read_corrections(path).values()] == [False, False]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a.jpg,foyer,dorp", "'dorp'"),
        ("a.jpg,foyer,", ":2: expected values"),
        ("a.jpg,foyer,drop\na.jpg,foyer,keep", ":3: a second"),
    ],
)
def test_a_verdict_that_is_none_or_two_is_refused(tmp_path, text, problem):
    with pytest.raises(DatasetError, match=problem):
        apply_corrections(PHOTOS, _corrections(tmp_path, text))


def test_corrections_of_other_photos_alone_are_a_mistake(tmp_path):
    with pytest.raises(DatasetError, match=r"none of the photos .* 'photos/a\.jpg'"):
        apply_corrections(PHOTOS, _corrections(tmp_path, "photos/a.jpg,foyer,drop"))
