import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stayrank_common.errors import MalformedRequestError
from stayrank_common.inputs import PhotoInput
from stayrank_common.schemas import PhotoFailure
from stayrank_models.artifacts import find
from stayrank_models.engines import FakeEngine, fake_artifact, open_engine
from stayrank_models.explainers import AestheticExplainer, Painter, TagExplainer
from stayrank_models.predictors import AestheticPredictor, TagPredictor

LOBBY = Path(__file__).parents[2] / "samples" / "miramar" / "lobby.jpg"


@pytest.fixture
def tagger(tmp_path):
    return TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8))


@pytest.fixture
def aesthetic(tmp_path):
    return AestheticPredictor(fake_artifact(tmp_path, "aesthetics"), FakeEngine(10))


def test_the_top_tag_is_explained_where_none_is_named(tagger, picture):
    photos = [PhotoInput(str(seed), picture(seed=seed)) for seed in range(8)]

    explained = [explanation.tag for explanation in TagExplainer(tagger).predict(photos)]

    assert explained == [result.top_tag for result in tagger.predict(photos)]
    assert len(set(explained)) > 1


def test_each_area_has_a_map_of_its_own(tagger, picture):
    photo = PhotoInput("a", picture())
    labels = tagger.artifact.manifest.labels

    found = [TagExplainer(tagger, tag).explain(photo) for tag in labels]

    assert [explanation.tag for explanation in found] == list(labels)
    assert len({str(explanation.heat) for explanation in found}) > 3


def test_the_mean_is_that_of_the_prediction(aesthetic, picture):
    photo = PhotoInput("a", picture())

    assert AestheticExplainer(aesthetic).explain(photo).mean == aesthetic.predict([photo])[0].mean


def test_a_photo_where_nothing_speaks_for_the_answer_says_so(tagger, picture):
    """Black features speak for nothing."""
    content = io.BytesIO()
    Image.new("RGB", (40, 40)).save(content, "PNG")

    explanation = TagExplainer(tagger).explain(PhotoInput("a", content.getvalue()))

    assert explanation.warnings == ["no_evidence"]
    assert not np.any(explanation.heat)
    assert (explanation.focal_point.x, explanation.focal_point.y) == (0.5, 0.5)


def test_one_bad_photo_fails_alone_also_when_painted(tagger, picture):
    photos = [PhotoInput("bad", b"no picture"), PhotoInput("good", picture())]

    for answering in (TagExplainer(tagger), Painter(TagExplainer(tagger))):
        bad, good = answering.predict(photos)

        assert isinstance(bad, PhotoFailure)
        assert not isinstance(good, PhotoFailure)


def test_an_unknown_area_is_refused_and_the_known_are_named(tagger):
    with pytest.raises(MalformedRequestError, match="swimming_pool"):
        TagExplainer(tagger, "ballroom")


def test_a_picture_has_the_shape_of_the_photo_after_its_turn_and_is_not_larger_than_asked(
    tagger, encode, scene
):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    photo = encode(scene((2000, 1000)), "JPEG", exif=exif)

    (png,) = Painter(TagExplainer(tagger)).predict([PhotoInput("a", photo)])

    with Image.open(io.BytesIO(png)) as painted:
        assert (painted.format, painted.size) == ("PNG", (512, 1024))


def test_heat_turns_with_the_photo(tagger, encode, scene):
    """What the photo displays counts, not how it is stored."""
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = scene((200, 200))
    turned = encode(stored.transpose(Image.Transpose.ROTATE_270), "PNG")

    one = TagExplainer(tagger, "foyer").explain(PhotoInput("a", turned))
    other = TagExplainer(tagger, "foyer").explain(PhotoInput("a", encode(stored, "PNG", exif=exif)))

    np.testing.assert_allclose(one.heat, other.heat, atol=0.02)


@pytest.mark.keras
@pytest.mark.parametrize("name", ["tagger-mobilenet", "nima-mobilenet"])
def test_the_closed_form_of_one_runtime_is_the_gradient_of_the_other(name):
    artifact = find(name)
    photo = PhotoInput("a", LOBBY)
    tagging = artifact.manifest.task == "tagging"
    predictor = TagPredictor if tagging else AestheticPredictor
    explainer = TagExplainer if tagging else AestheticExplainer

    one, other = (
        explainer(predictor(artifact, open_engine(artifact, runtime, 1, "f32"))).explain(photo)
        for runtime in ("openvino", "keras")
    )

    np.testing.assert_allclose(one.heat, other.heat, atol=0.02)
    assert np.any(one.heat)
