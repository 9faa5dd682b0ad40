"""Out-of-fold probabilities, the ranking of suspects, and its judgement."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from stayrank_common.errors import DatasetError
from stayrank_training.data.corrections import Correction
from stayrank_training.data.judging import judge
from stayrank_training.data.label_errors import CleanReport, rank_labels
from stayrank_training.data.manifests import Manifest
from stayrank_training.data.out_of_fold import (
    OutOfFold,
    cross_predict,
    frozen_features,
    read_probabilities,
    write_probabilities,
)


@pytest.fixture(scope="module")
def clouds():
    """Three well-separated clouds; every eleventh photo has another one's label."""
    rng = np.random.default_rng(0)
    truth = np.arange(180) % 3
    features = rng.normal(0, 1, (180, 6)) + 7 * np.eye(6)[truth]
    given = np.where(np.arange(180) % 11 == 0, (truth + 1) % 3, truth)
    names = np.array(["foyer", "gym", "kitchen"], dtype=object)
    table = pd.DataFrame(
        {
            "file": [f"{n:03}.jpg" for n in range(180)],
            "tag": names[given],
            "property": [f"h{n // 4}" if n < 80 else "" for n in range(180)],
            "source": np.where(np.arange(180) < 120, "seen", "unseen"),
        }
    )
    return table, features, names[truth]


def test_wrong_labels_come_first_with_the_right_suggestion(clouds):
    table, features, truth = clouds
    ranked = rank_labels(table, cross_predict(table, features, 5, 0))

    wrong = dict(zip(table["file"], table["tag"] != truth, strict=True))
    right = dict(zip(table["file"], truth, strict=True))
    first = ranked.head(12)
    assert first["file"].map(wrong).all()
    assert (first["suggestion"] == first["file"].map(right)).all()
    suspects = ranked.loc[ranked["suspect"], "file"].map(wrong)
    assert suspects.mean() > 0.8  # of all labels, 9 % are wrong
    assert suspects.sum() == sum(wrong.values())
    assert (ranked["suggestion"] != ranked["label"]).all()
    assert ranked["quality"].is_monotonic_increasing


def test_a_model_is_never_asked_about_a_hotel_it_has_seen(clouds):
    table, _, _ = clouds
    hotel = table["property"].replace("", None).fillna(table["file"])
    codes = pd.factorize(hotel)[0]
    # The features name the hotel and nothing else: who has seen it knows its labels by heart.
    features = np.eye(codes.max() + 1)[codes] * 10
    labels = table.assign(tag=np.where(codes % 2, "foyer", "gym"))

    answer = cross_predict(labels, features, 5, 0)

    given = labels["tag"].map({"foyer": 0, "gym": 1}).to_numpy()
    assert (answer.probabilities[np.arange(180), given] < 0.9).all()


def test_a_class_that_no_model_can_know_is_left_out(clouds):
    table, features, _ = clouds
    table = table.assign(tag=["sauna", *table["tag"][1:]])

    answer = cross_predict(table, features, 5, 0)

    assert len(answer.files) == 179
    np.testing.assert_allclose(answer.probabilities.sum(axis=1), 1)
    assert CleanReport.of(table, rank_labels(table, answer), []).judged == 179


@pytest.mark.keras
@pytest.mark.shared
def test_features_are_those_of_the_start_backbone_and_kept(shared, tmp_path, picture, monkeypatch):
    monkeypatch.setenv("STAYRANK_WEIGHTS_DIR", str(shared / "weights"))
    for seed in range(3):
        (tmp_path / f"{seed}.jpg").write_bytes(picture(seed=seed))
    table = pd.DataFrame({"file": ["0.jpg", "1.jpg", "2.jpg"]})

    features = frozen_features(Manifest(table, tmp_path), tmp_path / "cache")

    assert features.shape == (3, 1024)
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert np.ptp(features, axis=0).max() > 0.1


def test_probabilities_are_written_and_read(tmp_path, clouds):
    table, features, _ = clouds
    answer = cross_predict(table, features, 3, 0)
    write_probabilities(tmp_path / "p.npz", answer)
    frame = pd.DataFrame(answer.probabilities, columns=answer.classes)
    frame.assign(file=answer.files).to_csv(tmp_path / "p.csv", index=False)

    for name in ("p.npz", "p.csv"):
        read = read_probabilities(tmp_path / name)
        assert (read.files, read.classes) == (answer.files, answer.classes)
        np.testing.assert_allclose(read.probabilities, answer.probabilities)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("file,a,b\nx,0.5,0.4\n", "x are no distribution"),
        ("file,a,b\nx,1.5,-0.5\n", "x are no distribution"),
        ("file,a,b\nx,1,0\nx,1,0\n", "twice"),
        ("file,a,b\nx,1,much\n", "expected files"),
        ("name,a,b\nx,1,0\n", "expected files"),
    ],
)
def test_malformed_probabilities_are_refused(tmp_path, text, problem):
    (tmp_path / "p.csv").write_text(text)

    with pytest.raises(DatasetError, match=problem):
        read_probabilities(tmp_path / "p.csv")
    (tmp_path / "p.npz").write_text(text)
    with pytest.raises(DatasetError):
        read_probabilities(tmp_path / "p.npz")


def test_probabilities_of_other_photos_or_classes_are_refused(clouds):
    table, _, _ = clouds
    for files, classes, problem in [
        (["x"], ["a", "b"], "no photo"),
        (["000.jpg"], ["a"], "no class"),
    ]:
        answer = OutOfFold(files, classes, np.full((1, len(classes)), 1 / len(classes)))
        with pytest.raises(DatasetError, match=problem):
            rank_labels(table, answer)


def test_a_ranking_is_judged_on_what_was_looked_at(clouds):
    table, features, truth = clouds
    ranked = rank_labels(table, cross_predict(table, features, 5, 0))
    files, tags = table["file"], table["tag"]
    wrong = (tags != truth) & (table["source"] == "seen") & (tags != "kitchen")
    corrections = {
        f: Correction(f, t, "drop") for f, t in zip(files[wrong], tags[wrong], strict=True)
    }
    right = files[(tags == "foyer") & ~wrong].iloc[0]
    corrections[right] = Correction(right, "foyer", "keep")

    *classes, total = judge(ranked, table, corrections)

    looked = ranked[ranked["file"].isin(files[(table["source"] == "seen") & (tags != "kitchen")])]
    truth_of = looked["file"].isin(set(corrections) - {right})
    assert [row.label for row in classes] == ["foyer", "gym"]
    assert (total.label, total.photos, total.wrong) == ("all", len(looked), int(wrong.sum()))
    assert total.chance == pytest.approx(wrong.sum() / len(looked))
    assert total.average_precision == average_precision_score(truth_of, -looked["quality"])
    assert total.recall == pytest.approx((looked["suspect"] & truth_of).sum() / wrong.sum())


def test_corrections_of_other_labels_cannot_judge(clouds):
    table, features, _ = clouds
    ranked = rank_labels(table, cross_predict(table, features, 5, 0))
    labels = dict(zip(table["file"], table["tag"], strict=True))
    other = next(file for file, tag in labels.items() if tag == "gym")
    foyer = next(file for file, tag in labels.items() if tag == "foyer")

    for corrections, problem in [
        (
            {other: Correction(other, "kitchen", "drop"), foyer: Correction(foyer, "gym", "drop")},
            "it is 'gym'|is for",
        ),
        ({foyer: Correction(foyer, "foyer", "keep")}, "no correction"),
        ({}, "no correction"),
    ]:
        with pytest.raises(DatasetError, match=problem):
            judge(ranked, table, corrections)
