import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import ArtifactError, WeightsError
from stayrank_models.artifacts import MANIFEST, OPENVINO, WEIGHTS, Artifact, find, shipped
from stayrank_models.engines import fake_artifact, open_engine
from stayrank_models.manifests import Manifest
from stayrank_models.versions import version_key

pytestmark = pytest.mark.keras


@pytest.fixture
def folder(tiny_artifact, tmp_path):
    """A copy of an artifact, to break."""
    return shutil.copytree(tiny_artifact.folder, tmp_path / "copy")


def _edit(folder, **changes):
    path = folder / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(("runtime", "name"), [("keras", WEIGHTS), ("openvino", OPENVINO)])
def test_an_altered_file_is_refused_by_its_runtime(folder, runtime, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(ArtifactError, match="sha256"):
        open_engine(Artifact(folder), runtime)


@pytest.mark.parametrize(("runtime", "name"), [("keras", WEIGHTS), ("openvino", OPENVINO)])
def test_a_missing_file_is_named(folder, runtime, name):
    (folder / name).unlink()

    with pytest.raises(ArtifactError, match=name):
        open_engine(Artifact(folder), runtime)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../b", "a\\b", "a b"])
def test_a_manifest_may_not_point_outside_its_folder(folder, path):
    _edit(folder, files={path: "0" * 64})

    with pytest.raises(ArtifactError, match="plain path"):
        Artifact(folder)


def test_only_listed_files_are_read(folder):
    (folder / "extra.txt").write_text("x")

    with pytest.raises(ArtifactError, match="lists no file"):
        Artifact(folder).read("extra.txt")


@pytest.mark.parametrize(
    "changes",
    [{"format": 2}, {"surprise": 1}, {"task": "aesthetics"}, {"labels": ["one"]}, {"name": "../x"}],
)
def test_a_malformed_manifest_is_refused(folder, changes):
    _edit(folder, **changes)

    with pytest.raises(ArtifactError, match="not a valid manifest"):
        Artifact(folder)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "\x00"])
def test_a_manifest_that_is_no_json_object_is_refused(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)

    with pytest.raises(ArtifactError):
        Artifact(tmp_path)


def test_a_manifest_of_megabytes_is_refused(tmp_path):
    (tmp_path / MANIFEST).write_text(" " * (2**20 + 1))

    with pytest.raises(ArtifactError, match="larger"):
        Artifact(tmp_path)


@pytest.mark.parametrize(
    "architecture",
    [
        {"backbone": "mobilenet", "dropout": 0.5, "options": {"alpha": 0.5}},
        {"backbone": "vgg16", "dropout": 0.5},
    ],
)
def test_weights_of_another_architecture_are_refused(folder, architecture):
    _edit(folder, architecture=architecture)

    with pytest.raises(WeightsError, match=WEIGHTS):
        open_engine(Artifact(folder), "keras")


def test_an_unknown_backbone_is_refused(folder):
    _edit(folder, architecture={"backbone": "os.system", "dropout": 0.5})

    with pytest.raises(ArtifactError, match=r"mobilenet, .*vgg16"):
        open_engine(Artifact(folder), "keras")


def test_a_model_is_found_by_name_version_or_folder(tiny_artifact, tmp_path):
    for version in ("1.2.0", "1.10.0"):
        shutil.copytree(tiny_artifact.folder, tmp_path / "tiny" / version)

    assert find("tiny", tmp_path).folder.name == "1.10.0"
    assert find("tiny:1.2.0", tmp_path).folder.name == "1.2.0"
    assert find(str(tmp_path / "tiny" / "1.2.0")).folder.name == "1.2.0"
    with pytest.raises(ArtifactError, match=r"tiny:1\.10\.0"):
        find("other", tmp_path)


def test_everything_shipped_is_whole():
    for artifact in shipped():
        for name in artifact.manifest.files:
            assert artifact.read(name)


VERSIONS = [
    "1.0.0-alpha",
    "1.0.0-rc.2",
    "1.0.0-rc.10",
    "1.0.0",
    "1.0.1",
    "1.2.0",
    "1.9.0",
    "1.10.0",
]


@given(st.permutations([*VERSIONS, "2", "2024.5", "10.0.0"]))
def test_versions_sort_from_old_to_new_and_a_candidate_before_its_release(versions):
    assert sorted(versions, key=version_key) == [*VERSIONS, "2", "10.0.0", "2024.5"]


@pytest.mark.parametrize(
    "odd", ["draft", "1.0.0-rc1", "1.0.0rc1", "1..0", "v2", "", "1.0.0-1", "-", "²"]
)
def test_a_folder_with_an_odd_name_is_never_newer_than_a_release(odd):
    assert version_key(odd) < version_key("1.0.0")


def test_the_newest_version_is_found_and_lists_run_from_old_to_new(tiny_artifact, tmp_path):
    for version in reversed(VERSIONS):
        shutil.copytree(tiny_artifact.folder, tmp_path / "tiny" / version)

    assert find("tiny", tmp_path).folder.name == "1.10.0"
    assert [artifact.folder.name for artifact in shipped(tmp_path)] == VERSIONS
    with pytest.raises(ArtifactError, match=r"tiny:1\.9\.0, tiny:1\.10\.0$"):
        find("other", tmp_path)


def test_a_candidate_is_found_where_there_is_no_release_or_where_it_is_asked_for(
    tiny_artifact, tmp_path
):
    shutil.copytree(tiny_artifact.folder, tmp_path / "tiny" / "1.0.0-rc1")

    assert find("tiny", tmp_path).folder.name == "1.0.0-rc1"
    shutil.copytree(tiny_artifact.folder, tmp_path / "tiny" / "1.0.0")
    assert find("tiny", tmp_path).folder.name == "1.0.0"
    assert find("tiny:1.0.0-rc1", tmp_path).folder.name == "1.0.0-rc1"


def test_a_model_for_both_tasks_gives_the_manifest_of_each(tmp_path):
    whole = fake_artifact(tmp_path, "duo")

    tagging, aesthetics = whole.part("tagging"), whole.part("aesthetics")

    assert whole.manifest.outputs == tagging.manifest.outputs + aesthetics.manifest.outputs
    assert whole.manifest.distributions == (8, 10)
    assert aesthetics.manifest.calibration == whole.manifest.rating_calibration
    assert tagging.manifest.calibration == whole.manifest.calibration
    assert {whole.info, tagging.info, aesthetics.info} == {whole.info}
    for part in (tagging, aesthetics):
        Manifest.model_validate(part.manifest.model_dump())
        assert part.part(part.manifest.task).manifest == part.manifest


@pytest.mark.parametrize(
    ("task", "changes"),
    [
        ("duo", {"rating_calibration": None}),
        ("duo", {"task": "tagging"}),
        ("tagging", {"task": "duo"}),
        ("aesthetics", {"task": "duo"}),
    ],
)
def test_calibrations_and_task_belong_together(tmp_path, task, changes):
    fake_artifact(tmp_path, task)
    _edit(tmp_path, **changes)

    with pytest.raises(ArtifactError, match="calibration"):
        Artifact(tmp_path)
