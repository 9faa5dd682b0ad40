import json
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from stayrank_common.health import unready


@pytest.fixture
def service():
    """Start a service that answers `/readyz` as told: `service(503, "why")` → its port."""
    servers = []

    def start(status: int, body: str) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/readyz" else 404)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *arguments):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.01,)).start()
        return server.server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def check(port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stayrank_common.health", str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_ready_service_is_healthy(service):
    done = check(service(200, "ready"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_unready_service_is_not_and_its_reason_is_told(service):
    done = check(service(503, json.dumps({"detail": "the models are not loaded yet"})))

    assert done.returncode == 1
    assert "the models are not loaded yet" in done.stderr


def test_a_port_that_nobody_listens_on_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and not listened on, so that nobody else can
        port = taken.getsockname()[1]

        assert f"no answer on port {port}: " in (unready(port) or "")
