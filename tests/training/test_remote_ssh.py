"""`training/remote` for real: an sshd, a Docker engine behind it, a round from image to outputs."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
ENGINE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
RECIPE = """
name = "tiny"
folds = 2
start = {weights = "random", options = {alpha = 0.25}}
preprocessing = {width = 32, height = 32}
head = {epochs = 20, learning_rate = 0.01}
"""


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host that ssh reaches by a name, with the Docker engine of this machine."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if sshd is None:
        pytest.fail("there is no `sshd` here: install Debian's openssh-server")
    for key in ("host", "me"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / key], check=True
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nPidFile none\n"
        f"AuthorizedKeysFile {tmp_path}/me.pub\nStrictModes no\nSetEnv DOCKER_HOST={ENGINE}\n"
    )
    key = (tmp_path / "host.pub").read_text().partition(" ")[2]
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} ssh-ed25519 {key}")
    (tmp_path / "config").write_text(
        f"Host gpu-host\nHostName 127.0.0.1\nPort {port}\nUser {getpass.getuser()}\n"
        f"IdentityFile {tmp_path}/me\nUserKnownHostsFile {tmp_path}/known\n"
    )
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {tmp_path}/config "$@"\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")  # the host's engine is meant, not ours
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen([sshd, "-D", "-f", tmp_path / "sshd_config"])
    deadline = time.monotonic() + 30
    while subprocess.run(["ssh", "gpu-host", "true"], check=False).returncode:
        assert time.monotonic() < deadline
    yield "gpu-host"
    server.terminate()
    server.wait()


def round_on(host: str, data: Path, out: Path, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [ROOT / "training" / "remote", host, "tagger", "/data/tiny.toml", data, out],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whole_round_on_a_host_without_a_gpu(host, dataset, tmp_path):
    data, out = shutil.copytree(dataset, tmp_path / "data"), tmp_path / tmp_path.name
    (data / "tiny.toml").write_text(RECIPE)

    refused = round_on(host, data, out)
    try:
        done = round_on(host, data, out, GPUS="")
    finally:
        volumes = [f"stayrank-{out.name}-{kind}" for kind in ("data", "out")]
        subprocess.run(["docker", "-H", ENGINE, "volume", "rm", "--force", *volumes], check=True)

    assert refused.returncode == 1
    assert "error: on gpu-host no container gets a GPU" in refused.stderr.splitlines()[-1]
    assert done.returncode == 0, done.stderr[-4000:]
    assert (out / "artifact" / "tiny" / "1.0.0" / "manifest.json").exists()
    assert "tiny" in (out / "evaluation.html").read_text()
