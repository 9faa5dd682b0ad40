"""What holds for all reports, as a reader without network, pictures or a mouse meets them."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from stayrank_common.schemas import ModelInfo
from stayrank_models.engines import fake_artifact
from stayrank_training.evaluation.aesthetic_report import aesthetic_report
from stayrank_training.evaluation.judgements import Dropped
from stayrank_training.evaluation.pages.aesthetic import aesthetic_page
from stayrank_training.evaluation.pages.ranking import ranking_page
from stayrank_training.evaluation.pages.tagger import tagger_page
from stayrank_training.evaluation.ranking_report import Answered, ranking_report
from stayrank_training.evaluation.tagger_report import tagger_report

HOSTILE = "<script>alert(1)</script>.jpg"


class Outline(HTMLParser):
    """Collects what the tests ask about."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def tagger_html(tag_judgements, tmp_path):
    judged = tag_judgements([0, 1, 2, 3, 0, -1], [0, 1, 0, 0, 1, 2])
    paths = {photo.file: tmp_path / photo.file for photo in judged.photos}
    Image.new("RGB", (800, 600), "navy").save(paths["2.jpg"])
    judged.photos[3] = replace(judged.photos[3], file=HOSTILE)  # and its picture is missing
    paths[HOSTILE] = tmp_path / "missing.jpg"
    artifact = fake_artifact(tmp_path, "tagging")
    dropped = [Dropped(file=HOSTILE, reason="not <b>an</b> image")]
    report = tagger_report(artifact, judged, dropped, data="d", split="test", shown=9)
    return tagger_page(report, paths)


@pytest.fixture
def aesthetic_html(rating_judgements, tmp_path):
    rng = np.random.default_rng(0)
    judged = rating_judgements(rng.integers(1, 11, 20), rng.integers(1, 11, 20))
    judged.files[3] = HOSTILE
    model = ModelInfo(name="nima", version="1", sha256="0" * 64)
    shares = {"darkened_falls": 0.9, "darkened_change": -0.5}
    report = aesthetic_report(
        model,
        judged,
        [],
        shares,
        labels="labels.json",
        constant=("these very labels", judged.given.mean(axis=0)),
        baseline=(model, judged.given, shares),
        shown=20,
    )
    return aesthetic_page(report, judged, tmp_path)


@pytest.fixture
def ranking_html(rated_gallery, gallery_answers):
    galleries = [
        rated_gallery(name, ["bedroom", "other", "swimming_pool"], [5, 9, 7]) for name in ("a", "b")
    ]
    for gallery in galleries:
        gallery.files[2] = HOSTILE
        gallery.folder.mkdir()
        Image.new("RGB", (800, 600), "navy").save(gallery.folder / "0.jpg")
    said = [gallery_answers(gallery) for gallery in galleries]
    report = ranking_report(
        galleries,
        Answered(said, said),
        lambda answers, *_, **__: [result.id for result in answers.tags.results],
        strategies=["coverage", "score", "round_robin", "mmr"],
        trade_off=0.4,
        data=HOSTILE,
        split="train",
        shares=lambda _: [1.0, 0.9],
    )
    return ranking_page(report, galleries)


@pytest.fixture(params=["tagger_html", "aesthetic_html", "ranking_html"])
def page(request):
    return request.getfixturevalue(request.param)


def test_a_page_needs_nothing_from_outside_and_runs_no_script(page):
    outline = Outline(page)

    assert not outline.all("script")
    assert not outline.all("link")
    for _, attributes in outline.elements:
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/jpeg;base64,"))
    assert not re.search(r"url\((?!#)|@import", page)


def test_names_of_files_are_no_markup(page):
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_ids_are_unique_and_every_link_inside_leads_somewhere(page):
    outline = Outline(page)
    ids = Counter(a["id"] for _, a in outline.elements if "id" in a)

    assert max(ids.values()) == 1
    targets = [a["href"][1:] for a in outline.all("a")] + re.findall(r"url\(#([^)]+)\)", page)
    labelled = [a["aria-labelledby"] for _, a in outline.elements if "aria-labelledby" in a]
    assert set(targets + labelled) <= set(ids)


def test_tables_plots_and_pictures_can_be_heard_and_reached_by_keyboard(page):
    outline = Outline(page)

    assert len(outline.all("caption")) == len(outline.all("table"))
    assert all("scope" in cell for cell in outline.all("th"))
    assert all(picture["alt"] for picture in outline.all("img"))
    assert all(plot["role"] == "img" and plot["aria-label"] for plot in outline.all("svg"))
    scrolling = [a for _, a in outline.elements if a.get("class") == "scroll"]
    assert len(scrolling) == len(outline.all("table"))
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in scrolling)


def test_a_missing_picture_is_said_and_loses_no_other(tagger_html):
    assert tagger_html.count("no picture") == 2  # of three mistakes, one has its picture
    assert len(Outline(tagger_html).all("img")) == 1


def test_thumbnails_are_small(tagger_html):
    assert max(len(a["src"]) for a in Outline(tagger_html).all("img")) < 40_000


def test_every_count_of_the_confusion_matrix_is_on_the_page(tagger_html):
    table = tagger_html[tagger_html.index('class="confusion"') :]
    first_row = re.search(r"bedroom</th>(<td.*?)</tr>", table)[1]

    assert re.findall(r">(\d+)</td>", first_row) == ["1", "1", "0", "0", "2"]


def test_the_page_of_orders_shows_both_orders_and_says_which_picture_is_missing(ranking_html):
    assert "a, by coverage" in ranking_html
    assert "b, by score" in ranking_html
    assert ranking_html.count("no picture") == 8  # two of three photos, in two orders of two hotels
    assert re.search(r"bedroom, <b>5\.0</b>", ranking_html)
    assert ">0.9000</td>" in ranking_html


def test_pages_are_the_same_every_time(aesthetic_html, request):
    again = request.getfixturevalue("aesthetic_html")

    assert again == aesthetic_html
