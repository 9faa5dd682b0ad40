"""The documentation names what is there."""

import re
import shlex
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase
from typer.main import get_command

from stayrank_aesthetic.settings import AestheticSettings
from stayrank_cli.main import app
from stayrank_common.metrics import Metrics
from stayrank_common.stages import Stage
from stayrank_gallery.settings import GallerySettings
from stayrank_models.artifacts import find
from stayrank_tagger.settings import TaggerSettings

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
COMMANDS = [
    command
    for guide in GUIDES
    for command in re.findall("^stayrank .+", guide.read_text().replace("\\\n", ""), re.MULTILINE)
]


@pytest.mark.parametrize("settings", [TaggerSettings, AestheticSettings, GallerySettings])
def test_every_setting_is_documented_with_its_default(settings):
    rows = (ROOT / "docs" / "settings.md").read_text().splitlines()
    own = settings.__annotations__

    for name, field in settings.model_fields.items():
        prefix = settings.model_config["env_prefix"] if name in own else "…_"
        (row,) = [row for row in rows if row.startswith(f"| `{prefix}{name.upper()}` |")]
        default = {frozenset(): "`[]`", None: "none"}.get(field.default, f"`{field.default}`")

        assert f"| {default} |" in row
        assert field.description in row


def test_every_metric_is_documented_with_its_labels():
    lines = (ROOT / "docs" / "metrics.md").read_text().splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| `")]
    documented = {row[1].strip(" `"): set(re.findall(r"\w+", row[2])) for row in rows}
    collectors = [c for c in vars(Metrics()).values() if isinstance(c, MetricWrapperBase)]
    defined = {
        c._name + ("_total" if isinstance(c, Counter) else ""): set(c._labelnames)
        for c in collectors
    }

    assert len(defined) > 10
    assert defined == {name: documented[name] for name in defined}


def test_every_stage_is_documented():
    page = (ROOT / "docs/metrics.md").read_text()

    for stage in get_args(Stage):
        assert re.search(rf"^\| .*`{stage}`.* \|", page, re.MULTILINE), stage


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_knows_each_verb_and_option_of_the_documents(command):
    words = shlex.split(command, comments=True)[1:]
    verb = get_command(app)
    while words and words[0] in getattr(verb, "commands", {}):
        verb = verb.commands[words.pop(0)]

    _, unknown, _ = verb.make_parser(verb.context_class(verb)).parse_args(words)

    assert not unknown


def test_links_between_the_documents_lead_somewhere():
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("samples/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


@pytest.mark.parametrize(
    ("model", "metrics"),
    [
        ("tagger-mobilenet", ("top1", "macro_f1")),
        ("nima-mobilenet", ("srcc", "lcc", "emd", "accuracy_at_5")),
        ("duo-mobilenet", ("top1", "srcc")),
    ],
)
def test_the_numbers_of_the_readme_are_those_of_the_shipped_models(model, metrics):
    readme = (ROOT / "README.md").read_text()
    measured = find(model).manifest.metrics
    start = readme.index(f"| `{model}`")

    rows = readme[start:].splitlines()[: len(metrics)]
    for metric, row in zip(metrics, rows, strict=True):
        assert row.endswith(f"| {measured[metric]:.3f} |")
