import subprocess
import sys

import pytest


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


def test_a_path_that_does_not_exist_and_one_given_twice_are_named(stayrank, tmp_path, picture):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(picture())

    missing = stayrank("tag", tmp_path / "b.jpg")
    twice = stayrank("tag", photo, photo)

    assert (missing.code, twice.code) == (1, 1)
    assert "b.jpg: no such file" in missing.err
    assert "a.jpg" in twice.err
