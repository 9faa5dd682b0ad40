import numpy as np
import pytest

from stayrank_models.explain import class_activation_maps, relative_heat

RNG = np.random.default_rng(0)


def test_the_mean_of_a_map_is_the_logit_without_its_bias():
    features, kernel = RNG.random((2, 3, 4, 5)), RNG.normal(size=(5, 8))

    maps = class_activation_maps(features, kernel)

    logits = features.mean(axis=(1, 2)) @ kernel
    np.testing.assert_allclose(maps.mean(axis=(1, 2)), logits, rtol=1e-5, atol=1e-6)


def test_heat_lies_between_zero_and_one_and_is_zero_where_nothing_speaks_for_a_class():
    heat = relative_heat(np.stack([RNG.normal(size=(3, 4)), -np.ones((3, 4))]))

    assert heat[0].min() == 0
    assert heat[0].max() == 1
    assert not heat[1].any()


def test_weights_of_another_model_are_refused():
    with pytest.raises(ValueError, match="channels"):
        class_activation_maps(np.zeros((1, 2, 2, 3)), np.zeros((4, 8)))
