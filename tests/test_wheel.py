"""What users install: the built wheel, outside the repository, one extra at a time."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LOADS_THE_GALLERY = """
import sys
from importlib.metadata import distributions
from stayrank_gallery.app import create_app
create_app()
names = {d.metadata["Name"].lower().replace("_", "-") for d in distributions()}
heavy = {"tensorflow", "keras", "openvino", "h5py", "torch", "jax"}
assert not names & heavy, names & heavy
assert not set(sys.modules) & heavy, set(sys.modules) & heavy
"""

TAGS_A_PHOTO = """
import io, sys
from importlib.metadata import distributions
from PIL import Image
from stayrank_common.inputs import PhotoInput
from stayrank_models.artifacts import shipped, find
from stayrank_models.predictors import TagPredictor
content = io.BytesIO()
Image.new("RGB", (300, 200), "navy").save(content, "JPEG")
(result,) = TagPredictor(find("tagger-mobilenet")).predict([PhotoInput("a", content.getvalue())])
assert result.status == "ok"
names = {d.metadata["Name"].lower() for d in distributions()}
assert not names & {"tensorflow", "keras"}, names
assert not {"tensorflow", "keras"} & set(sys.modules)
"""


def _run(*command: str | Path, cwd: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, cwd=ROOT)
    (built,) = out.glob("*.whl")
    return built


@pytest.mark.parametrize(
    ("extra", "check"), [("gallery", LOADS_THE_GALLERY), ("tagger", TAGS_A_PHOTO)]
)
def test_the_wheel_works_outside_the_repository_with_one_extra(wheel, tmp_path, extra, check):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    lock = ROOT / "requirements" / f"{extra}.txt"

    _run(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock, cwd=tmp_path)
    _run(python, "-m", "pip", "install", "-q", "--no-deps", wheel, cwd=tmp_path)
    _run(python, "-m", "pip", "check", cwd=tmp_path)
    _run(python, "-W", "error::DeprecationWarning", "-c", check, cwd=tmp_path)
