"""What docs/kubernetes.md tells an operator to write is rendered, and does what it says."""

import os
import re
import textwrap
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "kubernetes.md").read_text()
BLOCKS = re.findall(
    r"^ *(?:```yaml|cat >kustomization.yaml <<'END')\n(.*?)^ *(?:```|END)$",
    GUIDE,
    re.MULTILINE | re.DOTALL,
)
START, PATCHES, CANARY, SWITCH = [
    textwrap.dedent(each) for each in BLOCKS if "job_name" not in each
]


@pytest.fixture
def written(render, tmp_path):
    """Render one of them in a folder beside `k8s`; one without resources goes into the overlay."""

    def run(text: str) -> list:
        folder = tmp_path / "my-stayrank"
        folder.mkdir()
        beside = os.path.relpath(ROOT / "k8s", folder)
        kustomization = {"resources": ["../k8s/overlays/local-cpu"], **yaml.safe_load(text)}
        (folder / "kustomization.yaml").write_text(
            yaml.safe_dump(kustomization).replace("../k8s", beside)
        )
        return render(folder)

    return run


def containers(resources: list) -> dict[str, dict]:
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]["containers"][0]
        for each in resources
        if each["kind"] == "Deployment"
    }


def variable(container: dict, name: str) -> str:
    return next(each["value"] for each in container["env"] if each["name"] == name)


def test_the_start_takes_all_images_from_the_registry(written):
    found = containers(written(START))

    assert {name: each["image"] for name, each in found.items()} == {
        name: f"registry.example.com/stayrank-{name}:0.1.0"
        for name in ("gallery", "tagger", "aesthetic")
    }


def test_the_patches_give_a_host_a_way_into_the_registry_and_the_gallery_alone_its_keys(written):
    resources = written(PATCHES)

    ingress, account = (
        next(each for each in resources if each["kind"] == kind)
        for kind in ("Ingress", "ServiceAccount")
    )
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["photos.example.com"]
    assert account["imagePullSecrets"] == [{"name": "registry"}]
    found = containers(resources)
    mounts = [(name, mount["name"]) for name in found for mount in found[name]["volumeMounts"]]
    assert [name for name, mounted in mounts if mounted == "keys"] == ["gallery"]
    assert variable(found["gallery"], "GALLERY_KEYS_FILE") == "/keys/gallery.txt"


def test_the_canary_runs_the_new_model_from_the_registry(written):
    (container,) = containers(written(CANARY)).values()

    assert container["image"].startswith("registry.example.com/")
    assert variable(container, "TAGGER_MODEL") == "/models/tagger-mobilenet/1.3.0"


def test_the_switch_gives_the_stable_pods_the_new_model_from_the_volume(written):
    tagger = containers(written(SWITCH))["tagger"]

    assert variable(tagger, "TAGGER_MODEL") == "/models/tagger-mobilenet/1.3.0"
    assert any(mount["mountPath"] == "/models" for mount in tagger["volumeMounts"])
