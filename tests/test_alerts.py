"""Each alert fires where it should, and is silent on a stack that is well."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

RULES = Path(__file__).parents[1] / "observability" / "alerts.yml"
ALERTS = [rule["alert"] for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]]
MODEL = 'model="m", version="1"'
MINUTES = 26 * 60  # the most patient alert waits for a day

# Samples every two minutes, as promtool writes them: start+step. Later ones replace earlier ones.
WELL = {
    'up{job="tagger", instance="a"}': "1",
    'http_requests_total{job="tagger", route="/tag", status="200"}': "0+600",
    'stayrank_problems_total{job="tagger", type="undecodable-photo"}': "0+5",
    'stayrank_load{job="tagger", instance="a"}': "0.5",
    'stayrank_model_info{model="m", version="1", sha256="a", instance="a"}': "1",
    'stayrank_model_info{model="m", version="1", sha256="a", instance="b"}': "1",
    f"stayrank_aesthetic_percentile_sum{{{MODEL}}}": "0+5000",
    f"stayrank_aesthetic_percentile_count{{{MODEL}}}": "0+100",
    f'stayrank_tags_total{{{MODEL}, rejected="false"}}': "0+90",
    f'stayrank_tags_total{{{MODEL}, rejected="true"}}': "0+10",
}
WRONG = {
    "StayRankDown": {'up{job="tagger", instance="a"}': "0"},
    "StayRankErrors": {
        'http_requests_total{job="tagger", route="/tag", status="504"}': "0+20",
    },
    "StayRankRefuses": {'stayrank_problems_total{job="tagger", type="busy"}': "0+1"},
    "StayRankNearlyFull": {'stayrank_load{job="tagger", instance="a"}': "0.9"},
    "StayRankModelAltered": {
        'stayrank_model_info{model="m", version="1", sha256="f", instance="b"}': "1",
    },
    "StayRankCanaryForgotten": {
        'stayrank_model_info{model="m", version="2", sha256="c", instance="c"}': "1",
    },
    "StayRankScoresDrift": {f"stayrank_aesthetic_percentile_sum{{{MODEL}}}": "0+3000"},
    "StayRankPhotosUnrelated": {f'stayrank_tags_total{{{MODEL}, rejected="true"}}': "0+200"},
}

pytestmark = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs Debian's package prometheus"
)


def firing(samples: dict[str, str], expected: list[str], folder: Path) -> None:
    """Let a day pass; the alerts that fire then must be those expected."""
    series = [
        {"series": name, "values": f"{value if '+' in value else value + '+0'}x{MINUTES // 2}"}
        for name, value in samples.items()
    ]
    fired = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in expected]
    expression = 'max by (alertname) (ALERTS{alertstate="firing"})'
    test = {
        "interval": "2m",
        "input_series": series,
        "promql_expr_test": [
            {"expr": expression, "eval_time": f"{MINUTES}m", "exp_samples": fired}
        ],
    }
    rules = {"rule_files": [str(RULES)], "evaluation_interval": "20m"}
    case = folder / "case.yml"
    case.write_text(yaml.safe_dump(rules | {"tests": [test]}))
    ran = subprocess.run(
        ["promtool", "test", "rules", case], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_every_alert_has_a_case():
    assert set(WRONG) == set(ALERTS)


def test_a_stack_that_is_well_is_silent(tmp_path):
    firing(WELL, [], tmp_path)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_fires_alone_where_its_trouble_is(alert, tmp_path):
    firing(WELL | WRONG[alert], [alert], tmp_path)
