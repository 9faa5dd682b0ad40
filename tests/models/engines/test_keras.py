from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from stayrank_common.errors import ConfigurationError, DeviceMemoryError
from stayrank_models.engines import open_engine
from stayrank_models.engines.keras import KerasEngine

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
    assert engine.batch_size == 8  # a quarter of what runs at once


def test_without_a_gpu_the_runtime_that_needs_one_refuses(tiny_artifact, monkeypatch):
    gpus: list[str] = []
    monkeypatch.setattr("keras.distribution.list_devices", {"gpu": gpus}.get)
    with pytest.raises(ConfigurationError, match="keras-gpu needs a GPU"):
        open_engine(tiny_artifact, "keras-gpu")

    gpus.append("gpu:0")
    assert open_engine(tiny_artifact, "keras-gpu").description["device"] == "gpu:0"


def test_any_number_of_photos_runs_in_one_of_a_few_batch_sizes(tiny_artifact, photos, monkeypatch):
    """A size of its own would be compiled anew; each trace goes through the model's `call`."""
    fresh = KerasEngine(tiny_artifact)
    traces = []
    call = fresh._model.call
    monkeypatch.setattr(
        fresh._model, "call", lambda x, *args, **kw: traces.append(x.shape) or call(x, *args, **kw)
    )

    for _ in range(2):
        for count in range(1, 40):
            fresh.predict(np.resize(photos, (count, *photos.shape[1:])))

    assert 0 < len(traces) <= 4


def _half(engine_artifact, monkeypatch):
    gpu = {"gpu": ["gpu:0"], None: ["gpu:0"]}
    monkeypatch.setattr("keras.distribution.list_devices", lambda kind=None: gpu[kind])
    return KerasEngine(engine_artifact.offering("f16"), needs_gpu=True)


def test_on_a_gpu_it_computes_in_half_precision_where_that_was_judged(
    tiny_artifact, photos, monkeypatch
):
    exact = KerasEngine(tiny_artifact).predict(photos, feature_map=True)
    half = _half(tiny_artifact, monkeypatch)

    found = half.predict(photos, feature_map=True)

    assert half.description["precision"] == "f16"
    assert half._model.get_layer("conv1").compute_dtype == "float16"
    for name in ("probabilities", "embedding", "feature_map"):
        values = getattr(found, name)
        assert values.dtype == np.float32
        assert not np.array_equal(values, getattr(exact, name))
    np.testing.assert_allclose(found.probabilities, exact.probabilities, atol=0.05)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "error",
    [
        type("ResourceExhaustedError", (Exception,), {})("OOM when allocating tensor"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 9 bytes."),
    ],
)
def test_memory_that_is_exhausted_is_a_typed_error_and_the_next_call_is_well(
    engine, photos, monkeypatch, error
):
    def exhausted(_):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(engine._engine._model, "predict_on_batch", exhausted)
        with pytest.raises(DeviceMemoryError, match="16 photos"):
            engine.predict(photos)

    assert len(engine.predict(photos).probabilities) == len(photos)


def test_another_error_is_passed_on_as_it_is(engine, photos, monkeypatch):
    def broken(_):
        raise RuntimeError("something else")

    monkeypatch.setattr(engine._engine._model, "predict_on_batch", broken)
    with pytest.raises(RuntimeError, match="something else"):
        engine.predict(photos)


def test_memory_that_does_not_even_hold_the_model_is_replaced_only_where_that_is_configured(
    tiny_artifact, monkeypatch
):
    def exhausted(_):
        raise RuntimeError("RESOURCE_EXHAUSTED: failed to allocate")

    monkeypatch.setattr("stayrank_models.engines.keras.load_model", exhausted)
    monkeypatch.setattr("keras.distribution.list_devices", lambda _=None: ["gpu:0"])
    with pytest.raises(DeviceMemoryError, match="gpu:0 does not suffice for the model"):
        open_engine(tiny_artifact, "keras-gpu")

    description = open_engine(tiny_artifact, "keras-gpu", fallback=True).description
    assert description["runtime"] == "openvino"
    assert "gpu:0 does not suffice" in description["fallback"]
