"""What an operator gets wrong is one line, and an exit code that is not 0."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

SHIPPED = Path(__file__).parents[2] / "models" / "stayrank_models" / "shipped"


@pytest.fixture
def told(docker, images) -> Callable[[str, int], str]:
    """What the health check of a container tells once its service listens: `told(id, port)`."""

    def check(container: str, port: int) -> str:
        command = f"python -m stayrank_common.health {port} 2>&1 || true"
        deadline = time.monotonic() + 60
        while "no answer on port" in (answer := docker("exec", container, "sh", "-c", command)):
            assert time.monotonic() < deadline, answer
        return answer

    return check


@pytest.mark.parametrize(
    ("service", "options", "why"),
    [
        ("tagger", ("-e", "TAGGER_MODEL=resnet"), "no model 'resnet'; installed are: duo-"),
        ("tagger", ("-e", "TAGGER_MODEL=/models/mine"), "/models/mine/manifest.json: No such file"),
        ("tagger", ("-e", "TAGGER_MODEL=nima-mobilenet"), "no model 'nima-mobilenet'"),
        ("tagger", ("-e", "TAGGER_MAX_PHOTO=9"), "did you mean TAGGER_MAX_PHOTOS?"),
        ("aesthetic", ("-e", "AESTHETIC_DRAIN_S=-1"), "greater than or equal to 0"),
        ("aesthetic", ("-e", "AESTHETIC_RUNTIME=keras-gpu"), "keras is not installed"),
        ("gallery", ("-e", "GALLERY_TAGGER_URL=tagger:8001"), "GALLERY_TAGGER_URL: "),
        ("gallery", ("-e", "GALLERY_SCORERS=local"), "installed are: none"),
        ("gallery", ("-e", "OTEL_EXPORTER_OTLP_ENDPOINT=http://x"), "stayrank[otel]"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(container, service, options, why):
    done = container(service, *options)

    assert done.returncode == 1
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert why in last
    assert "Traceback" not in done.stderr


def test_an_altered_model_is_refused_with_both_checksums(container, tmp_path):
    (shipped,) = (SHIPPED / "tagger-mobilenet").iterdir()
    model = shutil.copytree(shipped, tmp_path / "model")
    weights = model / "openvino" / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    expected = json.loads((model / "manifest.json").read_text())["files"]["openvino/model.bin"]
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # the container runs as somebody else

    done = container("tagger", "-v", f"{model}:/model:ro", "-e", "TAGGER_MODEL=/model")

    assert done.returncode == 1
    assert f"the manifest says {expected}" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said(container, docker, told):
    other = docker("run", "-d", "--rm", "stayrank-tagger").strip()
    try:
        assert told(other, 8001) == ""
        done = container("tagger", f"--network=container:{other}")
    finally:
        docker("rm", "-f", other)

    assert done.returncode == 1
    assert done.stderr.startswith("error: the tagger service needs 0.0.0.0:8001: Address already")


def test_a_gallery_with_a_wrong_address_stays_unready_and_says_why(docker, told):
    urls = [f"GALLERY_{service}_URL=http://nobody" for service in ("TAGGER", "AESTHETIC")]
    wrong = [option for url in urls for option in ("-e", url)]
    gallery = docker("run", "-d", "--rm", *wrong, "stayrank-gallery").strip()
    try:
        why = told(gallery, 8000)
    finally:
        docker("rm", "-f", gallery)

    assert "not-ready" in why
    assert "service failed: ConnectError (http://nobody)" in why  # the first to fail
