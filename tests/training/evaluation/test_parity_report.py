import numpy as np
import pytest

from stayrank_common.errors import DatasetError
from stayrank_models.artifacts import Artifact
from stayrank_models.engines import FakeEngine, Outputs, fake_artifact
from stayrank_training.data.photos import TaggedPhoto
from stayrank_training.evaluation.parity_report import WayParity, measure_parity, record_parity


class RoundingEngine(FakeEngine):
    """A fake that keeps only so many digits of a probability."""

    def __init__(self, classes, digits, *further):
        super().__init__(classes, *further)
        self._digits = digits

    def predict(self, batch, *, feature_map=False):
        outputs = super().predict(batch, feature_map=feature_map)
        return Outputs(outputs.probabilities.round(self._digits) + 1e-3, outputs.embedding)


def plainly(items, total, what):
    return iter(items)


@pytest.fixture
def photos(tmp_path, picture):
    """Forty large pictures, more than fit into a batch, with tags."""
    found = []
    for seed in range(40):
        path = tmp_path / f"{seed:02}.jpg"
        path.write_bytes(picture(seed=seed, size=(900, 600)))
        found.append(TaggedPhoto(path, path.name, "foyer" if seed % 4 else "gym", "test"))
    return found


@pytest.fixture
def tagging(tmp_path):
    (tmp_path / "tagging").mkdir()
    return fake_artifact(tmp_path / "tagging", "tagging")


def _ways(ways):
    return {(way.decode, way.precision): way for way in ways}


def test_every_precision_is_judged_with_both_decodes_against_the_exact_way(tagging, photos):
    engines = {"f32": FakeEngine(8), "bf16": RoundingEngine(8, 5), "int8": RoundingEngine(8, 0)}

    ways = _ways(measure_parity(tagging, engines, photos, {}, plainly))

    assert set(ways) == {
        (decode, precision) for decode in ("full", "scaled") for precision in engines
    } - {("full", "f32")}
    assert ways["scaled", "f32"].figures["photos"] == 40
    assert ways["full", "bf16"].misses == []
    assert ways["full", "int8"].misses
    scaled, full = (ways[decode, "bf16"].figures for decode in ("scaled", "full"))
    assert scaled["probability_difference"] > full["probability_difference"] > 0


def test_a_nima_model_is_judged_on_rated_photos_alone(tmp_path, photos):
    (tmp_path / "aesthetics").mkdir()
    artifact = fake_artifact(tmp_path / "aesthetics", "aesthetics")
    rng = np.random.default_rng(0)
    votes = {photo.path: rng.dirichlet(np.ones(10)) for photo in photos[:30]}
    engines = {"f32": FakeEngine(10), "int8": RoundingEngine(10, 1)}

    ways = _ways(measure_parity(artifact, engines, photos, votes, plainly))

    figures = ways["full", "int8"].figures
    assert figures["photos"] == 30
    assert figures["score_difference"] > ways["scaled", "f32"].figures["score_difference"]


def test_a_model_for_both_tasks_is_judged_by_both_answers(tmp_path, photos):
    (tmp_path / "duo").mkdir()
    artifact = fake_artifact(tmp_path / "duo", "duo")
    rng = np.random.default_rng(0)
    votes = {photo.path: rng.dirichlet(np.ones(10)) for photo in photos[:30]}
    engines = {"f32": FakeEngine(8, 10), "int8": RoundingEngine(8, 1, 10)}

    figures = _ways(measure_parity(artifact, engines, photos, votes, plainly))[
        "full", "int8"
    ].figures

    assert {"tag_agreement", "top1_loss", "score_srcc", "srcc_loss"} <= figures.keys()
    assert figures["photos"] == 40
    assert figures["score_difference"] > 0
    assert abs(figures["srcc"]) <= 1


def test_too_few_photos_and_unreadable_ones_are_told(tagging, photos):
    engines = {"f32": FakeEngine(8)}
    with pytest.raises(DatasetError, match="at least two photos"):
        measure_parity(tagging, engines, photos[:1], {}, plainly)

    photos[3].path.write_bytes(b"no photo")
    with pytest.raises(DatasetError, match=r"03\.jpg"):
        measure_parity(tagging, engines, photos, {}, plainly)


def test_a_manifest_records_the_precisions_that_pass_as_they_are_served_and_no_other(tagging):
    def way(decode, precision, *misses):
        figures = {"tag_agreement": 0.99666}
        return WayParity(decode=decode, precision=precision, figures=figures, misses=list(misses))

    ways = [
        way("full", "int8"),
        way("scaled", "f32"),
        way("scaled", "bf16"),
        way("scaled", "int8", "tag_agreement 0.9700 is below 0.99"),
    ]
    before = tagging.sha256

    recorded = record_parity(tagging.offering("int8").offering("f16"), ways)

    assert recorded.manifest.precisions == {"f16": {}, "bf16": {"tag_agreement": 0.9967}}
    assert Artifact(tagging.folder).sha256 == recorded.sha256 != before
