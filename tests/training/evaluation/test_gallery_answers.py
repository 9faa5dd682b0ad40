import pytest

from stayrank_common.errors import DatasetError
from stayrank_common.schemas import ModelInfo, PhotoFailure
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_training.evaluation.gallery_answers import ask_models, read_answers, write_answers


@pytest.fixture
def galleries(rated_gallery, picture):
    made = [rated_gallery("a", ["bedroom"] * 3, [2, 5, 3]), rated_gallery("b", ["foyer"], [4])]
    for gallery in made:
        gallery.folder.mkdir()
        for seed, file in enumerate(gallery.files):
            (gallery.folder / file).write_bytes(picture(seed=seed))
    return made


@pytest.fixture
def predictors(tmp_path):
    for name in ("tagger", "nima"):
        (tmp_path / name).mkdir()
    return (
        TagPredictor(fake_artifact(tmp_path / "tagger", "tagging"), FakeEngine(8)),
        AestheticPredictor(fake_artifact(tmp_path / "nima", "aesthetics"), FakeEngine(10)),
    )


def silently(items, total, what):
    return iter(items)


def test_both_models_see_every_photo_and_the_copies(galleries, predictors):
    first, second = ask_models(galleries, *predictors, silently)

    assert [result.id for result in first.tags.results[:3]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert [r.id for r in first.tags.results] == [r.id for r in first.ratings.results]
    assert set(first.copies.values()) == {"0.jpg", "1.jpg", "2.jpg"}
    assert [r.id for r in first.tags.results[3:]] == list(first.copies)
    assert len(second.tags.results) == 2
    assert first.tags.results[0].embedding
    assert list(first.looks) == [result.id for result in first.tags.results]


def test_originals_leave_the_copies_out(galleries, predictors):
    first, _ = ask_models(galleries, *predictors, silently)

    alone = first.originals()

    assert [result.id for result in alone.ratings.results] == ["0.jpg", "1.jpg", "2.jpg"]
    assert not alone.copies
    assert list(alone.looks) == ["0.jpg", "1.jpg", "2.jpg"]
    assert alone.originals() == alone


def test_a_broken_photo_loses_no_other(galleries, predictors):
    (galleries[0].folder / "0.jpg").write_text("text")

    first, _ = ask_models(galleries, *predictors, silently)

    assert isinstance(first.tags.results[0], PhotoFailure)
    assert set(first.copies.values()) == {"1.jpg", "2.jpg"}
    assert "0.jpg" not in first.looks


def test_kept_answers_are_the_same_answers(galleries, predictors, tmp_path):
    said = ask_models(galleries, *predictors, silently)
    path = tmp_path / "answers.json"
    write_answers(path, said)
    models = (said[0].tags.model, said[0].ratings.model)

    assert read_answers(path, galleries, *models) == said
    assert read_answers(path, galleries[1:], *models) == said[1:]


def test_answers_that_do_not_fit_are_refused(galleries, predictors, tmp_path, rated_gallery):
    said = ask_models(galleries, *predictors, silently)
    path = tmp_path / "answers.json"
    write_answers(path, said)
    models = (said[0].tags.model, said[0].ratings.model)
    another = ModelInfo(name="another", version="1", sha256="1" * 64)

    with pytest.raises(DatasetError, match="of other models"):
        read_answers(path, galleries, models[0], another)
    for stranger in (rated_gallery("c", ["foyer"], [4]), rated_gallery("a", ["foyer"], [4])):
        with pytest.raises(DatasetError, match=f"other photos of {stranger.name}"):
            read_answers(path, [stranger], *models)
    path.write_text("{}")
    with pytest.raises(DatasetError, match="no answers"):
        read_answers(path, galleries, *models)
    with pytest.raises(DatasetError, match="Is a directory"):
        read_answers(tmp_path, galleries, *models)
