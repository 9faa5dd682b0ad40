import numpy as np
import pytest

from stayrank_training.evaluation.trade_offs import TRADE_OFFS, choose, points, sweep


def swept(ndcg, rating):
    """`(trade-offs, 2 galleries, 3)` from functions of λ."""
    rows = [[ndcg(t), t, rating(t)] for t in TRADE_OFFS]
    return np.repeat(np.array(rows)[:, None], 2, axis=1)


def steady(trade_off):
    """A rating that variety costs nothing of."""
    return 6


@pytest.fixture
def galleries(rated_gallery):
    return [rated_gallery(name, ["pool", "bedroom"], [8, 4]) for name in ("a", "b")]


def test_the_best_that_keeps_the_rating_is_chosen(galleries):
    choice = choose(galleries, swept(lambda t: 0.5 + t, lambda t: 6 - t))

    assert choice.trade_off == 0.15  # 0.2 would cost more than 3 % of 6
    assert choice.left_out == {"a": 0.15, "b": 0.15}
    assert choice.alpha_ndcg == pytest.approx(1.3)
    assert choice.rating == pytest.approx(5.85 / 6)


def test_a_rating_that_recovers_by_chance_does_not_count(galleries):
    choice = choose(galleries, swept(lambda t: 0.5 + t, lambda t: 5 if t == 0.3 else 6))

    assert choice.trade_off == 0.25


def test_it_says_how_flat_the_optimum_is(galleries):
    choice = choose(galleries, swept(lambda t: 0.8 - 0.1 * abs(t - 0.5), steady))

    assert choice.trade_off == 0.5
    assert choice.flat == (0.45, 0.55)  # 0.795 is within 1 % of 0.8, 0.79 is not


def test_a_gallery_has_no_say_in_the_trade_off_that_it_is_judged_by(galleries):
    values = swept(lambda t: 0.5 + t, steady)
    values[:, 1, 0] = [0.9 - t for t in TRADE_OFFS]

    choice = choose(galleries, values)

    assert choice.left_out == {"a": 0, "b": 1}
    assert choice.alpha_ndcg == pytest.approx((0.5 - 0.1) / 1.4)


def test_nothing_is_chosen_on_a_single_gallery(galleries):
    assert choose(galleries[:1], swept(lambda t: t, steady)[:, :1]) is None


def test_a_sweep_orders_every_gallery_with_every_trade_off(galleries, gallery_answers):
    def order(answers, strategy, trade_off, *, fold=True):
        assert strategy == "coverage"
        return ["0.jpg", "1.jpg"] if trade_off < 0.5 else ["1.jpg"]

    found = sweep(galleries, [gallery_answers(g) for g in galleries], order, "coverage")

    assert found.shape == (len(TRADE_OFFS), 2, 3)
    rows = points(found)
    assert [(row.trade_off, row.rating) for row in (rows[0], rows[-1])] == [(0, 6), (1, 4)]
    assert (rows[0].s_recall, rows[-1].s_recall) == (1, 0.5)
