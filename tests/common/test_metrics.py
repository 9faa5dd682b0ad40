import pytest
from prometheus_client import generate_latest

from stayrank_common.errors import UndecodablePhotoError
from stayrank_common.metrics import Metrics
from stayrank_common.schemas import (
    AestheticResult,
    ErrorBody,
    ModelDescription,
    ModelInfo,
    PhotoFailure,
    TagProbability,
    TagResult,
)
from stayrank_common.stages import Lap

MODEL = ModelInfo(name="m", version="1.2.0", sha256="a" * 64)
LABELS = {"model": "m", "version": "1.2.0"}


@pytest.fixture
def metrics():
    return Metrics()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def tagged(top_tag: str, *, rejected: bool) -> TagResult:
    tags = [TagProbability(tag=top_tag, probability=0.9)]
    return TagResult(id="a", top_tag=top_tag, rejected=rejected, tags=tags, warnings=[])


def rated(mean: float, percentile: float) -> AestheticResult:
    flat = [0.1] * 10
    return AestheticResult(
        id="a", mean=mean, std=1, distribution=flat, percentile=percentile, warnings=[]
    )


FAILURE = PhotoFailure(id="a", error=ErrorBody.of(UndecodablePhotoError("bad")))


def test_photos_are_counted_by_outcome_and_for_the_version_that_answered(metrics):
    metrics.observe_results(MODEL, [tagged("foyer", rejected=False), FAILURE, b"a picture"])

    assert value(metrics, "stayrank_photos_total", result="ok") == 2
    assert value(metrics, "stayrank_photos_total", result="undecodable-photo") == 1
    assert value(metrics, "stayrank_model_answers_total", **LABELS) == 2


def test_the_share_of_rejected_photos_can_be_told_for_each_area(metrics):
    metrics.observe_results(MODEL, [tagged("foyer", rejected=no) for no in (True, False, True)])

    foyer = {**LABELS, "tag": "foyer"}
    assert value(metrics, "stayrank_tags_total", **foyer, rejected="true") == 2
    assert value(metrics, "stayrank_tags_total", **foyer, rejected="false") == 1


def test_scores_and_percentiles_are_kept_as_distributions(metrics):
    metrics.observe_results(MODEL, [rated(4.2, 35), rated(9.9, 100), rated(1.0, 0)])

    for name, bound, below in (("score", "4.5", 2), ("percentile", "40.0", 2)):
        sample = f"stayrank_aesthetic_{name}_bucket"
        assert value(metrics, sample, **LABELS, le=bound) == below
        assert value(metrics, sample, **LABELS, le="+Inf") == 3
    assert value(metrics, "stayrank_aesthetic_score_sum", **LABELS) == pytest.approx(15.1)


def test_stages_are_kept_with_their_seconds_and_their_photos(metrics):
    metrics.observe_laps([Lap("predict", 0.3, 4), Lap("predict", 0.1, 2), Lap("decode", 0.2)])

    assert value(metrics, "stayrank_stage_seconds_sum", stage="predict") == pytest.approx(0.4)
    assert value(metrics, "stayrank_stage_photos_sum", stage="predict") == 6
    assert value(metrics, "stayrank_stage_seconds_count", stage="decode") == 1


def test_the_loaded_model_is_named_by_version_checksum_runtime_and_precision(metrics):
    engine = {"runtime": "x", "precision": "int8"}
    metrics.loaded(ModelDescription(model=MODEL, manifest={}, engine=engine, card=""))

    info = {**LABELS, "sha256": MODEL.sha256, **engine}
    assert value(metrics, "stayrank_model_info", **info) == 1
    assert value(metrics, "stayrank_model_fallback", **LABELS) == 0


def test_an_engine_that_stands_in_for_another_shows(metrics):
    engine = {"runtime": "x", "precision": "f32", "fallback": "int8.xml is altered"}
    metrics.loaded(ModelDescription(model=MODEL, manifest={}, engine=engine, card=""))

    assert value(metrics, "stayrank_model_fallback", **LABELS) == 1


def test_a_service_shows_no_scores_or_tags_that_it_does_not_predict(metrics):
    """An empty histogram would pull an average over all services to zero."""
    text = generate_latest(metrics.registry).decode()

    assert "\nstayrank_tags_total" not in text
    assert "\nstayrank_aesthetic_score_count" not in text
    assert "\nprocess_resident_memory_bytes " in text
