"""The runs of a night: each is heard of, whatever becomes of the others."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

NIGHTLY = Path(__file__).parents[1] / "benchmarks" / "nightly.py"
MAKEFILE = """
good: ; @echo all is well
bad: ; @echo it went wrong; exit 3
long: ; @touch begun; sleep 60; touch ended
"""


@pytest.fixture
def nightly(tmp_path):
    """Start the runs, in a folder with targets of its own."""
    (tmp_path / "Makefile").write_text(MAKEFILE)

    def start(*targets: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(NIGHTLY), *targets]
        return subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)

    return start


def test_one_that_fails_stops_no_other_and_its_log_is_shown(nightly, tmp_path):
    process = nightly("bad", "good")

    told, _ = process.communicate()

    assert process.returncode == 1
    assert [line.split()[:2] for line in told.splitlines()[:2]] == [
        ["bad", "failed"],
        ["good", "passed"],
    ]
    assert "it went wrong" in told
    assert "all is well" not in told
    assert (tmp_path / "dist" / "nightly" / "good.log").read_text() == "all is well\n"


def test_all_passed_is_a_success(nightly):
    process = nightly("good")

    assert "passed" in process.communicate()[0]
    assert process.returncode == 0


def test_one_that_is_stopped_stops_what_it_runs(nightly, tmp_path):
    process = nightly("long", "good")
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)

    process.send_signal(signal.SIGTERM)

    assert "good" not in process.communicate()[0]
    assert process.returncode != 0
    assert not (tmp_path / "ended").exists()
