"""Dashboard and alerts ask for what the services measure."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import promql_parser as promql
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from stayrank_common import errors
from stayrank_common.stages import Stage

FOLDER = Path(__file__).parents[1] / "observability"
DASHBOARD = json.loads((FOLDER / "grafana" / "dashboards" / "stayrank.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ALERTS = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
QUERIES = {
    **{f"{p['title']} {t['refId']}": t["expr"] for p in PANELS for t in p["targets"]},
    **{rule["alert"]: rule["expr"] for rule in ALERTS},
}
SLUGS = {
    c.slug()
    for c in vars(errors).values()
    if isinstance(c, type) and issubclass(c, errors.StayRankError)
}


@pytest.fixture
def measured(clients, picture) -> dict[str, dict[str, set[str]]]:
    """Sample → label → its values, of all services after galleries were ranked."""
    files = [("files", ("a.jpg", picture()))]
    for path in ("/rank-gallery", "/v1/rank-gallery", "/contact-sheet"):
        clients["gallery"].post(path, files=files)
    for path in ("/livez", "/readyz", "/metrics", "/missing"):
        clients["gallery"].get(path)
    samples = {"up": {"job": set(clients), "instance": set()}}
    for client in clients.values():
        for family in text_string_to_metric_families(client.get("/metrics").text):
            for sample in family.samples:
                labels = samples.setdefault(sample.name, dict(samples["up"]))
                for label, value in sample.labels.items():
                    labels.setdefault(label, set()).add(value)
    return samples


def parts(query: str, kind: type) -> list:
    found = []
    promql.walk(
        promql.parse(query), lambda node: found.append(node) if isinstance(node, kind) else None
    )
    return found


def test_every_query_asks_for_metrics_and_labels_that_exist(measured):
    for title, query in QUERIES.items():
        selectors = parts(query, promql.VectorSelector)
        known = {label for selector in selectors for label in measured[selector.name]}
        matched = {m.name for selector in selectors for m in selector.matchers.matchers}
        grouped = {
            label
            for aggregate in parts(query, promql.AggregateExpr)
            for label in (aggregate.modifier.labels if aggregate.modifier else [])
        }

        assert selectors, title
        assert matched | grouped <= known, title


def test_every_value_that_a_query_names_can_occur(measured):
    possible = {"stage": set(get_args(Stage)), "type": SLUGS, "rejected": {"true"}}
    for title, query in QUERIES.items():
        for selector in parts(query, promql.VectorSelector):
            for matcher in selector.matchers.matchers:
                seen = measured[selector.name][matcher.name]
                values = possible.get(matcher.name, seen | {"5..", "+Inf"})
                assert set(matcher.value.split("|")) <= values, (title, matcher.name)


def test_a_dashboard_panel_says_its_unit_and_stands_beside_the_others():
    """The first row is what an operator looks at: it tells good from bad by colour."""
    taken = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert place["x"] + place["w"] <= 24
        assert not taken & cells, panel["title"]
        taken |= cells
    first = [panel for panel in PANELS if panel["type"] == "stat"]
    assert len(first) == 6
    for panel in first:
        assert panel["options"]["colorMode"] == "background"
        assert len(panel["fieldConfig"]["defaults"]["thresholds"]["steps"]) >= 3


def test_every_alert_says_what_to_do():
    for rule in ALERTS:
        assert rule["annotations"].keys() == {"summary", "action"}, rule["alert"]
        assert rule["labels"]["severity"] in {"info", "warning", "critical"}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Debian's package prometheus")
def test_prometheus_takes_the_configuration():
    checked = subprocess.run(
        ["promtool", "check", "config", FOLDER / "prometheus.yml"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stderr
