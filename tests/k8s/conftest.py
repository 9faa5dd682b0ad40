"""What Kubernetes would be given."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

K8S = Path(__file__).parents[2] / "k8s"
Resources = list[dict[str, Any]]


@pytest.fixture(scope="session")
def render() -> Callable[[Path], Resources]:
    """Render a folder with a kustomization: `render(K8S / "overlays/gpu")`."""
    known: dict[Path, Resources] = {}
    tool = shutil.which("kustomize")
    command = [tool, "build"] if tool else ["kubectl", "kustomize"]
    if shutil.which(command[0]) is None:
        pytest.skip("needs kubectl or kustomize")

    def run(folder: Path) -> Resources:
        if folder not in known:
            rendered = subprocess.run(
                [*command, folder], capture_output=True, text=True, check=False
            )
            assert rendered.returncode == 0, rendered.stderr
            known[folder] = list(yaml.safe_load_all(rendered.stdout))
        return known[folder]

    return run


@pytest.fixture
def with_components(render, tmp_path) -> Callable[..., Resources]:
    """Render the base with components: `with_components("otlp", "url-input")`."""

    def run(*names: str) -> Resources:
        def path(folder: Path) -> str:
            return os.path.relpath(folder, tmp_path)

        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [path(K8S / "base")],
            "components": [path(K8S / "components" / name) for name in names],
        }
        (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return render(tmp_path)

    return run
