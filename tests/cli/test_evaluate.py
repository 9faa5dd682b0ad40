"""With the shipped models, on made-up pictures."""

import json
import shutil

import pytest
from PIL import Image

from stayrank_common.tags import TAGS
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, SHIPPED


@pytest.fixture
def dataset(tmp_path, picture):
    """Nine photos of three hotels with tags and ratings; one is broken."""
    rows, votes = ["file,tag,split,source,property"], []
    for index, tag in enumerate((*TAGS, "other")):
        name = f"test/{tag}/{index}.jpg"
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"text" if tag == "kitchen" else picture(seed=index))
        rows.append(f"{name},{tag},test,web,hotel-{index % 3}")
        votes.append({"image_id": name, "label": [int(k == index) for k in range(10)]})
    (tmp_path / "manifest.csv").write_text("\n".join(rows))
    (tmp_path / "labels.json").write_text(json.dumps(votes))
    return tmp_path


def test_a_tagger_gets_json_on_stdout_and_a_page(stayrank, dataset):
    page = dataset / "report.html"

    outcome = stayrank("evaluate", "tagger", dataset, "--json", "--html", page)

    assert outcome.code == 0
    report = json.loads(outcome.out)
    assert report["model"]["name"] == DEFAULT_TAGGER
    assert (report["photos"], report["unrelated"]["photos"]) == (7, 1)
    assert [entry["file"] for entry in report["dropped"]] == ["test/kitchen/5.jpg"]
    assert page.read_text().startswith("<!doctype html>")


def test_a_nima_model_is_judged_beside_another(stayrank, dataset):
    folder = next((SHIPPED / DEFAULT_AESTHETIC).iterdir())
    other = shutil.copytree(folder, dataset / "other-model")
    labels = dataset / "labels.json"
    page = dataset / "report.html"

    outcome = stayrank(
        "evaluate", "aesthetic", labels, "--photos", dataset, "--baseline", other,
        "--train-labels", labels, "--json", "--html", page, "--shown", 2,
    )  # fmt: skip

    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    assert report["photos"] == 8
    assert report["hotels"] == 3
    assert len(report["examples"]["low"]) == 2
    assert {figure["gain"] for figure in report["figures"]} == {0}
    assert "<svg" in page.read_text()


def test_without_json_the_figures_are_a_table(stayrank, dataset):
    outcome = stayrank("evaluate", "tagger", dataset)

    assert "top1" in outcome.out
    assert "7 photos of 3 hotels" in outcome.out
    assert "dropped: test/kitchen/5.jpg: not an image of a supported format" in outcome.out


def test_photos_without_a_dataset_around_them_have_no_tags_and_it_is_said(stayrank, tmp_path):
    for index in range(3):
        Image.new("RGB", (40, 30), (90 * index, 60, 20)).save(tmp_path / f"{index}.jpg")
    rows = [{"image_id": f"{i}", "label": [0] * i + [5] + [0] * (9 - i)} for i in range(3)]
    (tmp_path / "labels.json").write_text(json.dumps(rows))

    outcome = stayrank("evaluate", "aesthetic", tmp_path / "labels.json", "--photos", tmp_path)

    assert outcome.code == 0, outcome.err
    assert "without tags" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("tagger", "{}", "--split", "half"), 2, "'half' is none of train, val, test"),
        (("tagger", "{}", "--split", "val"), 1, "no photo in the split 'val'"),
        (("tagger", "{}", "--model", DEFAULT_AESTHETIC), 1, "not for tagging"),
        (("tagger", "{}/nothing"), 1, "nothing"),
        (("aesthetic", "{}/missing.json", "--photos", "{}"), 1, "missing.json"),
        (("tagger", "{}", "--html", "{}/no/such/folder.html"), 2, "cannot write"),
    ],
)
def test_bad_input_is_one_line(stayrank, dataset, arguments, code, message):
    outcome = stayrank("evaluate", *(text.format(dataset) for text in arguments))

    assert outcome.code == code
    assert outcome.err.splitlines()[-1].startswith("error: ")
    assert message in outcome.err
