import json
from pathlib import Path

import pytest

from stayrank_common.errors import DatasetError
from stayrank_common.schemas import AestheticResult, ErrorBody, ModelInfo, PhotoFailure
from stayrank_training.area_percentiles import area_percentiles, write_area_percentiles
from stayrank_training.data.photos import TaggedPhoto


def _photo(tag):
    return TaggedPhoto(Path("x.jpg"), "x.jpg", tag, "train")


def _rated(mean):
    return AestheticResult(
        id="x", mean=mean, std=1, distribution=[0.1] * 10, percentile=50, warnings=[]
    )


def test_each_area_is_described_by_its_own_photos():
    photos = [_photo(tag) for tag in ("bedroom", "bathroom", "bedroom", "bedroom", "gym")]
    results = [_rated(mean) for mean in (7.0, 2.0, 3.0, 5.0, 9.0)]

    found = area_percentiles(photos, results, ["bedroom", "bathroom"])

    assert list(found) == ["bedroom", "bathroom"]
    assert [found["bedroom"][percent] for percent in (0, 50, 100)] == [3, 5, 7]
    assert found["bathroom"] == [2] * 101


def test_what_cannot_be_read_does_not_count_and_an_area_of_nothing_else_is_named():
    broken = PhotoFailure(id="x", error=ErrorBody(type="a", title="b", detail="c"))

    with pytest.raises(DatasetError, match="no readable photo of kitchen"):
        area_percentiles([_photo("kitchen")], [broken], ["kitchen"])


def test_the_file_names_the_model_and_has_an_area_a_line(tmp_path):
    path = tmp_path / "percentiles.json"

    areas = {"bedroom": [1.5, 2.0], "foyer": [3.0, 4.0]}
    model = ModelInfo(name="mine", version="2", sha256="a" * 64)

    write_area_percentiles(path, areas, model, "b" * 64)

    assert json.loads(path.read_text()) == {
        "model": {"name": "mine", "version": "2", "weights_sha256": "b" * 64},
        "areas": areas,
    }
    assert len(path.read_text().splitlines()) == 7
