"""What holds for the repository as a whole."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SOURCES = [
    path
    for folder in ("services", "models", "training", "samples")
    for path in (ROOT / folder).rglob("*.py")
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
HOSTS = re.compile("py" + r"pi\.org|python" + r"hosted|npm" + r"js\.|deb\.debian\.")


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_file_is_longer_than_300_lines(path):
    assert len(path.read_text().splitlines()) <= 300


def test_no_file_names_a_package_index():
    texts = [path for path in _tracked() if path.suffix not in {".jpg", ".h5", ".bin", ".png"}]

    assert not [p.name for p in texts if HOSTS.search(p.read_text(errors="replace"))]


def test_no_file_holds_the_marks_of_a_merge():
    texts = (path for path in _tracked() if path.suffix in {".md", ".py", ".toml", ".yaml", ""})

    assert not [p.name for p in texts if re.search("^(<{7}|>{7}) ", p.read_text(), re.MULTILINE)]


def test_runs_of_tests_leave_nothing_but_the_files_of_what_failed_last(tmp_path):
    tests, left = tmp_path / "test_two.py", tmp_path / "left"
    tests.write_text("def test_well(tmp_path): ...\n\ndef test_ill(tmp_path): assert not tmp_path")
    left.mkdir()
    options = ["-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, "-p", "no:cacheprovider"]

    for _ in range(2):
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, tests],
            capture_output=True,
            check=False,
            env={**os.environ, "TMPDIR": str(left)},
        )

    folders = [path for path in left.rglob("*") if path.is_dir() and not path.is_symlink()]
    assert [path.name for path in folders[1:]] == ["pytest-1", "test_ill0"]


def test_what_chromium_writes_lies_in_the_folder_of_the_session(chrome, tmp_path_factory):
    profile = Path(chrome.capabilities["chrome"]["userDataDir"])

    assert tmp_path_factory.getbasetemp() in profile.parents
    assert [*profile.parent.glob("org.chromium.*")]  # its TMPDIR


def _locked(extra: str, python: str) -> dict[str, str]:
    """Package → version that a lock installs for a Python version on Linux."""
    environment = {**default_environment(), "python_version": python, "python_full_version": python}
    versions = {}
    for line in (ROOT / "requirements" / f"{extra}.txt").read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            pin = Requirement(line.rstrip(" \\"))
            if pin.marker is None or pin.marker.evaluate(environment):
                versions[canonicalize_name(pin.name)] = next(iter(pin.specifier)).version
    return versions


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.stem
)
def test_every_pin_of_a_lock_has_its_hashes(lock):
    pins = re.findall(r"^(\S+==\S+)(.*(?:\n .*)*)", lock.read_text(), re.MULTILINE)

    assert pins
    assert not [pin for pin, rest in pins if not re.search("--hash=sha256:[0-9a-f]{64}", rest)]


def _wanted(extra: str) -> list[Requirement]:
    requirements = [Requirement(line) for line in PROJECT["dependencies"]]
    for line in PROJECT["optional-dependencies"][extra]:
        requirement = Requirement(line)
        if requirement.name == PROJECT["name"]:
            requirements += [r for nested in requirement.extras for r in _wanted(nested)]
        else:
            requirements.append(requirement)
    return requirements


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
@pytest.mark.parametrize(
    "extra", ["tagger", "aesthetic", "gallery", "serve", "otel", "gpu", "train"]
)
def test_each_lock_holds_what_its_extra_asks_for_and_agrees_with_the_tested_one(extra, python):
    locked, tested = _locked(extra, python), _locked("dev", python)

    for requirement in _wanted(extra):
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier
    # CUDA, which nobody tests with, is in one lock only.
    assert {name for name, _ in locked.items() - tested.items() if "nvidia" not in name} == set()


@pytest.mark.parametrize("extra", ["tagger", "aesthetic", "gallery", "serve"])
def test_what_serves_installs_no_training_framework(extra):
    assert not {"tensorflow", "keras", "torch", "jax", "h5py"} & set(_locked(extra, "3.11.0"))


def test_the_gallery_installs_no_model_runtime():
    assert "openvino" not in _locked("gallery", "3.11.0")
