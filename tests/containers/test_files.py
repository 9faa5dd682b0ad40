"""Dockerfiles and docker-compose.yml agree with each other and with the services."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from stayrank_aesthetic.settings import AestheticSettings
from stayrank_cli.serve import PORTS
from stayrank_gallery.settings import GallerySettings
from stayrank_tagger.settings import TaggerSettings

ROOT = Path(__file__).parents[2]
SETTINGS = {"tagger": TaggerSettings, "aesthetic": AestheticSettings, "gallery": GallerySettings}
DOCKERFILES = {name: (ROOT / "services" / name / "Dockerfile").read_text() for name in SETTINGS}
STACK = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(STACK)
GUIDE = (ROOT / "docs" / "deploy.md").read_text()
OURS = {
    name: COMPOSE["services"][name]
    for name in COMPOSE["services"]
    if "stayrank" in str(COMPOSE["services"][name]["image"])
}


def instruction(dockerfile: str, name: str) -> str:
    """The last instruction of a name, on one line."""
    joined = dockerfile.replace("\\\n", "")
    return [line for line in joined.splitlines() if line.startswith(f"{name} ")][-1]


def test_the_wheel_is_built_by_the_same_words_everywhere_and_so_once():
    stages = {
        text[text.index("# The wheel") : text.index("FROM ${BASE} AS install")]
        for text in (*DOCKERFILES.values(), (ROOT / "training/Dockerfile").read_text())
    }

    assert len(stages) == 1


@pytest.mark.parametrize("service", SETTINGS)
def test_a_service_listens_where_its_image_says(service):
    text, port = DOCKERFILES[service], PORTS[service]

    assert instruction(text, "EXPOSE") == f"EXPOSE {port}"
    assert json.loads(instruction(text, "ENTRYPOINT").removeprefix("ENTRYPOINT "))[:3] == [
        "stayrank",
        "serve",
        service,
    ]
    assert f'"stayrank_common.health", "{port}"]' in text


@pytest.mark.parametrize("service", SETTINGS)
def test_the_version_of_the_image_is_that_of_the_project(service):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert f'org.opencontainers.image.version="{version}"' in DOCKERFILES[service]


@pytest.mark.parametrize("name", OURS)
def test_every_setting_in_the_stack_is_one_of_the_service(name):
    service = name.removesuffix("-gpu")
    prefix = f"{service.upper()}_"
    for variable, value in OURS[name]["environment"].items():
        if not variable.startswith("TF_"):
            assert variable.removeprefix(prefix).lower() in SETTINGS[service].model_fields, value


@pytest.mark.parametrize("name", OURS)
def test_every_container_of_ours_is_held_tight(name):
    service = OURS[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["user"] == "${STAYRANK_USER:-10001:0}"
    assert "mem_limit" in service
    grace = float(service["stop_grace_period"].removesuffix("s"))
    assert grace > SETTINGS[name.removesuffix("-gpu")]().timeout_s


def test_prometheus_scrapes_every_service_of_the_stack_at_its_port():
    jobs = yaml.safe_load((ROOT / "observability/prometheus.yml").read_text())["scrape_configs"]
    scraped = {
        name: config["port"]
        for job in jobs
        for config in job["dns_sd_configs"]
        for name in config["names"]
    }

    assert scraped == {name: PORTS[name.removesuffix("-gpu")] for name in OURS}


def test_the_guide_names_every_variable_of_the_stack():
    assert set(re.findall(r"\$\{(\w+):-", STACK)) <= set(re.findall(r"`(\w+)`", GUIDE))


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(services:.*?)```", GUIDE, re.DOTALL))
def test_what_the_guide_has_one_write_is_known_to_the_service(block):
    ((name, service),) = yaml.safe_load(block)["services"].items()

    variables = [each for each in service["environment"] if not each.startswith("OTEL_")]
    for variable in variables:
        assert variable.removeprefix(f"{name.upper()}_").lower() in SETTINGS[name].model_fields
    for lock in service.get("build", {}).get("args", {}).get("LOCKS", "").split():
        assert (ROOT / "requirements" / f"{lock}.txt").is_file()


def test_no_instruction_needs_buildkit_and_compose_1_reads_the_stack():
    for text in DOCKERFILES.values():
        assert not re.search(r"^# syntax|--mount|--chmod|--link|<<", text, re.MULTILINE)
    assert "name" not in COMPOSE
