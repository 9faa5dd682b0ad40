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
