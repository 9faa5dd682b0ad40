from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from stayrank_common.errors import ArtifactError, ExplanationError
from stayrank_models.engines import open_engine
from stayrank_models.engines.openvino import _dense_kernel
from stayrank_models.sealing import seal

pytestmark = pytest.mark.keras  # its fixture exports a Keras model


def test_openvino_tells_nobody_that_it_is_used():
    from openvino.tools.ovc import telemetry_utils

    assert telemetry_utils.tm.__name__ == "openvino.tools.ovc.telemetry_stub"


def test_threads_do_not_disturb_each_other(tiny_artifact, photos):
    engine = open_engine(tiny_artifact, "openvino", threads=2)
    expected = [engine.predict(photo[None]).probabilities for photo in photos]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda photo: engine.predict(photo[None]).probabilities, photos))

    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_an_answer_is_not_overwritten_by_the_next(tiny_artifact, photos):
    engine = open_engine(tiny_artifact, "openvino", threads=1)

    first = engine.predict(photos[:1]).probabilities
    before = first.copy()
    engine.predict(photos[1:])

    np.testing.assert_array_equal(first, before)


def test_a_photo_gets_the_same_answer_in_company_as_alone_and_stays_as_it_is(tiny_artifact, photos):
    engine = open_engine(tiny_artifact, "openvino", threads=1)
    batch = photos.copy()

    together = engine.predict(batch)
    alone = [engine.predict(photo[None]) for photo in photos]

    for name in ("probabilities", "embedding"):
        expected = np.concatenate([getattr(outputs, name) for outputs in alone])
        np.testing.assert_allclose(getattr(together, name), expected, atol=1e-6)
    np.testing.assert_array_equal(batch, photos)


@pytest.mark.parametrize("scaling", ["symmetric", "torch", "caffe"])
def test_a_graph_may_scale_its_input_in_every_way_that_backbones_do(scaling, monkeypatch, tmp_path):
    from tests.models.conftest import FACTS, SIZE, tiny_tagger

    from stayrank_models.backbones import BACKBONES
    from stayrank_models.exporting import export_artifact

    backbone = replace(BACKBONES["mobilenet"], scaling=scaling)
    monkeypatch.setitem(BACKBONES, "mobilenet", backbone)
    artifact = export_artifact(tiny_tagger(), tmp_path, FACTS, "# Tiny\n")

    answer = open_engine(artifact, "openvino").predict(np.zeros((1, SIZE, SIZE, 3), np.uint8))

    assert answer.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_a_graph_that_is_none_is_refused(tiny_artifact, tmp_path):
    (tmp_path / "openvino").mkdir()
    names = ("openvino/model.xml", "openvino/model.bin")
    for name in names:
        (tmp_path / name).write_bytes(b"<net/>")
    broken = seal(tmp_path, tiny_artifact.manifest, names)

    with pytest.raises(ArtifactError, match=r"model\.xml"):
        open_engine(broken, "openvino")


def _graph(*, deeper: bool):
    """Pooling and one dense layer, with or without a layer between."""
    import openvino as ov
    from openvino import opset13 as ops

    features = ops.parameter([-1, 2, 3, 4], np.float32)
    pooled = ops.reduce_mean(features, np.array([1, 2]), keep_dims=False)
    kernel = np.arange(20, dtype=np.float32).reshape(5, 4)
    last = ops.tanh(pooled) if deeper else pooled
    logits = ops.add(ops.matmul(last, kernel, False, True), np.zeros((1, 5), np.float32))
    outputs = [ops.result(node) for node in (ops.softmax(logits, 1), pooled)]
    for output, name in zip(outputs, ("probabilities", "embedding"), strict=True):
        output.output(0).set_names({name})
    return ov.Model(outputs, [features]), kernel


def test_the_kernel_of_a_pooled_head_is_read_from_the_graph_and_of_no_other():
    pooled, kernel = _graph(deeper=False)

    np.testing.assert_array_equal(_dense_kernel(pooled), kernel.T)
    assert _dense_kernel(_graph(deeper=True)[0]) is None


def test_a_head_without_a_closed_form_is_refused_with_what_to_do(tiny_artifact, photos):
    engine = open_engine(tiny_artifact, "openvino", threads=1)
    engine._kernel = None

    with pytest.raises(ExplanationError, match="`keras`"):
        engine.channel_weights(np.zeros((1, 2, 2, 4), np.float32), np.zeros((1, 8)))
