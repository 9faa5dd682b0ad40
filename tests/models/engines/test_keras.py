from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from stayrank_common.errors import ConfigurationError
from stayrank_models.engines import open_engine

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def engine(tiny_artifact):
    return open_engine(tiny_artifact, "keras")


@pytest.mark.parametrize("count", [1, 3, 32, 33])
def test_a_photo_gets_the_same_answer_in_any_batch(engine, photos, count):
    batch = np.resize(photos, (count, *photos.shape[1:]))

    outputs = engine.predict(batch, feature_map=True)

    assert len(outputs.probabilities) == len(outputs.feature_map) == count
    alone = engine.predict(batch[-1:])
    np.testing.assert_allclose(outputs.probabilities[-1:], alone.probabilities, atol=1e-5)


def test_the_feature_map_comes_only_where_it_is_asked_for(engine, photos):
    assert engine.predict(photos).feature_map is None


def test_threads_do_not_disturb_each_other(engine, photos):
    expected = [engine.predict(photo[None]).probabilities for photo in photos]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda photo: engine.predict(photo[None]).probabilities, photos))

    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_it_says_what_it_runs_on(engine):
    assert engine.description["runtime"].startswith("keras (")
    assert engine.batch_size == 32


def test_without_a_gpu_the_runtime_that_needs_one_refuses(tiny_artifact, monkeypatch):
    gpus: list[str] = []
    monkeypatch.setattr("keras.distribution.list_devices", {"gpu": gpus}.get)
    with pytest.raises(ConfigurationError, match="keras-gpu needs a GPU"):
        open_engine(tiny_artifact, "keras-gpu")

    gpus.append("gpu:0")
    assert open_engine(tiny_artifact, "keras-gpu").batch_size == 32
