import numpy as np
import pytest

from stayrank_training.evaluation.trade_offs import TRADE_OFFS, aims_held, choose, points, sweep

PLAIN = np.array([[0.5, 0.0, 6.0]] * 2)  # of 2 galleries


def swept(ndcg, rating, recall=lambda trade_off: trade_off):
    """`(trade-offs, 2 galleries, 3)` from functions of λ."""
    rows = [[ndcg(t), recall(t), rating(t)] for t in TRADE_OFFS]
    return np.repeat(np.array(rows)[:, None], 2, axis=1)


def rising(trade_off):
    return 0.5 + 2 * trade_off


def steady(trade_off):
    """A rating that variety costs nothing of."""
    return 6


def level(trade_off):
    """An α-nDCG or S-recall that variety gains nothing of."""
    return 0.5


@pytest.fixture
def galleries(rated_gallery):
    return [rated_gallery(name, ["pool", "bedroom"], [8, 4]) for name in ("a", "b")]


def test_the_trade_off_that_shows_most_areas_while_both_aims_hold_is_chosen(galleries):
    choice = choose(galleries, swept(rising, lambda t: 6 - t), PLAIN)

    assert choice.trade_off == 0.15  # 0.2 would cost more than 3 % of 6
    assert choice.left_out == {"a": 0.15, "b": 0.15}
    assert choice.alpha_ndcg == pytest.approx(0.8 / 0.5)
    assert choice.s_recall is None  # the plain sort has none
    assert choice.rating == pytest.approx(5.85 / 6)


def test_of_trade_offs_that_show_as_many_areas_the_smallest_is_chosen(galleries):
    assert choose(galleries, swept(rising, steady, lambda t: t >= 0.4), PLAIN).trade_off == 0.4


def test_where_no_trade_off_reaches_the_aims_the_surest_is_chosen(galleries):
    values = swept(level, steady)
    values[9, 0, 0] = 0.58  # enough where the first gallery is drawn twice

    assert choose(galleries, values, PLAIN).trade_off == TRADE_OFFS[9]


def test_the_share_of_resamples_tells_how_sure_it_is():
    values = swept(rising, steady)
    values[1:, 1, 2] = 5.5  # any variety costs the second gallery too much

    shares = aims_held(values, PLAIN)

    assert shares[0] == 0
    # Only where the first gallery is drawn twice: (6 + 5.5) / 12 is less than 0.97.
    assert shares[1:] == pytest.approx(0.25, abs=0.03)


def test_a_gallery_has_no_say_in_the_trade_off_that_it_is_judged_by(galleries):
    values = swept(rising, steady, level)
    values[:, 1, 0] = [0.5 if t < 0.5 else 0.8 for t in TRADE_OFFS]

    choice = choose(galleries, values, PLAIN)

    assert choice.left_out == {"a": 0.5, "b": 0.05}
    assert choice.alpha_ndcg == pytest.approx((1.5 + 0.5) / 1.0)


def test_nothing_is_chosen_on_a_single_gallery(galleries):
    assert choose(galleries[:1], swept(rising, steady)[:, :1], PLAIN[:1]) is None


def test_a_sweep_orders_every_gallery_with_every_trade_off(galleries, gallery_answers):
    def order(answers, strategy, trade_off, *, fold=True):
        assert strategy == "coverage"
        return ["0.jpg", "1.jpg"] if trade_off < 0.5 else ["1.jpg"]

    found = sweep(galleries, [gallery_answers(g) for g in galleries], order, "coverage")

    assert found.shape == (len(TRADE_OFFS), 2, 3)
    rows = points(found, PLAIN)
    assert [(row.trade_off, row.rating) for row in (rows[0], rows[-1])] == [(0, 6), (1, 4)]
    assert (rows[0].s_recall, rows[-1].s_recall) == (1, 0.5)
