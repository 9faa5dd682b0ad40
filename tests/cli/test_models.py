import json

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
