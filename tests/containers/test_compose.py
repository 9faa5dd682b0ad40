"""The local stack, as `docker compose up` starts it."""

import json
import math
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "miramar"
SERVICES = ("gallery", "tagger", "aesthetic")
WRITES = """
import pathlib, os
print(os.getuid(), os.getgid())
pathlib.Path("/tmp/probe").write_text("x")
for folder in ("/", "/opt/stayrank", "/usr"):
    try:
        pathlib.Path(folder, "probe").write_text("x")
    except OSError as error:
        print(error.strerror)
"""


def test_it_ranks_as_the_command_line_does(stack):
    command = [sys.executable, "-m", "stayrank_cli.main", "rank", ".", "--json"]
    expected = subprocess.run(command, cwd=SAMPLE, capture_output=True, check=True).stdout

    answer = stack.rank()

    assert answer.status_code == 200
    assert answer.json() == json.loads(expected)


@pytest.mark.parametrize("service", SERVICES)
def test_it_runs_as_it_was_told_and_writes_to_tmp_only(stack, service):
    first, *refused = stack.python(service, WRITES).splitlines()

    assert first == stack.user.replace(":", " ")
    assert len(refused) == 3


def test_the_gallery_alone_has_a_port_outside(stack):
    published = {
        service: [
            mapping
            for mappings in stack.container(service)["NetworkSettings"]["Ports"].values()
            for mapping in mappings or []
        ]
        for service in SERVICES
    }

    expected = [{"HostIp": "127.0.0.1", "HostPort": str(stack.port)}]
    assert published == {"gallery": expected, "tagger": [], "aesthetic": []}


@pytest.mark.parametrize("service", ["tagger", "aesthetic"])
def test_the_models_have_no_way_out(stack, docker, service):
    (network,) = stack.container(service)["NetworkSettings"]["Networks"]

    assert docker("network", "inspect", "--format={{.Internal}}", network).strip() == "true"


def test_the_page_offers_the_sample(stack):
    assert "Try the sample gallery" in httpx.get(stack.url, trust_env=False).text


def test_prometheus_finds_data_for_every_query_of_the_dashboard(stack, docker, capsys):
    docker("build", "-t", "stayrank-test-prometheus", ROOT / "tests" / "containers" / "prometheus")
    stack.compose("--profile", "observability", "up", "-d", "prometheus")
    dashboard = ROOT / "observability" / "grafana" / "dashboards" / "stayrank.json"
    panels = json.loads(dashboard.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]

    deadline = time.monotonic() + 300
    while ask(stack, "count(count_over_time(up[1h]) > 2)") != [len(SERVICES)]:  # rates need two
        assert time.monotonic() < deadline
        assert stack.rank().status_code == 200
        assert stack.rank(limit="0").status_code == 422  # problems are counted too
    values = {query: ask(stack, query) for query in queries}

    with capsys.disabled():
        for query, found in values.items():
            sys.stdout.write(f"\n{query}\n    {', '.join(f'{value:.4g}' for value in found[:8])}")
    assert [query for query, found in values.items() if not found] == []
    assert ask(stack, "up") == [1, 1, 1]
    # Compose has neither namespaces nor pods: a job stands for the one, an instance for the other.
    labels = {"LabelMatchers": 'job=~"tagger|aesthetic"', "GroupBy": "instance"}
    assert len(ask(stack, adapter_query(labels))) == 2


def adapter_query(labels: dict[str, str]) -> str:
    """What prometheus-adapter asks for the autoscaler."""
    rules = yaml.safe_load((ROOT / "observability" / "prometheus-adapter.yml").read_text())
    query = rules["rules"][0]["metricsQuery"]
    for field, value in {"Series": "stayrank_photos_waiting", **labels}.items():
        query = query.replace(f"<<.{field}>>", value)
    return query


def ask(stack, query: str) -> list[float]:
    """The numbers that Prometheus finds for a query; none while it is starting."""
    address = f"http://127.0.0.1:{stack.prometheus_port}/api/v1/query"
    try:
        answer = httpx.get(address, params={"query": query}, trust_env=False).json()
    except httpx.TransportError:
        return []
    assert answer["status"] == "success", answer
    values = [float(each["value"][1]) for each in answer["data"]["result"]]
    return [value for value in values if not math.isnan(value)]
