import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from PIL import Image


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from stayrank_cli.main import main; sys.argv = ['stayrank', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'fastapi', 'openvino', 'keras', 'tensorflow', 'h5py', 'jinja2', 'uvicorn'}\n"
        "heavy |= {'pandas', 'sklearn'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_help_lists_every_verb(stayrank):
    outcome = stayrank("--help")

    assert outcome.code == 0
    for verb in ("rank", "tag", "score", "serve", "models", "data", "train"):
        assert verb in outcome.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("rank", ".", "--colour"),
        ("rank", ".", "--strategy", "best"),
        ("rank", ".", "--limit", "0"),
        ("rank", ".", "--trade-off", "2"),
        ("rank",),
        ("polish",),
        ("serve", "printer"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(stayrank, arguments):
    outcome = stayrank(*arguments)

    assert outcome.code == 2
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    assert not outcome.out


@pytest.mark.parametrize("verb", ["rank", "tag", "score"])
def test_an_empty_folder_is_one_line_and_exit_1(stayrank, tmp_path, verb):
    outcome = stayrank(verb, tmp_path)

    assert outcome.code == 1
    assert outcome.err.startswith(f"error: no photos in {tmp_path}")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("verb", ["rank", "tag", "score"])
def test_nothing_readable_is_exit_1(stayrank, tmp_path, verb):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.jpg").write_bytes(b"")

    outcome = stayrank(verb, tmp_path)

    assert outcome.code == 1
    assert "no photo could be used" in outcome.err


def test_a_path_that_does_not_exist_is_named(stayrank, tmp_path):
    outcome = stayrank("tag", tmp_path / "b.jpg")

    assert outcome.code == 1
    assert "b.jpg: no such file" in outcome.err


def test_the_release_is_told(stayrank):
    assert stayrank("--version").out == f"stayrank {version('stayrank')}\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_that_finds_no_place_on_the_disk_is_one_line_and_exit_1(unbuffered):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "stayrank_cli.main", "--version"],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("error: cannot write the answer: No space left")


def test_of_a_photo_with_too_many_pixels_only_the_answer_speaks(stayrank, tmp_path, picture):
    (tmp_path / "good.jpg").write_bytes(picture())
    Image.new("1", (10_000, 10_000)).save(tmp_path / "vast.png")

    outcome = stayrank("tag", tmp_path)

    assert outcome.code == 0
    assert "100,000,000 pixels; at most 40,000,000" in outcome.out
    assert not outcome.err
