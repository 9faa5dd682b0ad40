import pytest

from stayrank_common.errors import ArtifactError
from stayrank_models.artifacts import OPENVINO

pytestmark = pytest.mark.keras


def test_another_backend_has_the_graph_made_from_the_weights_of_the_artifact(
    tiny_artifact, tmp_path, monkeypatch
):
    import shutil

    import keras

    from stayrank_models.artifacts import Artifact
    from stayrank_models.converting import write_openvino

    copy = Artifact(shutil.copytree(tiny_artifact.folder, tmp_path / "copy"))
    expected = (copy.folder / OPENVINO).with_suffix(".bin").read_bytes()
    for path in (copy.folder / "openvino").iterdir():
        path.unlink()
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")

    write_openvino(copy, served=None)

    assert (copy.folder / OPENVINO).with_suffix(".bin").read_bytes() == expected
    assert (copy.folder / OPENVINO).is_file()


def test_what_went_wrong_in_the_other_interpreter_is_said(tiny_artifact, tmp_path, monkeypatch):
    import shutil

    import keras

    from stayrank_models.artifacts import Artifact
    from stayrank_models.converting import write_openvino

    copy = Artifact(shutil.copytree(tiny_artifact.folder, tmp_path / "copy"))
    (copy.folder / "model.weights.h5").write_bytes(b"altered")
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")

    with pytest.raises(ArtifactError, match="sha256 is"):
        write_openvino(copy, served=None)


def test_the_first_convolutions_compute_in_float32_where_the_others_do_not(tiny_artifact):
    import openvino as ov

    from stayrank_models.converting import EXACT_CONVOLUTIONS
    from stayrank_models.engines.precisions import native_precisions

    if "bf16" not in native_precisions():
        pytest.skip("this processor is not made for bf16")
    hint = {"INFERENCE_PRECISION_HINT": "bf16"}
    compiled = ov.Core().compile_model(tiny_artifact.folder / OPENVINO, "CPU", hint)

    layers = [node.get_rt_info() for node in compiled.get_runtime_model().get_ordered_ops()]
    precisions = [
        layer["runtimePrecision"].astype(str)
        for layer in layers
        if layer["layerType"].astype(str) == "Convolution"
    ]
    exact, rest = precisions[:EXACT_CONVOLUTIONS], precisions[EXACT_CONVOLUTIONS:]
    assert set(exact) == {"f32"}
    assert set(rest) == {"bf16"}
