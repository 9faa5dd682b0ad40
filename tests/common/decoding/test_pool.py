import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from stayrank_common.decoding import process
from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.decoding.pool import DecoderPool
from stayrank_common.errors import (
    DecoderUnavailableError,
    LethalPhotoError,
    OversizedPhotoError,
    UndecodablePhotoError,
)
from stayrank_common.images import PhotoLimits, Preprocessing

INPUT = Preprocessing(width=40, height=32)


def children() -> set[int]:
    """The processes that this one has started, zombies too."""
    pids: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread of an earlier test that ends just now
            pids += (task / "children").read_text().split()
    return set(map(int, pids))


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def wait_for(condition):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it never came true")


@pytest.fixture(scope="module")
def pool():
    with DecoderPool(workers=2) as workers:
        yield workers


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_what_comes_back_is_what_this_process_would_decode(pool, picture, name):
    content = picture(picture_format=name, size=(300, 200))
    plain = PlainDecoder()

    for source in (content, content[: len(content) * 3 // 4]):
        there, here = pool.open_image(source, INPUT), plain.open_image(source, INPUT)

        assert np.array_equal(there.pixels, here.pixels)
        assert (there.width, there.height, there.warnings) == (300, 200, here.warnings)


@pytest.mark.parametrize(("size", "shape"), [((300, 200), (80, 120, 3)), ((30, 20), (20, 30, 3))])
def test_a_scaled_photo_keeps_its_shape_and_is_never_enlarged(pool, picture, tmp_path, size, shape):
    path = tmp_path / "a.jpg"
    path.write_bytes(picture(size=size))

    there, here = pool.open_scaled(path, 120), PlainDecoder().open_scaled(path, 120)

    assert there.pixels.shape == shape
    assert np.array_equal(there.pixels, here.pixels)


@pytest.mark.parametrize("content", [b"", b"words", b"<html>", b"GIF89a", b"\xff\xd8\xff"])
def test_what_is_no_photo_is_refused_in_the_same_words(pool, content):
    with pytest.raises(UndecodablePhotoError) as here:
        PlainDecoder().open_image(content, INPUT)
    with pytest.raises(UndecodablePhotoError) as there:
        pool.open_image(content, INPUT)

    assert str(there.value) == str(here.value)


def test_the_limits_hold(picture):
    content = picture(size=(96, 64))

    with (
        DecoderPool(PhotoLimits(max_pixels=96 * 64 - 1), workers=1) as pool,
        pytest.raises(OversizedPhotoError, match="6,144 pixels"),
    ):
        pool.open_image(content, INPUT)
    with (
        DecoderPool(PhotoLimits(max_bytes=10), workers=1, command=("/no/such/python",)) as pool,
        pytest.raises(OversizedPhotoError, match="bytes"),  # no worker needs to see it
    ):
        pool.open_image(content, INPUT)


def test_many_threads_share_the_workers_and_get_their_own_photos(pool, picture):
    contents = [picture(seed=seed) for seed in range(6)] * 10
    plain = PlainDecoder()
    expected = [plain.open_image(content, INPUT).pixels for content in contents[:6]] * 10

    with ThreadPoolExecutor(8) as threads:
        photos = list(threads.map(lambda content: pool.open_image(content, INPUT), contents))

    assert all(np.array_equal(p.pixels, e) for p, e in zip(photos, expected, strict=True))


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (b"crash", "crash"),
        (b"exit", "exit"),
        (b"larger", "rubbish"),
        (b"lie", "rubbish"),
        (b"shout", "rubbish"),
    ],
)
def test_a_death_costs_its_own_photo_and_the_next_is_decoded(
    evil_pool, deaths, picture, photo, reason
):
    before = children()
    pool = evil_pool()

    with pytest.raises(LethalPhotoError, match=reason):
        pool.open_image(photo, INPUT)

    assert deaths == {reason: 1}
    assert len(children() - before) == 1  # its successor, and no zombie
    assert pool.open_image(picture(), INPUT).pixels.shape == (32, 40, 3)


@pytest.mark.parametrize("photo", [b"loop", b"sleep"])
def test_a_photo_that_takes_too_long_ends_its_worker(evil_pool, deaths, picture, photo):
    pool = evil_pool(seconds=0.3)

    with pytest.raises(LethalPhotoError, match="time"):
        pool.open_image(photo, INPUT)

    assert deaths == {"time": 1}
    assert pool.open_image(picture(), INPUT).width == 96


def test_a_photo_that_wants_too_much_memory_is_refused_and_kills_nothing(evil_pool, deaths):
    pool = evil_pool()

    with pytest.raises(UndecodablePhotoError, match="memory") as error:
        pool.open_image(b"hog", INPUT)

    assert not isinstance(error.value, LethalPhotoError)
    assert not deaths


def test_rubbish_in_a_reason_is_told_and_is_no_death(evil_pool, deaths):
    with pytest.raises(UndecodablePhotoError) as error:
        evil_pool().open_image(b"complain", INPUT)

    assert str(error.value).startswith("\x00\\ud800\\U0001f4a9")
    assert len(str(error.value)) == 400
    assert not deaths


def test_an_answer_that_was_given_up_is_not_taken_for_the_next(evil_pool, picture, monkeypatch):
    pool = evil_pool()
    before = pool.open_image(picture(), INPUT)
    with monkeypatch.context() as patch:
        patch.setattr(process, "_shape", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pool.open_image(b"wait", INPUT)

    assert np.array_equal(pool.open_image(picture(), INPUT).pixels, before.pixels)


def test_a_photo_that_has_killed_twice_is_not_tried_again(evil_pool, deaths):
    pool = evil_pool()
    for _ in range(2):
        with pytest.raises(LethalPhotoError, match="crash"):
            pool.open_image(b"crash 1", INPUT)

    with pytest.raises(LethalPhotoError, match="not tried again"):
        pool.open_image(b"crash 1", INPUT)

    assert deaths == {"crash": 2}
    with pytest.raises(LethalPhotoError, match="crash"):  # it is the file that is known
        pool.open_image(b"crash 2", INPUT)


def test_other_photos_in_flight_survive_a_death(evil_pool):
    pool = evil_pool(workers=2)

    with ThreadPoolExecutor(2) as threads:
        survivor = threads.submit(pool.open_image, b"wait", INPUT)
        with pytest.raises(LethalPhotoError):
            pool.open_image(b"crash", INPUT)

        assert survivor.result().width == 5


def test_a_worker_that_dies_while_it_waits_costs_no_photo(evil_pool, deaths, picture):
    before = children()
    pool = evil_pool()
    pool.open_image(picture(), INPUT)
    (worker,) = children() - before
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0] == "Z")

    assert pool.open_image(picture(), INPUT).width == 96
    assert deaths == {"idle": 1}


def test_closing_leaves_no_process_and_no_descriptor(evil_pool, picture):
    before = children(), descriptors()
    pool = evil_pool(workers=3)
    pool.start(2)
    pool.open_image(picture(), INPUT)
    assert len(children() - before[0]) == 2  # a third was not needed

    pool.close()

    assert (children(), descriptors()) == before
    with pytest.raises(DecoderUnavailableError, match="stopping"):
        pool.open_image(picture(), INPUT)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((sys.executable, "-c", "raise SystemExit"), "does not start"),
        (("/no/such/python",), "cannot be started"),
    ],
)
def test_workers_that_cannot_start_are_unavailable_and_asked_for_again(command, words):
    with DecoderPool(workers=1, command=command) as pool:
        for _ in range(2):
            with pytest.raises(DecoderUnavailableError, match=words):
                pool.open_image(b"photo", INPUT)


MASTER = """
import sys, threading
from stayrank_common.decoding.pool import DecoderPool
pool = DecoderPool(workers=1, seconds=0.5, command=sys.argv[2:])
pool.open_scaled(b"wait", 40)
threading.Thread(target=pool.open_scaled, args=(sys.argv[1].encode(), 40)).start()
print("at it", flush=True)
"""


@pytest.mark.parametrize("photo", ["wait", "loop"])
def test_workers_end_with_a_master_that_is_killed_in_the_middle_of_a_photo(evil_command, photo):
    master = subprocess.Popen(
        [sys.executable, "-c", MASTER, photo, *evil_command], stdout=subprocess.PIPE
    )
    with master:
        master.stdout.readline()
        workers = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        master.kill()

    assert len(workers) == 1
    wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
