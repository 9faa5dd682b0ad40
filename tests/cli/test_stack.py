"""`stayrank serve all`, for real: processes, ports, the shipped models and the sample gallery."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from stayrank_cli.stack import _rank

SAMPLE = Path(__file__).parents[2] / "samples" / "miramar"


def _free_ports() -> int:
    """The first of three neighbouring ports that nobody uses."""
    for port in range(20_000, 60_000, 17):
        try:
            for offset in range(3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise AssertionError("no free ports")


@pytest.fixture(scope="module")
def stack():
    port = _free_ports()
    command = [sys.executable, "-m", "stayrank_cli.main", "serve", "all"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--sample", str(SAMPLE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    printed = []
    for line in process.stdout:
        printed.append(line)
        if "StayRank is ready" in line:
            break
    yield process, port, "".join(printed)
    process.terminate()  # killed, it could not stop its services
    process.wait(60)
    process.stdout.close()


def test_it_ranks_the_sample_and_prints_table_and_address(stack):
    _, port, printed = stack

    assert "first swimming pool" in printed
    assert "best photo overall" in printed
    assert f"http://127.0.0.1:{port}/" in printed


def test_the_gallery_ranks_over_http_through_the_other_two(stack):
    _, port, _ = stack
    photos = sorted(SAMPLE.glob("*.jpg"))
    files = [("files", (photo.name, photo.read_bytes())) for photo in photos]

    answer = httpx.post(f"http://127.0.0.1:{port}/rank-gallery", files=files, timeout=60).json()
    seen = httpx.get(f"http://127.0.0.1:{port + 1}/metrics").text

    ids = [place["id"] for place in answer["ranking"]] + [r["id"] for r in answer["removed"]]
    assert sorted(ids) == [photo.name for photo in photos]
    assert 'http_requests_total{method="POST",route="/tag",status="200"}' in seen


def test_every_area_is_shown_before_any_is_shown_three_times(stack):
    _, port, _ = stack
    files = [("files", (photo.name, photo.read_bytes())) for photo in SAMPLE.glob("*.jpg")]

    answer = httpx.post(f"http://127.0.0.1:{port}/rank-gallery", files=files, timeout=60).json()

    tags = [place["tag"] for place in answer["ranking"]]
    complete = max(tags.index(tag) for tag in set(tags))
    assert set(tags) == set(answer["coverage"])
    assert all(tags[: complete + 1].count(tag) <= 2 for tag in set(tags))


def test_a_sample_that_cannot_be_read_is_said_and_the_rest_is_ranked(stack, gallery, capsys):
    _, port, _ = stack
    (gallery / "gone.jpg").symlink_to("nowhere.jpg")

    answer = _rank(f"http://127.0.0.1:{port}", gallery)

    ids = {place.id for place in answer.ranking} | {gone.id for gone in answer.removed}
    assert ids == {"a.jpg", "b.PNG", "c.webp", "more/d.jpeg", "broken.jpg"}
    assert f"Left out: {gallery}/gone.jpg: cannot be read: No such file" in capsys.readouterr().out


def test_a_taken_port_is_said_in_one_line(stack):
    _, port, _ = stack

    second = subprocess.run(
        [sys.executable, "-m", "stayrank_cli.main", "serve", "all", "--port", str(port)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert second.returncode == 1
    assert f"127.0.0.1:{port}" in second.stderr
    assert second.stderr.count("\n") == 1


def test_ctrl_c_stops_all_of_it_cleanly():
    port = _free_ports()
    process = subprocess.Popen(
        [sys.executable, "-m", "stayrank_cli.main", "serve", "all", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    with process.stdout:
        for line in process.stdout:
            if "StayRank is ready" in line:
                process.send_signal(signal.SIGINT)
                break
        rest = process.stdout.read()

    assert process.wait(60) == 0
    assert "Traceback" not in rest
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
