import numpy as np
import pytest

from stayrank_training.recipe_parts import Head

pytestmark = pytest.mark.keras


def test_rates_rise_to_the_peak_and_fall_to_almost_nothing():
    from stayrank_training.optimizing import OneCycle

    schedule = OneCycle(2.0, steps=200, warmup=0.25)
    rates = np.array([float(schedule(step)) for step in range(201)])

    assert rates[0] == pytest.approx(2 / 25)
    assert rates.max() == rates[50] == pytest.approx(2)
    assert (np.diff(rates[:51]) > 0).all()
    assert (np.diff(rates[50:]) < 0).all()
    assert rates[-1] < 0.001
    assert float(OneCycle.from_config(schedule.get_config())(30)) == pytest.approx(rates[30])


def test_a_head_may_follow_the_cycle_as_well():
    from stayrank_training.optimizing import OneCycle, head_optimizer

    optimizer = head_optimizer(Head(schedule="one_cycle", epochs=4), steps=5)
    schedule = optimizer._learning_rate

    assert isinstance(schedule, OneCycle)
    assert schedule.steps == 20
