import numpy as np
import pytest

from stayrank_common.ratings import earth_movers_distance

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def distance():
    from stayrank_models.losses import EarthMoversDistance

    return EarthMoversDistance


def _distributions(seed: int, count: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(10), count).astype(np.float32)


@pytest.mark.parametrize("r", [1, 1.5, 2, 3])
def test_it_is_the_distance_that_reports_use(distance, r):
    p, q = _distributions(1), _distributions(2)

    found = np.asarray(distance(r=r, reduction=None)(p, q))

    np.testing.assert_allclose(found, earth_movers_distance(p, q, r=r), rtol=1e-4)


@pytest.mark.parametrize("r", [1, 2])
def test_the_gradient_of_a_perfect_prediction_is_zero(distance, r):
    import tensorflow as tf

    p = tf.constant(_distributions(1))
    with tf.GradientTape() as tape:
        tape.watch(p)
        cost = distance(r=r)(tf.identity(p).numpy(), p)

    np.testing.assert_array_equal(tape.gradient(cost, p).numpy(), 0)


def test_sample_weights_reach_each_photo(distance):
    p, q = _distributions(1, 2), _distributions(2, 2)
    loss = distance()

    alone = float(loss(p[:1], q[:1]))

    assert float(loss(p, q, sample_weight=np.array([2.0, 0.0]))) == pytest.approx(alone, rel=1e-5)


def test_it_comes_back_equal_from_its_configuration(distance):
    import keras

    loss = distance(r=1.5, epsilon=1e-9)
    again = keras.losses.deserialize(keras.losses.serialize(loss))

    assert (again.r, again.epsilon, again.name) == (1.5, 1e-9, loss.name)


def test_an_order_below_one_is_refused(distance):
    with pytest.raises(ValueError, match="at least 1"):
        distance(r=0.5)
