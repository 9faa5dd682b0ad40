from dataclasses import replace

import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.manifests import read_manifest, write_manifest
from stayrank_training.data.photos import check_classes, content_digest, read_photos


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


def test_a_tree_without_splits_is_dealt_into_train_and_test_aloud(tmp_path, picture, caplog):
    for number in range(10):
        path = tmp_path / "foyer" / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(picture())

    splits = [photo.split for photo in read_photos(tmp_path)]

    assert (splits.count("train"), splits.count("test")) == (7, 3)
    assert "no splits" in caplog.text
    assert [photo.split for photo in read_photos(tmp_path)] == splits


def test_a_parquet_manifest_reads_like_the_csv(dataset, tmp_path):
    manifest = read_manifest(dataset / "tagging")
    for photo in manifest.paths():
        (tmp_path / photo.relative_to(manifest.photos)).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / photo.relative_to(manifest.photos)).write_bytes(photo.read_bytes())
    write_manifest(manifest.table, tmp_path / "manifest.parquet")

    expected = [replace(p, path=tmp_path / p.file) for p in read_photos(dataset / "tagging")]

    assert read_photos(tmp_path) == expected


def test_corrections_are_applied_when_reading(dataset, tmp_path):
    first = read_photos(dataset / "tagging")[0]
    path = tmp_path / "corrections.csv"
    path.write_text(f"file,label,verdict\n{first.file},{first.tag},drop\n")

    assert read_photos(dataset / "tagging", path) == read_photos(dataset / "tagging")[1:]


def test_a_photo_without_a_split_among_others_is_named(tmp_path, picture):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(picture())
    (tmp_path / "manifest.csv").write_text("file,tag,split\na.jpg,foyer,train\nb.jpg,foyer,\n")

    with pytest.raises(DatasetError, match=r"b\.jpg has no split"):
        read_photos(tmp_path)


def test_classes_that_cannot_be_learnt_are_named(dataset):
    photos = read_photos(dataset / "tagging")
    check_classes(photos, ["foyer", "other"])

    with pytest.raises(DatasetError, match=r"sauna \(none\)"):
        check_classes(photos, ["foyer", "sauna"])
    single = [p for p in photos if p.tag != "foyer" or p.hotel == "hotel-0"]
    with pytest.raises(DatasetError, match=r"foyer \(1\)"):
        check_classes(single, ["foyer"])


def test_the_digest_changes_with_a_byte_of_a_photo(tmp_path, picture):
    photo = tmp_path / "train" / "foyer" / "a.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(picture())
    before = content_digest(read_photos(tmp_path))
    content = bytearray(picture())
    content[-10] ^= 1  # as many bytes as before

    photo.write_bytes(content)

    assert content_digest(read_photos(tmp_path)) != before


def test_the_digest_changes_with_a_tag(dataset):
    photos = read_photos(dataset / "tagging")

    assert content_digest(photos) == content_digest(photos)
    assert content_digest(photos) != content_digest(photos[1:])
