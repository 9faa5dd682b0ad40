import dataclasses

import pytest

from stayrank_common.errors import WeightsError
from stayrank_models import weights


@pytest.fixture
def entry(monkeypatch):
    """The NIMA entry, published where nobody answers."""
    entry = dataclasses.replace(
        weights.CATALOGUE["nima-mobilenet-ava"], address="http://127.0.0.1:9/none.hdf5"
    )
    monkeypatch.setitem(weights.CATALOGUE, "nima-mobilenet-ava", entry)
    return entry


def test_an_altered_file_is_refused(entry, tmp_path, monkeypatch):
    (tmp_path / "nima_mobilenet_ava.hdf5").write_bytes(b"altered")
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(tmp_path))

    with pytest.raises(WeightsError, match="sha256 is"):
        weights.pretrained_tensors("nima-mobilenet-ava")


@pytest.mark.keras
def test_the_error_names_both_ways_to_get_the_file(entry, tmp_path, monkeypatch):
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    with pytest.raises(WeightsError) as error:
        weights.pretrained_tensors("nima-mobilenet-ava")
    for way in ("nima_mobilenet_ava.hdf5", weights.FOLDER_VARIABLE, entry.address):
        assert way in str(error.value)


def test_an_unknown_entry_is_told_which_there_are():
    with pytest.raises(WeightsError, match="mobilenet-imagenet"):
        weights.pretrained_tensors("resnet")


def test_every_entry_can_be_checked_whichever_way_it_comes():
    for entry in weights.CATALOGUE.values():
        assert entry.files
        assert entry.file_hash or entry.tensors_sha256
        assert entry.license
        assert entry.credit


def test_a_file_is_checked_by_md5_where_its_owner_states_no_other(tmp_path, monkeypatch):
    name = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    (tmp_path / name).write_bytes(b"altered")
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(tmp_path))

    with pytest.raises(WeightsError, match="md5 is"):
        weights.pretrained_tensors("resnet50-imagenet")


def test_the_licence_of_a_random_start_is_ours():
    assert weights.credit_of(weights.RANDOM) == ("random weights", "Apache-2.0")
    assert weights.credit_of("vgg16-imagenet")[1] == "CC-BY-4.0"


def test_models_that_began_from_others_credit_these_too():
    credit, license_ = weights.credit_of("tagger-mobilenet+nima-mobilenet")

    assert "tagger-mobilenet" in credit
    assert "Google" in credit
    assert "idealo" in credit
    assert license_ == "Apache-2.0"


def test_models_under_different_licences_are_not_mixed():
    with pytest.raises(WeightsError, match=r"licences differ: Apache-2\.0, CC-BY-4\.0"):
        weights.credit_of("mobilenet-imagenet+vgg16-imagenet")


@pytest.mark.shared
@pytest.mark.keras
@pytest.mark.parametrize("key", ["mobilenet-imagenet", "vgg16-imagenet", "nima-mobilenet-ava"])
def test_the_files_of_the_catalogue_fit_their_backbones(key, shared, monkeypatch):
    from stayrank_models.heads import build_classifier
    from stayrank_models.loading import load_start

    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(shared / "weights"))

    load_start(build_classifier("vgg16" if "vgg" in key else "mobilenet", 10, 0.5), key)


@pytest.mark.shared
def test_the_digest_of_tensors_is_that_of_the_published_values(shared, monkeypatch):
    monkeypatch.setenv(weights.FOLDER_VARIABLE, str(shared / "weights"))
    tensors = weights.pretrained_tensors("mobilenet-imagenet")

    expected = weights.CATALOGUE["mobilenet-imagenet"].tensors_sha256
    assert weights.tensors_digest(tensors) == expected
    tensors["conv2d"] = [tensors["conv2d"][0] + 1]
    assert weights.tensors_digest(tensors) != expected
