"""The Deployments as podman runs them: real images, any uid, a read-only root.

`make kube-test`. Needs root, the three images in the engine of `docker`, and
`../shared/tools/podman-kube` (or another script of that form, named by `PODMAN_KUBE`).
"""

import copy
import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

from stayrank_cli.diagnosis import diagnose

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "miramar"
PODMAN_KUBE = os.environ.get("PODMAN_KUBE", ROOT.parent / "shared" / "tools" / "podman-kube")
PORTS = {"gallery": 18600, "tagger": 18601, "aesthetic": 18602}
URLS = {service: f"http://127.0.0.1:{port}" for service, port in PORTS.items()}
HOST = "host.containers.internal"  # podman runs no Services: pods meet at the ports of the host
START_LIMIT_S = 180


def run(*command: object) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def podman(*command: object) -> str:
    """What a command of podman says on both outputs."""
    configuration = Path(os.environ.get("TMPDIR", "/tmp")) / "podman-kube" / "containers.conf"  # noqa: S108
    environment = f"CONTAINERS_CONF={configuration}"
    return run("env", environment, "sh", "-c", 'podman "$@" 2>&1', "podman", *command)


def for_podman(resources: list, uid: int) -> str:
    """The Deployments with what a cluster would add: a uid, ports, replicas, names of images."""
    deployments = copy.deepcopy([r for r in resources if r["kind"] == "Deployment"])
    for deployment in deployments:
        name, spec = deployment["metadata"]["name"], deployment["spec"]
        spec["replicas"] = 1
        pod = spec["template"]["spec"]
        pod["securityContext"] |= {"runAsUser": uid, "runAsGroup": 0}
        (container,) = pod["containers"]
        container |= {
            "image": f"localhost/stayrank-{name}:latest",
            "imagePullPolicy": "IfNotPresent",
        }
        container["ports"][0]["hostPort"] = PORTS[name]
        for entry in container["env"]:
            for service, port in (("TAGGER", "tagger"), ("AESTHETIC", "aesthetic")):
                if entry["name"] == f"GALLERY_{service}_URL":
                    entry["value"] = f"http://{HOST}:{PORTS[port]}"
    return yaml.safe_dump_all(deployments)


@pytest.fixture(scope="module")
def images() -> list[str]:
    """Taken over from docker once."""
    return [f"stayrank-{service}:latest" for service in PORTS]


@pytest.fixture(params=[1_000_000_000 + secrets.randbelow(10**9) for _ in range(2)])
def uid(request, render, images, tmp_path) -> int:
    """The uid that the stack runs under, as OpenShift gives each project one of its own."""
    manifest = tmp_path / "pods.yaml"
    manifest.write_text(for_podman(render(ROOT / "k8s" / "overlays" / "openshift"), request.param))
    run(PODMAN_KUBE, "up", manifest, *images)
    images.clear()
    try:
        wait_until_ready()
        yield request.param
    finally:
        run(PODMAN_KUBE, "down", manifest)


def wait_until_ready() -> None:
    start = time.monotonic()
    waiting = dict(URLS)
    while waiting:
        for service, url in list(waiting.items()):
            try:
                if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                    print(f"{service} ready after {time.monotonic() - start:.1f} s")  # noqa: T201
                    del waiting[service]
            except httpx.TransportError:
                pass  # not listening yet
        assert time.monotonic() - start < START_LIMIT_S, f"not ready: {waiting}"
        time.sleep(0.2)


def container(service: str) -> str:
    return f"{service}-pod-0-service"


def test_the_stack_runs_under_any_uid_ranks_and_drains(uid):
    files = [("files", (path.name, path.read_bytes())) for path in sorted(SAMPLE.glob("*.jpg"))]
    answer = httpx.post(
        f"{URLS['gallery']}/rank-gallery",
        files=files,
        headers={"X-Request-ID": "through-all-three"},
        timeout=60,
    ).json()
    local = json.loads(run(sys.executable, "-m", "stayrank_cli.main", "rank", SAMPLE, "--json"))
    order = [Path(place["id"]).name for place in local["ranking"]]
    assert [place["id"] for place in answer["ranking"]] == order
    assert answer["models"] == local["models"]

    assert diagnose(list(URLS.values())).problems == []

    for service in PORTS:
        assert podman("exec", container(service), "id", "-u").strip() == str(uid)
        writable = "touch /tmp/here && ! touch /anywhere /opt/stayrank/anywhere 2>/dev/null"
        podman("exec", container(service), "sh", "-c", writable)
        logged = podman("logs", container(service)).splitlines()
        assert any('"request_id": "through-all-three"' in line for line in logged), service

    podman("kill", "--signal", "TERM", container("tagger"))
    assert httpx.get(f"{URLS['tagger']}/readyz").status_code == httpx.codes.SERVICE_UNAVAILABLE
    late = httpx.post(f"{URLS['tagger']}/tag", files=files[:1], timeout=60)
    assert late.status_code == httpx.codes.OK
