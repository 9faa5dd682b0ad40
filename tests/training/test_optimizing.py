import numpy as np
import pytest

from stayrank_training.recipe_parts import Finetune, Head

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


def test_the_backbone_moves_by_its_share_of_the_step():
    import keras

    from stayrank_training.optimizing import finetune_optimizer

    start = np.ones((2, 2), np.float32)
    moved = {}
    for name in ("probabilities", "conv"):
        layer = keras.layers.Dense(2, use_bias=False, name=name)
        layer.build((None, 2))
        layer.set_weights([start])
        settings = Finetune(
            learning_rate=0.1, backbone_rate=0.25, schedule="constant", weight_decay=0
        )
        optimizer = finetune_optimizer(settings, steps=10)
        optimizer.build([layer.kernel])
        optimizer.apply([keras.ops.ones((2, 2))], [layer.kernel])
        moved[name] = float((start - layer.get_weights()[0]).mean())

    assert moved["probabilities"] == pytest.approx(0.1, rel=1e-3)
    assert moved["conv"] == pytest.approx(0.025, rel=1e-3)


def test_a_head_may_follow_the_cycle_as_well():
    from stayrank_training.optimizing import OneCycle, head_optimizer

    optimizer = head_optimizer(Head(schedule="one_cycle", epochs=4), steps=5)
    schedule = optimizer._learning_rate

    assert isinstance(schedule, OneCycle)
    assert schedule.steps == 20
