import pandas as pd
import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.manifests import empty_classes, read_manifest, write_manifest


def _put(folder, picture, *names):
    for seed, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(picture(seed=seed))


@pytest.mark.parametrize("name", ["m.csv", "m.parquet"])
def test_what_is_written_is_read_again_with_all_columns(tmp_path, picture, name):
    _put(tmp_path, picture, "b.jpg", "a.jpg")
    table = pd.DataFrame(
        {
            "file": ["a.jpg", "b.jpg"],
            "tag": ["x", 'y, "z"'],
            "property": ["7", ""],
            "note": ["", "n"],
        }
    )

    write_manifest(table[::-1], tmp_path / name)
    read = read_manifest(tmp_path / name, columns=("file", "tag"))

    assert read.table.to_dict("records") == table.to_dict("records")
    assert read.paths() == [tmp_path / "a.jpg", tmp_path / "b.jpg"]


def test_numbers_and_gaps_of_a_parquet_file_become_text(tmp_path, picture):
    _put(tmp_path, picture, "a.jpg", "b.jpg")
    table = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "tag": "x", "property": [12.0, None]})
    table.assign(price=[1.5, 2.5]).to_parquet(tmp_path / "manifest.parquet")

    read = read_manifest(tmp_path).table

    assert read["property"].tolist() == ["12", ""]
    assert read["price"].tolist() == [1.5, 2.5]


def test_a_tree_may_have_splits_or_not(tmp_path, picture):
    _put(tmp_path / "plain", picture, "foyer/a.jpg", "kitchen/b.jpg", ".cache/c.jpg")
    _put(tmp_path / "split", picture, "train/foyer/a.jpg", "test/foyer/b.jpg")

    plain, split = (read_manifest(tmp_path / name).table for name in ("plain", "split"))

    assert plain.to_dict("records") == [
        {"file": "foyer/a.jpg", "tag": "foyer"},
        {"file": "kitchen/b.jpg", "tag": "kitchen"},
    ]
    assert split[["tag", "split"]].to_numpy().tolist() == [["foyer", "test"], ["foyer", "train"]]


def test_a_tree_with_splits_here_and_classes_there_is_refused(tmp_path, picture):
    _put(tmp_path, picture, "train/foyer/a.jpg", "kitchen/b.jpg")

    with pytest.raises(DatasetError, match="kitchen"):
        read_manifest(tmp_path)


def test_an_empty_class_folder_is_named(tmp_path, picture):
    _put(tmp_path, picture, "train/foyer/a.jpg")
    (tmp_path / "train" / "gym").mkdir()

    with pytest.raises(DatasetError, match="no photo in train/gym"):
        read_manifest(tmp_path)
    assert empty_classes(tmp_path) == ["train/gym"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("file,tag\na.jpg,x\na.jpg,y\n", ":3: a.jpg stands there twice"),
        ("file,tag\na.jpg,x,z\n", ":2: more fields"),
        ("file\na.jpg\n", "no column tag"),
        ("file,tag\n", "holds no photo"),
        ("", "no column file, tag"),
        ("file,tag,split\na.jpg,x,dev\n", ":2: .*'dev'"),
        ("file,tag\na.jpg,\n", ":2: expected a value for tag"),
        ("file,tag\nnone.jpg,x\n", ":2: there is no file"),
        ('file,tag\n"a.jpg,x\n', "not a CSV file"),
        ("file,tag\nb\xff.jpg,x\n", "not a CSV file"),
    ],
)
def test_a_malformed_file_is_told_with_the_line(tmp_path, picture, text, problem):
    _put(tmp_path, picture, "a.jpg")
    (tmp_path / "manifest.csv").write_bytes(text.encode("latin-1"))

    with pytest.raises(DatasetError, match=problem):
        read_manifest(tmp_path, columns=("file", "tag"))


def test_other_sources_are_refused(tmp_path, picture):
    _put(tmp_path, picture, "a/manifest.csv", "a/manifest.parquet", "b.txt", "c.parquet")

    for name, problem in {
        "a": "name the one",
        "b.txt": "expected a folder",
        "c.parquet": "not a Parquet",
        "d": "no such file",
    }.items():
        with pytest.raises(DatasetError, match=problem):
            read_manifest(tmp_path / name)
    with pytest.raises(DatasetError, match=r"\.csv or \.parquet"):
        write_manifest(pd.DataFrame(), tmp_path / "m.xls")
