import sys
from types import SimpleNamespace

import fsspec
import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.data.remote import Copied, fetch, push


@pytest.fixture
def store():
    """An empty store in memory, at `memory://`."""
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    yield memory
    memory.store.clear()


@pytest.fixture
def folder(tmp_path):
    """A folder of three files, one of them empty, with names that URLs would quote."""
    folder = tmp_path / "run"
    for name, content in {"a.csv": "a", "photos/b ü%20.jpg": "bb", "photos/more/empty": ""}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("place", ["memory://bucket/runs/1", "memory://bucket/runs/1/", "file"])
def test_what_was_pushed_is_what_is_fetched(store, folder, tmp_path, place):
    url = (tmp_path / "there" / "1").as_uri() if place == "file" else place

    assert push(folder, url) == Copied(3, 3)
    assert fetch(url, tmp_path / "back") == Copied(3, 3)

    assert files(tmp_path / "back") == files(folder)


def test_both_replace_files_of_the_same_name_and_size_and_leave_others(store, folder, tmp_path):
    push(folder, "memory://bucket/run")
    (folder / "a.csv").write_text("z")
    push(folder, "memory://bucket/run")
    back = tmp_path / "back"
    back.mkdir()
    (back / "a.csv").write_text("old")
    (back / "other").write_text("mine")

    fetch("memory://bucket/run", back)

    assert (back / "a.csv").read_text() == "z"
    assert (back / "other").read_text() == "mine"


def test_one_file_is_fetched_under_its_name(store, folder, tmp_path):
    push(folder, "memory://bucket/run")

    assert fetch("memory://bucket/run/a.csv", tmp_path / "back") == Copied(1, 1)
    assert files(tmp_path / "back") == {"a.csv": "a"}


def test_neighbours_whose_names_begin_alike_stay_where_they_are(store, folder, tmp_path):
    push(folder, "memory://bucket/run-2")
    push(folder, "memory://bucket/run")

    assert fetch("memory://bucket/run", tmp_path / "back") == Copied(3, 3)


def test_a_name_that_leads_out_of_the_folder_is_refused_before_anything_is_written(
    store, tmp_path, monkeypatch
):
    names = {f"/bucket/{name}": {"size": 1} for name in ("good", "../../evil")}
    monkeypatch.setattr(type(store), "find", lambda *_, **__: names)

    with pytest.raises(DatasetError, match=r"evil.*leads out"):
        fetch("memory://bucket", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_nothing_is_an_error_both_ways(store, tmp_path):
    with pytest.raises(DatasetError, match="memory://nowhere: holds no files"):
        fetch("memory://nowhere", tmp_path)
    with pytest.raises(DatasetError, match="holds no files"):
        push(tmp_path, "memory://bucket")


def test_an_unknown_store_is_named(tmp_path):
    with pytest.raises(DatasetError, match="ftpx"):
        fetch("ftpx://host/path", tmp_path)


def test_a_store_whose_library_is_missing_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)

    with pytest.raises(DatasetError, match=r"stayrank\[cloud\]"):
        fetch("s3://bucket/path", tmp_path)


def test_a_store_that_refuses_is_told_in_its_words(store, folder, monkeypatch):
    class NoCredentialsError(Exception):
        pass

    def refuse(*_):
        raise NoCredentialsError("unable to locate credentials")

    library = SimpleNamespace(BotoCoreError=NoCredentialsError, ClientError=NoCredentialsError)
    monkeypatch.setitem(sys.modules, "botocore.exceptions", library)
    monkeypatch.setattr(type(store), "put", refuse)

    with pytest.raises(DatasetError, match="memory://bucket: unable to locate credentials"):
        push(folder, "memory://bucket")
