import asyncio
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import DecoderUnavailableError
from stayrank_common.inputs import PhotoInput
from stayrank_common.stages import listening
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import TagPredictor
from stayrank_models.waiting import Chunk, Waiting


def chunk(photos: int) -> Chunk[object]:
    return Chunk([PhotoInput(str(n), b"") for n in range(photos)], None)


@given(st.lists(st.integers(1, 8), min_size=1), st.integers(1, 4), st.integers(1, 16))
def test_chunks_are_taken_in_order_and_none_is_left(sizes, threads, most):
    waiting, chunks = Waiting[object](threads), [chunk(size) for size in sizes]
    for each in chunks:
        waiting.add(each)

    taken = [waiting.take(most) for _ in sizes]

    assert [each for together in taken for each in together] == chunks
    assert all(
        len(together) <= 1 or sum(len(each.photos) for each in together) <= most
        for together in taken
    )


@pytest.mark.parametrize(
    ("waiting", "threads", "together"),
    [(1, 1, 1), (3, 1, 3), (9, 1, 4), (2, 2, 1), (4, 2, 2), (9, 2, 4)],
)
def test_what_waits_goes_together_and_leaves_other_threads_their_share(waiting, threads, together):
    queue = Waiting[object](threads)
    for _ in range(waiting):
        queue.add(chunk(1))

    assert len(queue.take(4)) == together


def test_who_has_left_the_queue_is_not_looked_at():
    queue, gone, stays = Waiting[object](1), chunk(1), chunk(1)
    queue.add(gone)
    queue.add(stays)
    gone.results.cancel()

    assert queue.take(4) == [stays]


def test_a_queue_that_is_cancelled_lets_nobody_wait():
    queue, waits = Waiting[object](1), chunk(1)
    queue.add(waits)

    queue.cancel()

    with pytest.raises(CancelledError):
        waits.results.result(timeout=0)


class Busy(FakeEngine):
    """Is at its first photo until it is told to go on."""

    def __init__(self, classes):
        super().__init__(classes)
        self.sizes, self.begun, self.go_on = [], threading.Event(), threading.Event()

    def predict(self, batch, *, feature_map=False):
        self.sizes.append(len(batch))
        self.begun.set()
        assert self.go_on.wait(60)
        return super().predict(batch, feature_map=feature_map)


class Failing(PlainDecoder):
    """Is gone for one photo."""

    def open_image(self, source, preprocessing):
        if source == b"unlucky":
            raise DecoderUnavailableError("it is gone")
        return super().open_image(source, preprocessing)


@pytest.fixture
def busy(tmp_path, picture):
    """A predictor with one thread, which is busy, and what calls it when others wait."""
    engine = Busy(8)
    predictor = TagPredictor(fake_artifact(tmp_path, "tagging"), engine, Failing(), threads=1)
    with ThreadPoolExecutor(8) as callers:

        def call(sources, stop=None):
            first = callers.submit(predictor.predict, [PhotoInput("first", picture())])
            assert engine.begun.wait(60)
            calls = []
            for number, source in enumerate(sources):
                photos = [PhotoInput(str(number), source)]
                calls.append(callers.submit(predictor.predict, photos, (stop or {}).get(number)))
                while len(predictor._waiting._chunks) <= number:
                    sleep(0.001)
            engine.go_on.set()
            assert first.result()[0].id == "first"
            return calls

        yield predictor, engine, call
    predictor.close()


def test_photos_of_calls_that_wait_are_looked_at_together_and_keep_their_answers(busy, picture):
    predictor, engine, call = busy
    sources = [picture(seed=n) for n in range(6)]

    together = [each.result()[0] for each in call(sources)]

    assert engine.sizes == [1, 4, 2]
    alone = [predictor.predict([PhotoInput(str(n), s)])[0] for n, s in enumerate(sources)]
    assert together == alone


def test_what_goes_wrong_with_a_call_costs_those_beside_it_nothing(busy, picture):
    _, engine, call = busy
    stop = threading.Event()
    stop.set()

    broken, unlucky, gone, good = call([b"broken", b"unlucky", picture(), picture()], {2: stop})

    assert broken.result()[0].error.type == "undecodable-photo"
    with pytest.raises(DecoderUnavailableError, match="it is gone"):
        unlucky.result()
    assert gone.result() == []
    assert good.result()[0].status == "ok"
    assert engine.sizes == [1, 1]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_engine_that_fails_tells_all_whose_photos_it_was_given(
    busy, picture, monkeypatch, error
):
    _, engine, call = busy
    first = engine.predict

    def fail_later(batch, **options):
        if engine.go_on.is_set():
            raise error("no memory")
        return first(batch, **options)

    monkeypatch.setattr(engine, "predict", fail_later)

    for each in call([picture(), picture()]):
        with pytest.raises(error, match="no memory"):
            each.result(timeout=60)


def test_each_call_hears_of_its_own_stages_and_of_its_share_of_a_batch(busy, picture):
    predictor, _, call = busy
    heard = []
    predict = predictor.predict

    def listened(photos, stop=None):
        with listening() as laps:
            results = predict(photos, stop)
        heard.append([(lap.stage, lap.photos) for lap in laps])
        return results

    predictor.predict = listened
    for each in call([picture(), picture(), b"broken"]):
        each.result()

    own = [("queue", 1), ("decode", 1)]
    assert sorted(heard, key=len) == [own, *[[*own, ("predict", 1)]] * 3]


def test_a_call_that_an_event_loop_gives_up_leaves_the_queue(busy, picture):
    predictor, engine, _ = busy

    async def give_up():
        task = asyncio.create_task(predictor.answers([PhotoInput("gone", picture())]))
        for _ in range(5):
            await asyncio.sleep(0)
        assert predictor._waiting._chunks
        task.cancel()
        await asyncio.wait([task])

    first = threading.Thread(target=predictor.predict, args=([PhotoInput("first", picture())],))
    first.start()
    assert engine.begun.wait(60)
    asyncio.run(give_up())
    engine.go_on.set()
    first.join()

    assert predictor.predict([PhotoInput("next", picture())])[0].id == "next"
    assert engine.sizes == [1, 1]
