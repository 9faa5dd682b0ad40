"""The bills of materials say what is in the images."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "models" / "stayrank_models" / "shipped"
MODELS = {
    "gallery": [],
    "tagger": ["duo-mobilenet", "tagger-mobilenet"],
    "aesthetic": ["nima-mobilenet"],
}


@pytest.fixture(scope="module")
def bills(images) -> dict[str, list[dict]]:
    """Service → the components of its image, by `make sbom`."""
    subprocess.run(["make", "sbom"], cwd=ROOT, check=True)
    folder = ROOT / "dist" / "sbom"
    return {
        service: json.loads((folder / f"{service}.cdx.json").read_text())["components"]
        for service in MODELS
    }


@pytest.mark.parametrize("service", MODELS)
def test_python_packages_are_those_of_the_lock_and_ours(bills, service):
    lock = (ROOT / "requirements" / f"{service}.txt").read_text()
    pinned = set(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))  # for several Pythons
    names = {name for name, _ in pinned}
    found = dict(
        re.match(r"pkg:pypi/([^@]+)@([^?]+)", component["purl"]).groups()
        for component in bills[service]
        if component.get("purl", "").startswith("pkg:pypi/")
    )

    assert {"stayrank", "pillow", "numpy", "uvicorn"} <= found.keys()
    assert {(name, version) for name, version in found.items() if name in names} <= pinned
    assert found.keys() - names - {"pip", "setuptools", "wheel"} == {"stayrank"}


@pytest.mark.parametrize("service", MODELS)
def test_the_model_is_named_by_the_checksum_that_answers_carry(bills, service):
    found = {
        component["name"]: component["hashes"][0]["content"]
        for component in bills[service]
        if component["type"] == "machine-learning-model"
    }

    assert found == {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name in MODELS[service]
        for path in (SHIPPED / name).glob("*/manifest.json")
    }


def test_libraries_inside_wheels_and_packages_of_debian_are_named_too(bills):
    for components in bills.values():
        known = {component["name"]: component for component in components}
        assert known["libc6"]["purl"].startswith("pkg:deb/debian/libc6@")
        inside = {component["name"] for component in known["pillow"]["components"]}
        assert any("jpeg" in name for name in inside)
        assert any("webp" in name for name in inside)
