import numpy as np
import pytest

from stayrank_training.evaluation.trade_offs import TRADE_OFFS, aims_held, choose, points, sweep


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


def test_the_smallest_trade_off_that_surely_holds_both_aims_is_chosen(galleries):
    choice = choose(galleries, swept(lambda t: 0.5 + 2 * t, lambda t: 6 - t))

    assert choice.trade_off == 0.05  # 0.2 would cost more than 3 % of 6
    assert choice.left_out == {"a": 0.05, "b": 0.05}
    assert choice.alpha_ndcg == pytest.approx(1.2)
    assert choice.rating == pytest.approx(5.95 / 6)


def test_the_share_of_resamples_tells_how_sure_it_is():
    values = swept(lambda t: 0.5 + 2 * t, steady)
    values[1:, 1, 2] = 5.5  # any variety costs the second gallery too much

    held = aims_held(values)

    assert held[0] == 0
    # Only where the first gallery is drawn twice: (6 + 5.5) / 12 is less than 0.97.
    assert held[1:] == pytest.approx(0.25, abs=0.03)


def test_a_gallery_has_no_say_in_the_trade_off_that_it_is_judged_by(galleries):
    values = swept(lambda t: 0.5 + 2 * t, steady)
    values[:, 1, 0] = [0.5 if t < 0.5 else 0.8 for t in TRADE_OFFS]

    choice = choose(galleries, values)

    assert choice.left_out == {"a": 0.5, "b": 0.05}
    assert choice.alpha_ndcg == pytest.approx((1.5 + 0.5) / 1.0)


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
