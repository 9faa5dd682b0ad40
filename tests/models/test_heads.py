import numpy as np
import pytest
from tests.models.conftest import tiny_tagger

pytestmark = pytest.mark.keras


def test_the_served_outputs_belong_together(photos):
    from stayrank_models.heads import serving_model

    model = tiny_tagger()
    outputs = serving_model(model).predict(photos, verbose=0)

    assert set(outputs) == {"probabilities", "embedding", "feature_map"}
    np.testing.assert_allclose(outputs["probabilities"], model.predict(photos, verbose=0), 1e-4)
    np.testing.assert_allclose(
        outputs["embedding"], outputs["feature_map"].mean(axis=(1, 2)), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(outputs["probabilities"].sum(axis=1), 1, rtol=1e-5)


def test_the_served_graph_has_no_dropout_and_shares_the_weights():
    from stayrank_models.heads import serving_model

    model = tiny_tagger()
    served = serving_model(model)

    assert not any("dropout" in layer.name for layer in served.layers)
    assert {id(w) for w in served.weights} == {id(w) for w in model.weights}


def test_nima_gives_ten_ratings():
    from stayrank_models.nima import build_nima

    assert build_nima("mobilenet", height=32, width=32, alpha=0.25).output.shape == (None, 10)
