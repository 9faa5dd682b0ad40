import pytest

from stayrank_common.schemas import ModelInfo
from stayrank_training.evaluation.judgements import Dropped
from stayrank_training.evaluation.pages.shift import shift_page
from stayrank_training.evaluation.shift import ChangedTag, PhotoShift, ScoreShift, TagShift

HOSTILE = "<script>alert(1)</script>.jpg"
FACTS = {
    "before": ModelInfo(name="m", version="1.0.0", sha256="a" * 64),
    "after": ModelInfo(name="m", version="1.1.0", sha256="b" * 64),
    "photos": 3,
    "dropped": [Dropped(file="bad.jpg", reason="it is a text")],
}
SCORES = ScoreShift(
    **FACTS,
    mean_before=5,
    mean_after=5.25,
    mean_difference=0.25,
    quantiles={"0.5": -0.125},
    mean_absolute_difference=0.5,
    largest_absolute_difference=2,
    srcc=None,
    scores=[PhotoShift(file=file, before=5, after=5.5) for file in (HOSTILE, "a.jpg", "b.jpg")],
)
TAGS = TagShift(
    **FACTS,
    agreement=0.5,
    rejection_agreement=1,
    rejected_before=0.25,
    rejected_after=0.5,
    distance=0.125,
    shares={"swimming_pool": (0.25, 0.75)},
    changes=[ChangedTag(before="foyer", after="swimming_pool", files=[HOSTILE, "a.jpg", "b.jpg"])],
)


@pytest.fixture
def page(tmp_path, picture):
    paths = {
        name: tmp_path / f"{index}.jpg" for index, name in enumerate((HOSTILE, "a.jpg", "b.jpg"))
    }
    for path in paths.values():
        path.write_bytes(picture())
    return lambda shift, shown=2: shift_page(shift, paths, shown)


@pytest.mark.parametrize("shift", [SCORES, TAGS], ids=["scores", "tags"])
def test_both_versions_and_what_was_dropped_are_named_and_nothing_is_loaded(page, shift):
    html = page(shift)

    for text in ("m 1.1.0 in the place of m 1.0.0", "aaaaaaaaaaaa", "bad.jpg", "it is a text"):
        assert text in html
    assert "<script>" not in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert html.count("data:image/jpeg") == 2


def test_scores_come_with_both_plots_and_the_quantiles(page):
    html = page(SCORES)

    assert html.count("<svg") == 2
    assert "−0.125" in html
    assert "n/a" in html  # there is no rank correlation


def test_tags_come_with_their_shares_and_each_change(page):
    html = page(TAGS)

    assert "<svg" not in html
    assert "foyer → swimming pool: 3" in html
    assert "75.0 %" in html


def test_where_no_area_changes_it_says_so(page):
    assert "Every photo keeps its area." in page(TAGS.model_copy(update={"changes": []}))
