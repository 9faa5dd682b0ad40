import asyncio
import itertools
import threading
import time
from collections import Counter
from concurrent.futures import CancelledError, ThreadPoolExecutor
from time import sleep

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import ArtifactError, InvalidBase64Error
from stayrank_common.inputs import PhotoInput
from stayrank_common.niceness import be_as_nice_as, niceness
from stayrank_common.schemas import PhotoFailure
from stayrank_common.stages import listening
from stayrank_models.answers import with_temperature
from stayrank_models.artifacts import Artifact
from stayrank_models.engines import STOP, FakeEngine, fake_artifact
from stayrank_models.engines.batching import BatchingEngine
from stayrank_models.manifests import TaggingCalibration
from stayrank_models.predictors import AestheticPredictor, TagPredictor


@pytest.fixture
def tagger(tmp_path):
    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8), threads=2)
    yield predictor
    predictor.close()


def test_results_keep_the_order_across_chunks_whatever_fails_between(tagger, picture):
    photos = [PhotoInput(str(n), b"broken" if n % 3 == 0 else picture(seed=n)) for n in range(150)]

    results = tagger.predict(photos)

    assert [result.id for result in results] == [photo.id for photo in photos]
    assert [isinstance(result, PhotoFailure) for result in results] == [
        n % 3 == 0 for n in range(150)
    ]


def test_each_photo_gets_its_own_answer_in_company_as_alone(tagger, picture):
    photos = [PhotoInput(str(n), picture(seed=n)) for n in range(11)]

    together = tagger.predict(photos)
    alone = [tagger.predict([photo])[0] for photo in photos]

    assert together == alone
    assert len({result.tags[0].probability for result in together}) > 1


def test_an_event_loop_gets_the_same_answers(tagger, picture):
    photos = [PhotoInput(str(n), b"broken" if n == 7 else picture(seed=n)) for n in range(40)]

    assert asyncio.run(tagger.answers(photos)) == tagger.predict(photos)


def test_threads_are_as_nice_as_who_opens_the_predictor(tmp_path, picture):
    class Engine(FakeEngine):
        def predict(self, batch, *, feature_map=False):
            seen.append(niceness())
            return super().predict(batch, feature_map=feature_map)

    def open_nicely():
        be_as_nice_as(niceness() + 1)
        return TagPredictor(fake_artifact(tmp_path, "tagging"), Engine(8), threads=1)

    seen: list[int] = []
    with ThreadPoolExecutor(1) as opener:
        predictor = opener.submit(open_nicely).result()
    asyncio.run(predictor.answers([PhotoInput("a", picture())]))
    predictor.close()

    assert seen == [min(19, niceness() + 1)]


def test_a_photo_that_did_not_arrive_keeps_its_own_error(tagger):
    (result,) = tagger.predict([PhotoInput("a", InvalidBase64Error("`data` is not base64"))])

    assert result.error.type == "invalid-base64"


def test_a_small_call_does_not_wait_for_the_end_of_a_large_one(tagger, picture):
    large = [PhotoInput(str(n), picture()) for n in range(100)]
    looked_at: list[str] = []
    decode = tagger.decode

    def observed(photo: PhotoInput) -> object:
        looked_at.append(photo.id)
        if photo.id == "20":
            small.append(tagger._begin([PhotoInput("small", picture())], None))
        return decode(photo)

    tagger.decode = observed
    small: list = []
    tagger.predict(large)

    assert len(small[0].result()) == 1
    assert (
        looked_at.index("small") <= 20 + 6 * tagger.engine.batch_size
    )  # two chunks a thread, and two begun


@pytest.mark.parametrize(("photos", "sizes"), [(1, [1]), (4, [2, 2]), (10, [2, 4, 4])])
def test_the_photos_of_a_call_leave_no_thread_without_work(tmp_path, picture, photos, sizes):
    seen = []

    class Engine(FakeEngine):
        def predict(self, batch, *, feature_map=False):
            seen.append(len(batch))
            return super().predict(batch, feature_map=feature_map)

    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), Engine(8), threads=2)
    predictor.predict([PhotoInput(str(n), picture()) for n in range(photos)])
    predictor.close()

    assert sorted(seen) == sizes


def test_a_stream_reads_only_a_little_ahead(tagger, picture):
    content = picture()
    taken = []

    def endless():
        for number in itertools.count():
            taken.append(number)
            yield PhotoInput(str(number), content)

    stream = tagger.stream(endless())
    first = [next(stream).id for _ in range(3)]
    stream.close()

    assert first == ["0", "1", "2"]
    assert len(taken) < 100


def test_what_shows_no_area_is_rejected_and_its_tags_sum_to_what_is_left(tmp_path, picture):
    class NineOutputs(FakeEngine):
        def predict(self, batch, *, feature_map=False):
            outputs = super().predict(batch)
            outputs.probabilities[:] = [0.3, 0.1, 0, 0, 0, 0, 0, 0, 0.6]
            return outputs

    manifest = fake_artifact(tmp_path, "tagging").manifest
    nine = manifest.model_copy(
        update={"unrelated": ("other",), "calibration": TaggingCalibration(threshold=0.5)}
    )
    (tmp_path / "manifest.json").write_text(nine.model_dump_json())
    predictor = TagPredictor(Artifact(tmp_path), NineOutputs(9))

    (result,) = predictor.predict([PhotoInput("a", picture())])
    predictor.close()

    assert result.rejected
    assert result.top_tag == "bedroom"
    assert [entry.tag for entry in result.tags][:2] == ["bedroom", "bathroom"]
    assert len(result.tags) == 8
    assert sum(entry.probability for entry in result.tags) == pytest.approx(0.4, abs=1e-5)


def test_a_model_for_another_task_is_refused(tmp_path):
    with pytest.raises(ArtifactError, match="for aesthetics, not for tagging"):
        TagPredictor(fake_artifact(tmp_path, "aesthetics"), FakeEngine(10))


def test_the_percentile_of_the_worst_and_best_possible_mean_is_0_and_100(tmp_path, picture):
    class Certain(FakeEngine):
        def predict(self, batch, *, feature_map=False):
            outputs = super().predict(batch)
            outputs.probabilities[:] = np.eye(10)[9 if batch.mean() > 127 else 0]
            return outputs

    predictor = AestheticPredictor(fake_artifact(tmp_path, "aesthetics"), Certain(10))
    photos = [PhotoInput(str(seed), picture(seed=seed)) for seed in range(12)]

    seen = {(r.mean, r.percentile, r.std) for r in predictor.predict(photos)}

    assert seen == {(1.0, 0.0, 0.0), (10.0, 100.0, 0.0)}


probabilities = st.lists(st.floats(1e-3, 1), min_size=2, max_size=8).map(
    lambda odds: np.array([odds]) / sum(odds)
)


@given(probabilities, st.floats(0.2, 5))
def test_temperature_keeps_the_order_and_the_sum(p, temperature):
    softened = with_temperature(p, temperature)

    assert softened.sum() == pytest.approx(1)
    assert (np.diff(softened[0][np.argsort(p[0])]) >= -1e-12).all()


@given(probabilities)
def test_a_temperature_above_1_never_makes_a_model_surer(p):
    assert with_temperature(p, 2).max() <= p.max() + 1e-12
    assert with_temperature(p, 0.5).max() >= p.max() - 1e-12
    assert with_temperature(p, 1) == pytest.approx(p)


def test_work_that_nobody_waits_for_any_more_is_dropped(tmp_path, picture):
    class Slow(FakeEngine):
        seen = 0

        def predict(self, batch, *, feature_map=False):
            Slow.seen += len(batch)
            stop.set()
            return super().predict(batch)

    stop = threading.Event()
    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), Slow(8), threads=1)
    photos = [PhotoInput(str(n), picture()) for n in range(400)]

    results = predictor.predict(photos, stop)
    predictor.close()

    assert len(results) < 100
    assert Slow.seen < 100


def test_a_photo_that_is_stopped_on_its_way_to_a_thread_is_not_even_decoded(tmp_path):
    class StopOnTheWay(threading.Event):
        def is_set(self):
            return threading.current_thread() is not threading.main_thread()

    class NoDecoder(PlainDecoder):
        def open_image(self, *_):
            raise AssertionError("decoded")

    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8), NoDecoder())

    assert predictor.predict([PhotoInput("a", b"a")], StopOnTheWay()) == []
    predictor.close()


def test_a_predictor_that_is_closed_does_not_pass_for_one_that_has_answered(tmp_path, picture):
    class Closing(FakeEngine):
        def predict(self, batch, *, feature_map=False):
            threading.Thread(target=predictor.close).start()
            while not predictor._pool._shutdown:
                sleep(0.001)
            return super().predict(batch)

    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), Closing(8), threads=1)
    photos = [PhotoInput(str(n), picture()) for n in range(8)]

    with pytest.raises((CancelledError, RuntimeError)):
        predictor.predict(photos)


def test_every_stage_of_a_call_is_told_to_whoever_listens(tagger, picture):
    photos = [PhotoInput(str(n), picture(seed=n)) for n in range(6)] + [PhotoInput("x", b"broken")]

    with listening() as laps:
        tagger.predict(photos)
    tagger.predict(photos)

    stages = Counter(lap.stage for lap in laps)
    assert stages == {"queue": 2, "decode": 7, "predict": 2}  # four photos a batch
    assert sorted(lap.photos for lap in laps if lap.stage == "predict") == [2, 4]


def test_two_calls_at_the_same_time_get_each_their_own_results(tagger, picture):
    calls = [[PhotoInput(f"{c}-{n}", picture(seed=n)) for n in range(40)] for c in range(4)]

    with ThreadPoolExecutor(4) as callers:
        answers = list(callers.map(tagger.predict, calls))

    assert [[r.id for r in answer] for answer in answers] == [[p.id for p in c] for c in calls]


def test_an_engine_is_told_when_nobody_waits_any_more(tmp_path, picture):
    """A call of another thread's may still stand in its queue."""
    stop, seen = threading.Event(), []

    class Engine(FakeEngine):
        def predict(self, batch, *, feature_map=False):
            seen.append(STOP.get())
            return super().predict(batch, feature_map=feature_map)

    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), Engine(8), threads=2)
    predictor.predict([PhotoInput("a", picture())], stop)
    predictor.predict([PhotoInput("b", picture())])
    predictor.close()

    assert seen == [stop, None]


def test_photos_of_several_calls_share_batches_and_keep_their_answers(tmp_path, picture):
    sizes = []

    class Engine(FakeEngine):
        def predict(self, batch, *, feature_map=False):
            sizes.append(len(batch))
            time.sleep(0.01)  # so that others queue
            return super().predict(batch, feature_map=feature_map)

    artifact = fake_artifact(tmp_path, "tagging")
    alone = TagPredictor(artifact, FakeEngine(8), threads=2)
    together = TagPredictor(artifact, BatchingEngine(Engine(8)), threads=8)
    calls = [[PhotoInput(str(n), picture(seed=n))] for n in range(24)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(together.predict, calls))

    assert found == list(map(alone.predict, calls))
    assert sum(sizes) == 24
    assert max(sizes) <= 4
    alone.close()
    together.close()
