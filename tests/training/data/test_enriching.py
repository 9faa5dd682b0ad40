from dataclasses import replace

import pytest

from stayrank_common.errors import DatasetError, PhotoFetchError
from stayrank_training.data.enriching import Newcomer, enrich, of_folder, read_urls
from stayrank_training.data.manifests import read_manifest, write_manifest

FACTS = {"tag": "foyer", "split": "train"}


@pytest.fixture
def manifest(tmp_path, picture):
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture(seed=0))
    (folder / "manifest.csv").write_text("file,tag,split,note\na.jpg,foyer,test,old\n")
    return read_manifest(folder)


def test_new_photos_are_added_and_all_others_counted(manifest, picture):
    newcomers = [
        Newcomer("http://x/1.PNG?w=3", picture(seed=1, picture_format="PNG"), FACTS),
        Newcomer("old", picture(seed=0), FACTS),
        Newcomer("again", picture(seed=1, picture_format="PNG"), FACTS),
        Newcomer("text", b"no picture", FACTS),
        Newcomer("gone", PhotoFetchError("the host answered 404"), FACTS),
        Newcomer("outside", picture(seed=2), {**FACTS, "tag": "../up"}),
        Newcomer("nowhere", picture(seed=3), {**FACTS, "split": "dev"}),
    ]

    result = enrich(manifest, newcomers, "web")

    assert (result.added, result.duplicates) == (1, ["old", "again"])
    assert list(result.unusable) == ["text", "gone", "outside", "nowhere"]
    write_manifest(result.table, manifest.photos / "manifest.csv")
    old, new = read_manifest(manifest.photos).table.to_dict("records")
    assert old == {"file": "a.jpg", "tag": "foyer", "split": "test", "note": "old", "source": ""}
    assert new["file"].startswith("web/foyer/")
    assert new["file"].endswith(".png")
    assert (new["source"], new["split"], new["note"]) == ("web", "train", "")


def test_a_dataset_without_splits_stays_without(manifest, picture):
    manifest = replace(manifest, table=manifest.table.drop(columns="split"))

    result = enrich(manifest, [Newcomer("x", picture(seed=1), FACTS)], "web")

    assert result.added == 1
    assert "split" not in result.table.columns


@pytest.mark.parametrize("name", ["", "a/b", "..", ".x"])
def test_a_source_is_a_plain_name(manifest, name):
    with pytest.raises(DatasetError, match="plain name"):
        enrich(manifest, [], name)


def test_folders_come_as_a_tree_or_all_with_one_tag(tmp_path, picture):
    for name in ("x/foyer/a.jpg", "x/gym/b.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(picture())

    tree = list(of_folder(tmp_path / "x", None, "train"))
    flat = list(of_folder(tmp_path / "x", "pool", "val"))

    assert [n.facts["tag"] for n in tree] == ["foyer", "gym"]
    assert [(n.facts["tag"], n.facts["split"]) for n in flat] == [("pool", "val")] * 2
    assert tree[0].content == picture()


def test_urls_come_as_lines_or_as_a_table(tmp_path):
    (tmp_path / "l.txt").write_text("http://x/1.jpg\n\nhttp://x/2.jpg\n")
    (tmp_path / "l.csv").write_text("url,tag,property\nhttp://x/1.jpg,gym,h1\n")
    (tmp_path / "bad.csv").write_text("url,tag\nhttp://x/1.jpg,\n")

    assert read_urls(tmp_path / "l.txt", "foyer", "train") == [
        ("http://x/1.jpg", FACTS),
        ("http://x/2.jpg", FACTS),
    ]
    assert read_urls(tmp_path / "l.csv", "foyer", "val") == [
        ("http://x/1.jpg", {"tag": "gym", "property": "h1", "split": "val"})
    ]
    for name in ("l.txt", "bad.csv"):
        with pytest.raises(DatasetError, match="photo 1: expected a url"):
            read_urls(tmp_path / name, None, "train")
