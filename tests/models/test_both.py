import pytest

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import ArtifactError
from stayrank_common.images import Preprocessing
from stayrank_common.inputs import PhotoInput
from stayrank_common.schemas import PhotoFailure
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
from stayrank_models.both import DuoPredictor, PairPredictor
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_models.sealing import seal


class CountingDecoder(PlainDecoder):
    """Knows how often it decoded."""

    count = 0

    def _decode(self, data, wanted):
        self.count += 1
        return super()._decode(data, wanted)


class CountingEngine(FakeEngine):
    """Knows how many photos it looked at."""

    count = 0

    def predict(self, batch, *, feature_map=False):
        self.count += len(batch)
        return super().predict(batch, feature_map=feature_map)


def make_duo(folder, decoder):
    engine = CountingEngine(8, 10)
    return DuoPredictor(fake_artifact(folder, "duo"), engine, decoder, threads=1), [engine]


def make_pair(folder, decoder):
    engines = [CountingEngine(8), CountingEngine(10)]
    models = []
    for kind, engine in zip((TagPredictor, AestheticPredictor), engines, strict=True):
        (folder / kind.task).mkdir()
        artifact = fake_artifact(folder / kind.task, kind.task)
        models.append(kind(artifact, engine, decoder, threads=1))
    return PairPredictor(*models, threads=1), engines


@pytest.mark.parametrize("make", [make_duo, make_pair])
def test_one_decode_gives_the_answers_of_both_parts(make, tmp_path, picture):
    photos = [PhotoInput(str(n), b"broken" if n == 2 else picture(seed=n)) for n in range(6)]
    decoder = CountingDecoder()
    predictor, engines = make(tmp_path, decoder)

    together = predictor.predict(photos)

    assert decoder.count == 6
    assert [engine.count for engine in engines] == [5] * len(engines)
    tags, ratings = (part.predict(photos) for part in (predictor.tagger, predictor.aesthetic))
    for both, tagged, rated in zip(together, tags, ratings, strict=True):
        if isinstance(both, PhotoFailure):
            assert both == tagged == rated
        else:
            assert (both.without("aesthetic"), both.aesthetic) == (tagged, rated)
    predictor.close()


def test_both_parts_of_one_model_are_told_as_that_model(tmp_path):
    duo, _ = make_duo(tmp_path, PlainDecoder())

    assert duo.tagger.info == duo.aesthetic.info == duo.info
    duo.close()


def test_a_model_for_one_task_does_not_do_for_both(tmp_path):
    with pytest.raises(ArtifactError, match="fake-tagging is a model for tagging, not for duo"):
        DuoPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8))


def test_models_that_look_at_other_pixels_are_no_pair(tmp_path):
    artifact = fake_artifact(tmp_path, "aesthetics")
    smaller = {"preprocessing": Preprocessing(width=32, height=48)}
    artifact = seal(tmp_path, artifact.manifest.model_copy(update=smaller), ())
    (tmp_path / "tagger").mkdir()
    tagger = TagPredictor(fake_artifact(tmp_path / "tagger", "tagging"), FakeEngine(8), threads=1)
    aesthetic = AestheticPredictor(artifact, FakeEngine(10), threads=1)

    with pytest.raises(ArtifactError, match="fake-tagging and fake-aesthetics take photos of"):
        PairPredictor(tagger, aesthetic)


def test_the_shipped_models_look_at_the_same_pixels():
    tagger, aesthetic = (find(name).manifest for name in (DEFAULT_TAGGER, DEFAULT_AESTHETIC))

    assert tagger.preprocessing == aesthetic.preprocessing
