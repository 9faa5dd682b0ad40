import base64
import io
import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import InvalidBase64Error
from stayrank_common.images import PhotoLimits
from stayrank_common.inputs import PhotoInput
from stayrank_gallery.pages.contact_sheet import contact_sheet, draw
from stayrank_gallery.ranker import ranked_from
from stayrank_gallery.schemas import RankOptions
from stayrank_gallery.scorers import Scores

HOSTILE = "\"><script src=//evil.example/x.js></script>&amp;'.jpg"


class Page(HTMLParser):
    """What a browser sees: tags with attributes, and the text of each `<p class="file …">`."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.files = [], []
        self.text = ""
        self._in_file = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if dict(attrs).get("class", "").startswith("file"):
            self._in_file = True
            self.files.append("")

    def handle_endtag(self, tag):
        self._in_file = False

    def handle_data(self, data):
        self.text += data
        if self._in_file:
            self.files[-1] += data

    def pictures(self):
        """The pictures in the order of the page."""
        found = [attrs["src"] for tag, attrs in self.tags if tag == "img"]
        decoded = (base64.b64decode(src.removeprefix("data:image/jpeg;base64,")) for src in found)
        return [Image.open(io.BytesIO(content)) for content in decoded]


def solid(colour, size=(64, 48)):
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return content.getvalue()


def main_colour(picture):
    """`r`, `g` or `b`: the strongest channel."""
    levels = picture.convert("RGB").resize((1, 1)).getpixel((0, 0))
    return "rgb"[levels.index(max(levels))]


@pytest.fixture
def sheet(shot, scores_of):
    """Draw shots with their pictures: `sheet([(shot, content), …], **options)`."""

    def draw(shots, title="Gallery", limits=None, **options):
        ranked = ranked_from(
            scores_of([shot for shot, _ in shots]),
            RankOptions(strategy="score", **options),
            duplicate_threshold=0.9,
        )
        photos = [PhotoInput(shot.id, content) for shot, content in shots]
        return Page(contact_sheet(ranked, photos, PlainDecoder(limits), title))

    return draw


@pytest.fixture
def three(shot):
    """The best is green, then red, then blue; they came in another order."""
    return [
        (shot("red.png", mean=6, direction=0, tag="bedroom"), solid("red")),
        (shot("blue.png", mean=4, direction=60, tag="bathroom"), solid("blue")),
        (shot("green.png", mean=8, direction=120, tag="exterior"), solid("lime")),
    ]


def test_pictures_stand_in_ranked_order_each_with_its_own_name(sheet, three):
    page = sheet(three)

    assert [main_colour(picture) for picture in page.pictures()] == ["g", "r", "b"]
    assert [name.partition(" ")[0] for name in page.files] == ["green.png", "red.png", "blue.png"]
    alts = [attrs["alt"] for tag, attrs in page.tags if tag == "img"]
    assert alts == ["exterior, place 1", "bedroom, place 2", "bathroom, place 3"]


def test_only_the_cover_is_large_and_nothing_is_blown_up(sheet, shot):
    size = (2400, 1200)
    page = sheet(
        [
            (shot("small", mean=2), solid("blue", (40, 30))),
            (shot("cover", mean=9, direction=60), solid("lime", size)),
            (shot("second", mean=5, direction=120), solid("red", size)),
        ]
    )

    assert [picture.size for picture in page.pictures()] == [(1200, 600), (560, 280), (40, 30)]


def test_a_page_refers_to_nothing_outside_and_runs_no_script(sheet, three):
    page = sheet(three)

    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "base", "form", "a"}
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on")], tag
        for name in ("src", "href", "srcset", "poster", "data", "action"):
            assert attrs.get(name, "data:").startswith("data:"), tag
    assert not re.search(r"url\(|@import|https?:|//\w", page.text)  # the style is text here


def test_names_of_photos_and_of_the_hotel_are_text_and_never_markup(sheet, shot):
    hotel = "Hôtel <b>«A & B»</b> <img src=x onerror=alert(1)>"
    shots = [
        (shot(HOSTILE, mean=8), solid("lime")),
        (shot("copy " + HOSTILE, mean=3), solid("lime")),  # the same direction: a duplicate
        (shot("bad " + HOSTILE, unusable="both"), b"no picture"),
    ]

    page = sheet(shots, title=hotel)

    assert {"script", "b"}.isdisjoint(tag for tag, _ in page.tags)
    assert all(attrs["src"].startswith("data:") for tag, attrs in page.tags if tag == "img")
    assert page.text.count(hotel) == 2  # title and heading
    assert [name.partition(" · ")[0] for name in page.files] == [
        HOSTILE,
        "bad " + HOSTILE,
        "copy " + HOSTILE,
    ]


def test_what_is_left_out_is_listed_with_its_reason(sheet, shot):
    page = sheet(
        [
            (shot("best", mean=8), solid("lime")),
            (shot("twin", mean=3), solid("lime")),
            (shot("broken", unusable="both"), b"no picture"),
            (shot("late", mean=4, direction=90), solid("red")),
        ],
        limit=1,
    )

    assert "1 photos in order" in page.text
    assert "3 left out" in page.text
    assert "duplicate of best" in page.text
    assert "unreadable: by the tagger" in page.text
    assert "over limit" in page.text
    assert sorted(page.files[1:]) == ["broken", "late", "twin"]
    assert page.text.count("no picture") == 1
    assert [main_colour(p) for p in page.pictures()].count("g") == 2


def test_a_photo_against_the_policy_is_listed_with_the_rules_that_it_breaks(sheet, three):
    page = sheet(three, policy={"min_mean": 6.5, "allow_rejected": False})

    assert "policy: mean score" in page.text
    assert "is below 6.5" in page.text


def test_without_anything_left_out_there_is_no_such_list(sheet, three):
    assert "Left out" not in sheet(three).text


def test_a_model_for_both_answers_is_named_once(shot, scores_of):
    scores = scores_of([shot("a.png")])
    named = {"model": scores.tags.model.model_copy(update={"name": "both"})}
    answers = (answer.model_copy(update=named) for answer in (scores.tags, scores.aesthetics))
    ranked = ranked_from(Scores(*answers), RankOptions())

    text = Page(contact_sheet(ranked, [], PlainDecoder(), "Gallery")).text

    assert text.count("both") == 1


def test_areas_that_nothing_shows_are_named(sheet, three):
    page = sheet(three, limit=1)

    assert "exterior × 1" in page.text
    assert "no bedroom" in page.text
    assert "no bathroom" in page.text
    assert "no exterior" not in page.text


def test_an_area_that_is_too_doubtful_is_not_said_to_be_shown(sheet, shot):
    doubtful = shot("sky", tag="exterior", probability=0.4, rejected=True)

    page = sheet([(doubtful, solid("blue"))])

    assert [attrs["alt"] for tag, attrs in page.tags if tag == "img"] == ["no clear area, place 1"]
    assert "perhaps exterior, 40 % sure" in page.text


def test_a_picture_that_cannot_be_read_any_more_costs_only_itself(sheet, three, tmp_path):
    shots = [(shot, tmp_path / "gone.png" if shot.id == "red.png" else c) for shot, c in three]

    page = sheet(shots)

    sources = [attrs["src"] for tag, attrs in page.tags if tag == "img"]
    assert [source == "data:," for source in sources] == [False, True, False]


def test_a_photo_that_did_not_arrive_has_no_picture(sheet, shot):
    page = sheet(
        [
            (shot("good"), solid("red")),
            (shot("lost", unusable="both"), InvalidBase64Error("not base64")),
        ]
    )

    assert len(page.pictures()) == 1
    assert "no picture" in page.text


def test_a_photo_is_compared_with_those_of_its_area_or_else_with_all(sheet, shot):
    page = sheet(
        [
            (shot("best", rejected=True, mean=9.99), solid("red")),  # percentile 99.9
            (shot("bath", "bathroom", mean=5, direction=60), solid("red")),
        ]
    )

    best, bath = page.files
    assert best.endswith("beats 99 % of photos")
    assert re.search(r"beats \d+ % of bathroom photos$", bath)


def test_the_limits_hold_for_pictures_too(sheet, three):
    page = sheet(three, limits=PhotoLimits(max_pixels=100))

    assert {attrs["src"] for tag, attrs in page.tags if tag == "img"} == {"data:,"}


def test_every_rating_is_a_bar_and_the_highest_fills_the_box(sheet, shot):
    page = sheet([(shot("only"), solid("red"))])

    bars = [attrs for tag, attrs in page.tags if tag == "i"]
    assert [bar["title"].partition(":")[0] for bar in bars] == [str(r) for r in range(1, 11)]
    assert max(float(bar["style"][7:-1]) for bar in bars) == 100


def test_a_distribution_of_nothing_but_zeros_has_flat_bars(scores_of, shot):
    ranked = ranked_from(scores_of([shot("a")]), RankOptions(), duplicate_threshold=0.9)
    (rating,) = ranked.scores.aesthetics.results
    flat = rating.model_copy(update={"distribution": [0.0] * 10})

    page = Page(draw(ranked.response, {}, {"a": flat}, "Gallery"))

    assert {float(attrs["style"][7:-1]) for tag, attrs in page.tags if tag == "i"} == {0}
