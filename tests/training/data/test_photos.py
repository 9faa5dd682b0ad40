import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.photos import content_digest, read_photos


def test_a_manifest_tells_tag_split_source_and_hotel(dataset):
    photos = read_photos(dataset / "tagging")

    assert len(photos) == 54
    first = photos[0]
    assert (first.file, first.tag, first.split) == ("test/bathroom/5.jpg", "bathroom", "test")
    assert (first.source, first.hotel) == ("hotelsite", "hotel-5")
    assert first.path.is_file()


def test_a_tree_of_folders_will_do(tmp_path, picture):
    for name in ("train/kitchen/a.b.jpg", "val/kitchen/c.PNG", "test/foyer/d.jpg", "train/x.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(picture())
    (tmp_path / "train/kitchen/notes.txt").write_text("not a photo")

    assert [(p.file, p.tag, p.split) for p in read_photos(tmp_path)] == [
        ("test/foyer/d.jpg", "foyer", "test"),
        ("train/kitchen/a.b.jpg", "kitchen", "train"),
        ("val/kitchen/c.PNG", "kitchen", "val"),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [("a.jpg,kitchen,train", "no file"), ("a.jpg,,train", "expected"), ("a.jpg,x,dev", "expected")],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, row, problem):
    (tmp_path / "manifest.csv").write_text(f"file,tag,split\n{row}\n")

    with pytest.raises(DatasetError, match=f":2: .*{problem}"):
        read_photos(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="neither"):
        read_photos(tmp_path)


def test_the_digest_changes_with_a_tag(dataset):
    photos = read_photos(dataset / "tagging")

    assert content_digest(photos) == content_digest(photos)
    assert content_digest(photos) != content_digest(photos[1:])
