import pytest

from stayrank_common.errors import DatasetError
from stayrank_training.evaluation.ranking_report import Answered, ranking_report

STRATEGIES = ["coverage", "score", "mmr"]


def by_rating(answers, strategy, trade_off, *, fold=True):
    """Best first; where that is not the strategy, the first photo of each area goes before."""
    rated = {r.id: r.mean for r in answers.ratings.results if r.status == "ok"}
    tags = {r.id: r.top_tag for r in answers.tags.results if r.status == "ok"}
    best = sorted(set(rated) & set(tags), key=lambda photo: -rated[photo])
    if fold:
        best = [photo for photo in best if photo not in answers.copies]
    if strategy == "score" or not trade_off:
        return best
    first = [p for i, p in enumerate(best) if tags[p] not in {tags[q] for q in best[:i]}]
    return first + [photo for photo in best if photo not in first]


@pytest.fixture
def report(rated_gallery, gallery_answers, failed):
    galleries = [
        rated_gallery(
            "a", ["pool"] * 8 + ["bedroom", "foyer", "pool"], [*range(10, 2, -1), 4.5, 2.5, 9]
        ),
        rated_gallery("b", ["pool"] * 6 + ["bedroom", "other"], [9, 9, 9, 9, 9, 9, 6, 10]),
    ]
    served = [gallery_answers(gallery, {"copy": "0.jpg"}) for gallery in galleries]
    judged = [said.originals() for said in served]
    judged[0].tags.results[10] = served[0].tags.results[10] = failed("10.jpg")
    return ranking_report(
        galleries,
        Answered(judged, served),
        by_rating,
        strategies=STRATEGIES,
        trade_off=0.4,
        data="galleries",
        split="train",
        shares=lambda _: [1.0, 0.5],
    )


@pytest.fixture
def figure(report):
    by_name = {(s.strategy, f.name): f for s in report.strategies for f in s.figures}
    return lambda *name: by_name[name]


def test_every_strategy_stands_beside_the_plain_sort(report, figure):
    assert [entry.strategy for entry in report.strategies] == [*STRATEGIES, "random"]
    coverage, score = figure("coverage", "alpha_ndcg"), figure("score", "alpha_ndcg")
    assert coverage.gain == pytest.approx(coverage.value - score.value)
    assert coverage.ratio == pytest.approx(coverage.value / score.value)
    assert coverage.gain_interval.low > 0
    assert (score.gain, score.ratio) == (0, 1)
    assert figure("coverage", "s_recall").value == 1
    assert figure("coverage", "rating").gain < 0


def test_a_mean_lies_within_its_interval(report):
    for strategy in report.strategies:
        for figure in strategy.figures:
            assert figure.interval.low - 1e-9 <= figure.value <= figure.interval.high + 1e-9


def test_copies_count_where_nothing_is_folded_and_nowhere_else(figure):
    assert figure("score", "near_duplicates").value == 0
    assert figure("score", "near_duplicates").ratio is None
    assert figure("score", "near_duplicates_unfolded").value == 1
    assert 0 < figure("random", "near_duplicates").value < 1


def test_galleries_are_told_one_by_one(report):
    first, second = report.galleries

    assert (first.photos, first.areas, second.areas) == (10, 3, 2)
    assert first.orders["score"] == [f"{i}.jpg" for i in (0, 1, 2, 3, 4, 5, 8, 6, 7, 9)]
    assert first.orders["coverage"][:3] == ["0.jpg", "8.jpg", "9.jpg"]
    assert report.optimum == {"a": [1, 0.5], "b": [1, 0.5]}
    assert second.values["coverage"]["rating"] == pytest.approx((10 + 9 + 9 + 9 + 6) / 5)


def test_what_a_model_could_not_use_counts_nowhere_and_is_said(report):
    assert [(d.file, d.reason) for d in report.dropped] == [("a/10.jpg", "broken")]
    assert report.photos == 18
    assert all("10.jpg" not in order for order in report.galleries[0].orders.values())


def test_the_trade_offs_are_there_for_what_takes_one(report):
    assert list(report.trade_offs) == ["coverage", "mmr"]
    assert report.trade_offs["coverage"][0].s_recall < report.trade_offs["coverage"][-1].s_recall
    assert report.choice.left_out.keys() == {"a", "b"}


def test_a_single_gallery_has_no_choice_and_no_optimum_unless_asked(rated_gallery, gallery_answers):
    gallery = rated_gallery("a", ["pool", "other"], [5, 6])
    said = gallery_answers(gallery)

    report = ranking_report(
        [gallery], Answered([said], [said]), by_rating,
        strategies=STRATEGIES, trade_off=0.4, data="d", split="test",
    )  # fmt: skip

    assert report.choice is None
    assert report.optimum is None


@pytest.mark.parametrize(("area", "rating"), [("other", 6), ("pool", 1)])
def test_a_gallery_that_nothing_can_be_gained_from_is_refused(
    rated_gallery, gallery_answers, area, rating
):
    said = gallery_answers(gallery := rated_gallery("empty", [area], [rating]))

    with pytest.raises(DatasetError, match="empty: no readable photo shows an area"):
        ranking_report(
            [gallery], Answered([said], [said]), by_rating,
            strategies=STRATEGIES, trade_off=0.4, data="d", split="test",
        )  # fmt: skip
