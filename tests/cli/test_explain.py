import json

import pytest
from PIL import Image


def test_every_photo_gets_a_picture_and_a_bad_one_a_row(stayrank, gallery, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")

    outcome = stayrank("explain", "tagger", gallery, "--out", out)

    pictures = sorted(out.iterdir())
    assert outcome.code == 0
    assert len(pictures) == 4
    assert all(path.name in outcome.out for path in pictures)
    assert "not an image" in outcome.out
    with Image.open(pictures[0]) as painted:
        assert painted.size == (96, 64)


def test_json_names_the_area_that_was_asked_for(stayrank, gallery):
    outcome = stayrank("explain", "tagger", gallery, "--tag", "kitchen", "--json")

    results = json.loads(outcome.out)["results"]
    assert {result.get("tag") for result in results} == {"kitchen", None}
    assert [result.get("status") for result in results].count("error") == 1


def test_the_page_shows_three_areas_and_the_mean_score_of_each_photo_and_stands_alone(
    stayrank, gallery, tmp_path_factory
):
    page = tmp_path_factory.mktemp("page") / "page.html"

    assert stayrank("explain", "aesthetic", gallery, "--html", page).code == 0

    html = page.read_text()
    assert html.count("<img") == 4 * (1 + 3 + 1)
    assert html.count('class="focal"') == 4 * 4
    assert "Could not be used: not an image" in html
    assert "://" not in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("tagger", "{photos}", "--tag", "ballroom"), 1, "swimming_pool"),
        (("filters", "--html", "{photos}/x.html", "--layers", "a,b"), 2, "numbers"),
    ],
)
def test_what_cannot_be_explained_is_said_in_a_line(stayrank, gallery, arguments, code, words):
    outcome = stayrank("explain", *(a.format(photos=gallery) for a in arguments))

    assert outcome.code == code
    assert words in outcome.err


@pytest.mark.keras
def test_a_layer_that_does_not_exist_is_named_before_any_work(stayrank, tmp_path):
    page = tmp_path / "page.html"

    outcome = stayrank("explain", "filters", "--html", page, "--layers", "23,999")

    assert outcome.code == 1
    assert "999" in outcome.err
    assert not page.exists()
