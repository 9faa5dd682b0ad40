import json
import os

import pytest
from starlette.testclient import TestClient

from stayrank_aesthetic.app import create_app as aesthetic_app
from stayrank_tagger.app import create_app as tagger_app


@pytest.mark.parametrize(
    ("verb", "create_app", "path"),
    [("tag", tagger_app, "/tag"), ("score", aesthetic_app, "/aesthetic")],
)
def test_json_is_the_answer_of_the_service(stayrank, gallery, verb, create_app, path):
    photos = sorted(p for p in gallery.rglob("*") if p.suffix not in ("", ".txt"))
    files = [("files", (str(photo), photo.read_bytes())) for photo in photos]
    with TestClient(create_app()) as client:
        served = client.post(path, files=files).json()

    printed = json.loads(stayrank(verb, *photos, "--json").out)

    assert printed == served
    assert [r["status"] for r in printed["results"]].count("error") == 1


@pytest.mark.parametrize("verb", ["tag", "score"])
def test_the_table_has_a_row_for_every_photo(stayrank, gallery, verb):
    outcome = stayrank(verb, gallery)

    assert outcome.code == 0
    for name in ("a.jpg", "b.PNG", "c.webp", "d.jpeg", "broken.jpg"):
        assert name in outcome.out


def test_there_is_no_limit_on_the_number_of_photos(stayrank, tmp_path, picture):
    for number in range(230):
        (tmp_path / f"{number}.jpg").write_bytes(picture(seed=number % 3))

    outcome = stayrank("score", tmp_path, "--json")

    assert len(json.loads(outcome.out)["results"]) == 230


def test_markup_in_a_file_name_is_shown_as_it_is(stayrank, tmp_path, picture):
    (tmp_path / "[bold]x.jpg").write_bytes(picture())

    assert "[bold]x.jpg" in stayrank("tag", tmp_path).out


@pytest.mark.parametrize("verb", ["tag", "score", "rank"])
def test_a_hostile_file_whose_error_holds_markup_loses_nothing_of_the_rest(
    stayrank, tmp_path, picture, verb
):
    chunk = b"\x00\x00\x00\x00[/a]\x00\x00\x00\x00"
    (tmp_path / "bad.png").write_bytes(picture(picture_format="PNG")[:33] + chunk)
    (tmp_path / "good.jpg").write_bytes(picture())

    outcome = stayrank(verb, tmp_path)

    assert outcome.code == 0
    assert "good.jpg" in outcome.out
    assert "bad.png" in outcome.out


@pytest.mark.parametrize("verb", ["tag", "score", "rank"])
def test_a_name_that_is_not_utf_8_is_printed_escaped(stayrank, tmp_path, picture, verb):
    (tmp_path / "a.jpg").write_bytes(picture())
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(picture(seed=1))

    outcome = stayrank(verb, tmp_path, "--json")

    assert outcome.code == 0
    assert r"caf\\xe9.jpg" in outcome.out


@pytest.mark.parametrize("verb", ["tag", "score"])
def test_in_json_a_failure_stands_in_the_place_of_its_photo(stayrank, tmp_path, picture, verb):
    names = ["1-good.jpg", "2-text.jpg", "3-good.jpg", "4-gone.jpg", "5-good.jpg"]
    for seed, name in enumerate(names):
        (tmp_path / name).write_bytes(picture(seed=seed) if "good" in name else b"no picture")
    (tmp_path / "4-gone.jpg").unlink()
    (tmp_path / "4-gone.jpg").symlink_to("nowhere.jpg")

    outcome = stayrank(verb, tmp_path, "--json")

    results = json.loads(outcome.out)["results"]
    assert outcome.code == 0
    assert [(r["id"], r["status"]) for r in results] == [
        (f"{tmp_path}/{name}", "ok" if "good" in name else "error") for name in names
    ]
    assert "not an image" in results[1]["error"]["detail"]
    assert "No such file" in results[3]["error"]["detail"]
