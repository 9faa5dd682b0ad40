"""The Job that trains is valid, and its steps are commands that exist."""

import re
from pathlib import Path

import kubernetes_validate
import pytest
import typer
import yaml

from stayrank_cli.main import app

ROOT = Path(__file__).parents[2]
CONFIG, JOB = yaml.safe_load_all((ROOT / "k8s" / "jobs" / "train.yaml").read_text())
POD = JOB["spec"]["template"]["spec"]
STEPS = [*POD["initContainers"], *POD["containers"]]


@pytest.mark.parametrize("version", ["1.28", "1.33", "1.37"])
@pytest.mark.parametrize("resource", [CONFIG, JOB], ids=lambda resource: resource["kind"])
def test_it_is_valid(resource, version):
    kubernetes_validate.validate(resource, version, strict=True)


def test_the_steps_are_those_of_a_training_in_their_order():
    assert [step["name"] for step in STEPS] == ["fetch", "train", "evaluate", "push"]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["name"])
def test_each_step_is_a_command_with_arguments_that_it_knows(step, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT / "training")
    text = step["args"][0].removeprefix("stayrank ") if "command" in step else None
    words = text.split() if text else step["args"]
    for folder in ("data/tagging", "out"):
        (tmp_path / folder).mkdir(parents=True)
    words = [re.sub(r"^/(?=data|out)", f"{tmp_path}/", word) for word in words]

    command, context = typer.main.get_command(app), None
    while True:
        context = command.make_context(words[0], list(words), parent=context)
        if not hasattr(command, "commands"):
            break
        command, words = command.commands[words[0]], words[1:]


def test_the_urls_that_are_to_be_adapted_are_the_ones_that_are_used():
    used = set(re.findall(r"\$\((\w+)\)", str(STEPS)))

    assert used == set(CONFIG["data"])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["name"])
def test_only_the_training_takes_a_gpu_and_every_step_passes_the_restricted_standard(step):
    assert ("nvidia.com/gpu" in step["resources"]["limits"]) == (step["name"] == "train")
    assert step["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert POD["securityContext"]["runAsNonRoot"]
