import numpy as np
import pytest

from stayrank_common.errors import ExplanationError
from stayrank_models.explain import activation_map, class_direction, mean_direction
from stayrank_models.gradcam import channel_weights, gradient_of

pytestmark = pytest.mark.keras
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def pooled_head():
    """Average pooling and one dense layer, as both models have."""
    import keras

    features = keras.Input((3, 4, 6))
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    dense = keras.layers.Dense(10, activation="softmax", bias_initializer="random_normal")
    return keras.Model(features, dense(pooled))


def test_grad_cam_of_a_pooled_head_is_the_closed_form(pooled_head):
    features = RNG.random((2, 3, 4, 6)).astype(np.float32)
    p = np.asarray(pooled_head(features))
    directions = np.stack([class_direction(3, 10), mean_direction(p[1])])

    found = channel_weights(pooled_head, features, directions)

    kernel = np.asarray(pooled_head.layers[-1].kernel)
    np.testing.assert_allclose(found, directions @ kernel.T, rtol=1e-4, atol=1e-6)


def test_grad_cam_of_a_deeper_head_is_what_finite_differences_find():
    import keras

    features = keras.Input((3, 4, 6))
    flat = keras.layers.Flatten()(features)
    hidden = keras.layers.Dense(7, activation="tanh")(flat)
    head = keras.Model(features, keras.layers.Dense(10, activation="softmax")(hidden))
    at = RNG.random((1, 3, 4, 6)).astype(np.float32)
    direction = class_direction(2, 10)

    found = channel_weights(head, at, direction[None])[0]

    for channel in range(6):
        step = np.zeros_like(at)
        step[..., channel] = 0.01
        up, down = (np.log(np.asarray(head(at + s), np.float64)) for s in (step, -step))
        slope = ((up - down)[0] @ direction) / 0.02
        assert slope == pytest.approx(found[channel], rel=0.02, abs=2e-3)
    assert activation_map(at[0], found).shape == (3, 4)


def test_another_backend_is_refused_by_name(monkeypatch):
    import keras

    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")

    with pytest.raises(ExplanationError, match="torch"):
        gradient_of(lambda x: x, np.zeros(3, np.float32))
