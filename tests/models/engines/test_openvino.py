from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from stayrank_common.errors import ArtifactError
from stayrank_models.engines import open_engine
from stayrank_models.exporting import seal

pytestmark = pytest.mark.keras  # its fixture exports a Keras model


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


def test_a_graph_that_is_none_is_refused(tiny_artifact, tmp_path):
    (tmp_path / "openvino").mkdir()
    names = ("openvino/model.xml", "openvino/model.bin")
    for name in names:
        (tmp_path / name).write_bytes(b"<net/>")
    broken = seal(tmp_path, tiny_artifact.manifest, names)

    with pytest.raises(ArtifactError, match=r"model\.xml"):
        open_engine(broken, "openvino")
