"""`training/remote`: which containers it runs on the other host, in which order."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKER = """#!/bin/sh
echo "$DOCKER_HOST $*" >> "$CALLS"
case "$*" in
  *"--entrypoint true"*) exit "${GPU:-0}" ;;
  create*) echo container ;;
  *"ls -d"*) echo /out/artifact/tagger/1 ;;
  *" train "*) exit "${TRAINING_ENDS:-0}" ;;
esac
"""


@pytest.fixture
def remote(tmp_path):
    """Run the script with a Docker that writes down what it is asked for."""
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)
    calls = tmp_path / "calls"

    def run(*arguments: str, **variables: str) -> tuple[subprocess.CompletedProcess, list[str]]:
        path = f"{tmp_path}:{os.environ['PATH']}"
        done = subprocess.run(
            [ROOT / "training" / "remote", *arguments],
            cwd=ROOT,
            env={**os.environ, "PATH": path, "CALLS": str(calls), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = calls.read_text().splitlines() if calls.exists() else []
        assert all(line.startswith("ssh://me@gpu ") for line in lines)
        return done, [line.removeprefix("ssh://me@gpu ") for line in lines]

    return run


def verbs(calls: list[str], image: str) -> list[str]:
    """What each call does: the first words after the image, or Docker's own verb."""
    return [
        " ".join(call.partition(f"{image} ")[2].split()[:2]) if call.startswith("run") else call
        for call in calls
    ]


def test_with_addresses_all_of_it_happens_over_there(remote):
    done, calls = remote(
        *("me@gpu", "tagger", "recipes/t.toml", "s3://b/data", "s3://b/run", "--set", "seed=2"),
        IMAGE="example.com/training",
        ENV_FILE="keys.env",
    )

    assert done.returncode == 0, done.stderr
    assert calls[:2] == [
        "pull example.com/training",
        "run --rm --gpus all --entrypoint true example.com/training",
    ]
    assert verbs(calls[2:], "example.com/training") == [
        "data fetch",
        "train tagger",
        "-c ls",
        "evaluate tagger",
        "data push",
    ]
    assert calls[3].endswith(" train tagger recipes/t.toml --data /data --out /out --set seed=2")
    assert all("--gpus all --env-file keys.env" in call for call in calls[2:])
    assert all("-v stayrank-run-data:/data -v stayrank-run-out:/out" in call for call in calls[2:])


def test_folders_here_are_copied_there_and_back_and_the_image_is_built_there(remote, tmp_path):
    data, out = tmp_path / "data", tmp_path / "runs" / "mine"
    data.mkdir()

    done, calls = remote("me@gpu", "aesthetic", "recipes/n.toml", str(data), str(out), GPUS="")

    assert done.returncode == 0, done.stderr
    assert calls[0].startswith("build --build-arg LOCKS=train -f training/Dockerfile")
    copies = [call for call in calls if call.startswith("cp")]
    assert copies == [f"cp {data}/. container:/data", f"cp container:/out/. {out}"]
    assert calls.count("rm container") == 2
    assert not any("--gpus" in call for call in calls)


def test_a_host_without_a_gpu_is_told_before_anything_is_built_or_copied(remote):
    done, calls = remote("me@gpu", "tagger", "recipes/t.toml", ".", "runs/mine", GPU="125")

    assert done.returncode == 1
    assert calls == ["run --rm --gpus all --entrypoint true python:3.11-slim-bookworm"]
    assert "error: on me@gpu no container gets a GPU" in done.stderr
    assert done.stderr.endswith("GPUS=\n")


def test_a_docker_of_this_machine_is_not_taken_for_the_host(remote):
    _, calls = remote(
        "me@gpu",
        "tagger",
        "recipes/t.toml",
        ".",
        "runs/mine",
        GPU="125",
        DOCKER_HOST="unix:///here",
    )

    assert len(calls) == 1  # the fixture sees that it went to me@gpu


def test_a_training_that_fails_ends_the_round(remote):
    done, calls = remote(
        *("me@gpu", "tagger", "recipes/t.toml", "s3://b/data", "s3://b/run"), TRAINING_ENDS="3"
    )

    assert done.returncode == 3
    assert calls[-1].endswith("train tagger recipes/t.toml --data /data --out /out")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "HOST TASK RECIPE"),
        (("a", "b", "c", "d", "e"), "not b"),
        (("a", "tagger", "c", "no-such", "e"), "no folder no-such here"),
    ],
)
def test_bad_arguments_are_told_before_anything_is_done(remote, arguments, why):
    done, calls = remote(*arguments)

    assert (done.returncode, calls) == (2, [])
    assert why in done.stderr
