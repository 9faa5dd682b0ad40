import os
import socket

import pytest

from stayrank_cli.photos import find_photos
from stayrank_common.errors import NoPhotosError, UndecodablePhotoError
from stayrank_common.schemas import PhotoFailure
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import TagPredictor

ODD = ["dangling", "loop", "pipe", "socket"]


def _make(kind, path):
    """Put something there that carries the name of a photo and is none."""
    if kind == "dangling":
        path.symlink_to(path.parent / "nowhere.jpg")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(path))  # the path of a socket may have 107 bytes


def _errors(photos):
    return {p.id: str(p.source) for p in photos if isinstance(p.source, UndecodablePhotoError)}


@pytest.fixture
def folder(tmp_path, picture):
    """A folder with one good photo."""
    (tmp_path / "good.jpg").write_bytes(picture())
    return tmp_path


def test_in_a_folder_photos_count_by_suffix_and_come_in_the_order_of_their_names(gallery):
    names = [os.path.relpath(photo.id, gallery) for photo in find_photos([gallery])]

    assert names == ["a.jpg", "b.PNG", "broken.jpg", "c.webp", "more/d.jpeg"]


def test_a_named_file_counts_whatever_its_suffix(gallery):
    assert [photo.source for photo in find_photos([gallery / "notes.txt"])] == [
        gallery / "notes.txt"
    ]


def test_a_photo_that_is_named_again_is_there_once(folder):
    good = folder / "good.jpg"

    assert [photo.source for photo in find_photos([good, folder, good])] == [good]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("dangling", "cannot be read: No such file"),
        ("loop", "cannot be read: Too many levels"),
        ("pipe", "not a file"),
        ("socket", "not a file"),
    ],
)
def test_what_cannot_be_read_is_reported_and_the_rest_is_there(folder, kind, why, named):
    _make(kind, folder / "odd.jpg")

    photos = find_photos([folder / "odd.jpg", folder / "good.jpg"] if named else [folder])

    errors = _errors(photos)
    assert errors.keys() == {f"{folder}/odd.jpg"}
    assert why in errors[f"{folder}/odd.jpg"]
    assert [p.source for p in photos if p.id not in errors] == [folder / "good.jpg"]


@pytest.mark.parametrize("verb", ["tag", "score", "rank"])
def test_each_of_many_bad_ones_is_printed_and_the_good_one_gets_its_answer(stayrank, folder, verb):
    for kind in ODD:
        _make(kind, folder / f"{kind}.jpg")

    outcome = stayrank(verb, folder)

    assert outcome.code == 0
    for name in ("good", *ODD):
        assert outcome.out.count(f"{name}.jpg") == 1
    assert outcome.out.count("cannot be read") == 2
    assert outcome.out.count("not a file") == 2


def test_a_name_that_is_too_long_is_reported_and_the_rest_is_there(folder):
    photos = find_photos([folder / ("x" * 300 + ".jpg"), folder / "good.jpg"])

    (error,) = _errors(photos).values()
    assert error == "cannot be read: File name too long"
    assert len(photos) == 2


def test_folders_nested_deeper_than_a_path_may_be_are_reported_and_the_rest_is_there(
    folder, monkeypatch
):
    level = "deep" * 60
    monkeypatch.chdir(folder)
    for _ in range(18):  # of 240 characters each; a path may have 4096
        os.mkdir(level)  # noqa: PTH102 - relative, for the whole path would be too long
        os.chdir(level)
    monkeypatch.chdir(folder)

    photos = find_photos([folder])

    (error,) = _errors(photos).values()
    assert error == "cannot be read: File name too long"
    assert photos[0].source == folder / "good.jpg"


def test_a_long_path_is_no_reason_to_refuse_it(folder, picture):
    place = folder / "/".join(["d" * 250] * 5)
    place.mkdir(parents=True)
    (place / "far.jpg").write_bytes(picture(seed=1))

    assert [photo.source for photo in find_photos([folder])] == [
        folder / "good.jpg",
        place / "far.jpg",
    ]


def test_a_folder_that_may_not_be_read_is_reported(folder):
    (folder / "closed").mkdir(mode=0)
    if os.access(folder / "closed", os.R_OK):
        pytest.skip("root may read everything")

    assert _errors(find_photos([folder])) == {
        f"{folder}/closed": "cannot be read: Permission denied"
    }


def test_a_file_that_vanishes_before_its_turn_fails_alone(folder, picture, tmp_path_factory):
    (folder / "gone.jpg").write_bytes(picture(seed=1))
    photos = find_photos([folder])
    (folder / "gone.jpg").unlink()
    artifact = fake_artifact(tmp_path_factory.mktemp("model"), "tagging")

    gone, good = sorted(TagPredictor(artifact, FakeEngine(8)).predict(photos), key=lambda r: r.id)

    assert isinstance(gone, PhotoFailure)
    assert gone.error.detail == "cannot be read: No such file or directory"
    assert good.status == "ok"


def test_a_path_where_nothing_is_is_an_error(folder):
    with pytest.raises(NoPhotosError, match=r"none\.jpg: no such file or folder"):
        find_photos([folder / "good.jpg", folder / "none.jpg"])


def test_an_id_can_be_printed_whatever_the_bytes_of_the_name(folder, picture):
    name = os.fsdecode(b"\xff\xfe" * 100 + b".jpg")  # escaped, it is four times as long
    (folder / name).write_bytes(picture(seed=1))

    ids = [photo.id for photo in find_photos([folder])]

    assert f"{folder}/" + r"\xff\xfe" * 100 + ".jpg" in ids
    assert all(photo_id.encode() for photo_id in ids)


@pytest.mark.parametrize("verb", ["tag", "score", "rank"])
def test_hostile_names_are_printed_safely_whether_the_photo_is_good_or_bad(
    stayrank, folder, picture, verb
):
    names = {
        "line\nbreak": r"line\nbreak",
        "\x1b[2Jclear": r"\x1b[2Jclear",
        "\u202eturned": r"\u202eturned",
        "[red]markup[b]": "[red]markup[b]",
        ":smile:": ":smile:",
        "back\\": "back\\",
    }
    for seed, name in enumerate(names):
        (folder / f"{name}.jpg").write_bytes(picture(seed=seed + 1))
        (folder / f"{name}.png").write_bytes(b"")

    outcome = stayrank(verb, folder)

    assert outcome.code == 0
    for printed in names.values():
        assert f"{folder}/{printed}.jpg" in outcome.out
        assert f"{folder}/{printed}.png" in outcome.out


@pytest.mark.parametrize("verb", ["tag", "score", "rank"])
def test_a_hostile_name_is_safe_in_an_error_too(stayrank, tmp_path, verb):
    (tmp_path / "\x1b[2Jclear.jpg").write_bytes(b"")

    outcome = stayrank(verb, tmp_path)

    assert outcome.code == 1
    assert r"\x1b[2Jclear.jpg: the file is empty" in outcome.err
