import pytest

from stayrank_training.evaluation.confusion import class_figures, confused_pairs, confusion

#         bedroom ×4    bathroom ×3  foyer ×1; no photo shows a reception
TRUTH = [0, 0, 0, 0, 1, 1, 1, 2]
PREDICTED = [0, 0, 0, 1, 1, 1, 0, 3]


@pytest.fixture
def judged(tag_judgements):
    return tag_judgements(TRUTH, PREDICTED)


def test_rows_are_what_photos_show_and_columns_what_they_were_taken_for(judged):
    assert confusion(judged).counts == [[3, 1, 0, 0], [1, 2, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_class_figures_are_counted_and_undefined_where_nothing_defines_them(judged):
    bedroom, bathroom, foyer, reception = class_figures(judged)

    assert (bedroom.support, bedroom.predicted, bedroom.recall) == (4, 4, 0.75)
    assert bathroom.precision == pytest.approx(2 / 3)
    assert bathroom.f1 == pytest.approx(2 / 3)
    assert (foyer.precision, foyer.recall, foyer.f1) == (None, 0, 0)
    assert (reception.precision, reception.recall, reception.f1) == (0, None, None)
    assert bedroom.recall_interval.low < 0.75 < bedroom.recall_interval.high
    assert reception.recall_interval is None


def test_pairs_are_named_by_frequency_and_the_asked_for_ones_always(judged):
    pairs = confused_pairs(confusion(judged))

    assert [(p.first, p.second) for p in pairs] == [
        ("bedroom", "bathroom"),
        ("foyer", "reception"),
        ("bathroom", "reception"),  # never confused here, and still asked for
    ]
    assert pairs[0].share == pytest.approx(2 / 7)
    assert (pairs[1].first_as_second, pairs[1].second_as_first, pairs[1].share) == (1, 0, 1)
    assert pairs[2].share == 0
