from pathlib import Path

import pytest

from stayrank_common.decoding.pixels import PhotoLimits, Wanted
from stayrank_common.decoding.process import Worker


@pytest.fixture
def worker(monkeypatch):
    monkeypatch.setenv("TAGGER_API_KEYS", "a secret")
    worker = Worker(PhotoLimits(max_pixels=1000), 30)
    yield worker
    worker.stop()


def limits(pid: int) -> dict[str, str]:
    """The soft limits of a process."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): line[26:47].strip() for line in lines}


def test_a_worker_holds_no_secret_writes_no_file_and_has_little_memory(worker, picture):
    photo = worker.ask(picture(size=(20, 10)), Wanted(8))
    pid = worker._process.pid

    assert (photo.width, photo.height, photo.pixels.shape) == (20, 10, (4, 8, 3))
    assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert limits(pid)["Max file size"] == limits(pid)["Max core file size"] == "0"
    assert int(limits(pid)["Max address space"]) < 2**30
    assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n"


def test_a_worker_imports_no_framework_and_has_one_thread(worker, picture):
    worker.ask(picture(size=(20, 10)), Wanted(8))
    pid = worker._process.pid
    mapped = Path(f"/proc/{pid}/maps").read_text()

    assert "_imaging" in mapped
    assert "pydantic" not in mapped
    assert "openvino" not in mapped
    assert len(list(Path(f"/proc/{pid}/task").iterdir())) == 1
