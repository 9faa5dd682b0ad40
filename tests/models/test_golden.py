import json

import pytest

from stayrank_common.errors import ArtifactError
from stayrank_models.artifacts import GOLDEN, Artifact
from stayrank_models.engines import FakeEngine, Outputs
from stayrank_models.golden import check_golden, make_golden
from stayrank_models.sealing import seal

pytestmark = pytest.mark.keras


@pytest.fixture
def made(tiny_artifact, tmp_path, picture):
    """An artifact with golden values, and the folder of their photos."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for seed in range(3):
        (photos / f"{seed}.jpg").write_bytes(picture(seed=seed))
    (photos / "notes.txt").write_text("no photo")
    copy = tmp_path / "artifact"
    copy.mkdir()
    empty = seal(copy, tiny_artifact.manifest.model_copy(update={"files": {}}), ())
    return make_golden(empty, FakeEngine(8), photos), photos


def test_the_same_model_gives_its_golden_values(made):
    artifact, photos = made

    assert GOLDEN in artifact.manifest.files
    assert set(check_golden(artifact, FakeEngine(8), photos)) == {"0.jpg", "1.jpg", "2.jpg"}


def test_another_answer_is_told(made):
    artifact, photos = made
    golden = json.loads(artifact.read(GOLDEN))
    for photo in golden["photos"].values():
        photo["probabilities"][0] += 0.01
    (artifact.folder / GOLDEN).write_text(json.dumps(golden))
    changed = seal(artifact.folder, artifact.manifest, (GOLDEN,))

    with pytest.raises(ArtifactError, match="differs by"):
        check_golden(changed, FakeEngine(8), photos)


def test_other_photos_are_no_check(made, tmp_path, picture):
    artifact, _ = made
    (tmp_path / "new.jpg").write_bytes(picture(seed=9))

    with pytest.raises(ArtifactError, match="none of the photos"):
        check_golden(artifact, FakeEngine(8), tmp_path)


def test_a_folder_without_photos_is_refused(made, tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(ArtifactError, match="no photo"):
        make_golden(Artifact(made[0].folder), FakeEngine(8), tmp_path / "empty")


@pytest.mark.parametrize(("precision", "far"), [("f32", 0.005), ("bf16", 0.03), ("int8", 0.03)])
def test_a_faster_precision_may_differ_by_more(made, precision, far):
    artifact, photos = made

    class Engine(FakeEngine):
        off = 0.0

        @property
        def description(self):
            return {**super().description, "precision": precision}

        def predict(self, batch, *, feature_map=False):
            outputs = super().predict(batch, feature_map=feature_map)
            return Outputs(outputs.probabilities + self.off, outputs.embedding)

    engine = Engine(8)
    engine.off = 0.99 * far
    check_golden(artifact, engine, photos)
    engine.off = 1.01 * far
    with pytest.raises(ArtifactError, match=f"at most {far} is allowed"):
        check_golden(artifact, engine, photos)
