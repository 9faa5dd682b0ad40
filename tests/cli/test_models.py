import json
import re
from itertools import takewhile

from stayrank_cli.models_listing import InstalledModel
from stayrank_common.tags import TAGS
from stayrank_gallery.curation import area_percentiles as tables_of_gallery
from stayrank_models.artifacts import shipped


def test_the_list_names_versions_checksums_licences_and_metrics(stayrank):
    listed = json.loads(stayrank("models", "--json").out)["models"]

    assert [(m["name"], m["version"], m["sha256"]) for m in listed] == [
        (a.info.name, a.info.version, a.info.sha256) for a in shipped()
    ]
    assert all(m["license"] and m["metrics"] for m in listed)


def test_the_table_names_every_model(stayrank):
    table = stayrank("models").out

    for artifact in shipped():
        assert f"{artifact.info.name}:{artifact.info.version}" in table


def test_an_unknown_model_is_told_what_is_installed(stayrank, tmp_path, picture):
    (tmp_path / "a.jpg").write_bytes(picture())

    outcome = stayrank("tag", tmp_path, "--model", "tagger-resnet")

    assert outcome.code == 1
    assert "tagger-mobilenet:" in outcome.err


def test_a_line_fits_a_page_and_leaves_the_measures_of_single_areas_to_json(stayrank):
    lines = stayrank("models").out.splitlines()

    assert max(map(len, lines)) <= 100
    single = ("recall_", "precision_", "false_accept_")
    assert not any(name in line for line in lines for name in single)
    for artifact in shipped():
        whole = [name for name in artifact.manifest.metrics if name in {"top1", "emd", "srcc"}]
        at = lines.index(f"{artifact.info.name}:{artifact.info.version}")
        assert artifact.sha256[:12] in lines[at + 1]
        after = lines[at + 2 :]
        told = " ".join(takewhile(lambda line: line.startswith(" "), after))
        assert whole
        for name in whole:
            assert f"{name} {artifact.manifest.metrics[name]:.3f}" in re.sub(r"\s+", " ", told)


def test_a_measure_that_merely_ends_like_a_label_is_kept():
    (nima,) = [a for a in shipped() if a.manifest.task == "aesthetics"]

    assert "accuracy_at_5" in InstalledModel.of(nima).summary


def test_area_percentiles_are_of_the_training_photos_of_each_area(
    stayrank, tmp_path, picture, monkeypatch
):
    for index, tag in enumerate((*TAGS, "other")):
        for split in ("train", "test"):
            path = tmp_path / split / tag / f"{index}.jpg"
            path.parent.mkdir(parents=True)
            path.write_bytes(picture(seed=index) if split == "train" else b"text")
    out = tmp_path / "percentiles.json"

    outcome = stayrank("models", "area-percentiles", tmp_path, "--out", out)

    assert outcome.code == 0, outcome.err
    tables = json.loads(out.read_text())["areas"]
    assert list(tables) == list(TAGS)
    assert all(
        len(values) == 101 and 1 <= values[0] <= values[-1] <= 10 for values in tables.values()
    )
    assert f"{len(TAGS)} photos" in outcome.out
    monkeypatch.setattr(tables_of_gallery, "_FILE", out)
    _, read = tables_of_gallery._read.__wrapped__()  # as the gallery does
    assert {area: values.tolist() for area, values in read.items()} == tables
