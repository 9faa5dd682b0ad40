"""The rule of prometheus-adapter, rendered as it does, gives the autoscaler its metric."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
(RULE,) = yaml.safe_load((ROOT / "observability/prometheus-adapter.yml").read_text())["rules"]
QUEUE = yaml.safe_load((ROOT / "k8s/components/queue-autoscaling/queue.yaml").read_text())
METRIC = QUEUE["spec"]["metrics"][0]["pods"]["metric"]["name"]


def rendered(namespace: str, pods: str) -> str:
    """The query that the adapter asks Prometheus for the pods of a Deployment."""
    query = RULE["metricsQuery"]
    matchers = f'namespace="{namespace}",pod=~"{pods}"'
    for field, value in {"Series": METRIC, "LabelMatchers": matchers, "GroupBy": "pod"}.items():
        query = query.replace(f"<<.{field}>>", value)
    return query


def test_the_metric_has_the_name_that_the_autoscaler_asks_for():
    assert RULE["name"]["as"] == METRIC
    assert RULE["seriesQuery"].partition("{")[0] == METRIC
    assert set(RULE["resources"]["overrides"]) == {"namespace", "pod"}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Debian's package prometheus")
def test_each_pod_has_the_mean_of_its_last_minute_also_where_it_is_scraped_twice(tmp_path):
    waiting = {
        'namespace="stayrank", pod="tagger-1", job="tagger"': "0 0 0 0 40 80 120 160",
        'namespace="stayrank", pod="tagger-1", job="pods"': "0 0 0 0 40 80 120 160",
        'namespace="stayrank", pod="tagger-2", job="tagger"': "7x7",
        'namespace="stayrank", pod="gallery-1", job="gallery"': "500x7",
        'namespace="other", pod="tagger-1", job="tagger"': "900x7",
    }
    test = {
        "interval": "15s",
        "input_series": [
            {"series": f"{METRIC}{{{labels}}}", "values": values.replace("x", "+0x")}
            for labels, values in waiting.items()
        ],
        "promql_expr_test": [
            {
                "expr": rendered("stayrank", "tagger-1|tagger-2"),
                "eval_time": "105s",
                "exp_samples": [
                    {"labels": '{pod="tagger-1"}', "value": 80},
                    {"labels": '{pod="tagger-2"}', "value": 7},
                ],
            }
        ],
    }
    case = tmp_path / "case.yml"
    case.write_text(yaml.safe_dump({"evaluation_interval": "15s", "tests": [test]}))
    ran = subprocess.run(
        ["promtool", "test", "rules", case], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr + ran.stdout
