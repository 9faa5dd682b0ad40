import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.ratings import mean_score
from stayrank_models.engines import Outputs
from stayrank_training.evaluation.judgements import UNRELATED
from stayrank_training.evaluation.parity import (
    AT_LEAST,
    AT_MOST,
    misses,
    score_parity,
    tag_parity,
)


def _outputs(count, classes, seed=0):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(classes, 0.3), count).astype(np.float32)
    return Outputs(probabilities, rng.random((count, 16)).astype(np.float32))


def _shifted(outputs, share):
    """Some of every distribution moved up by one rating."""
    p = outputs.probabilities
    up = np.concatenate([p[:, :1] * 0, p[:, :-1]], axis=1)
    up[:, -1] += p[:, -1]
    return Outputs((1 - share) * p + share * up, outputs.embedding)


def test_the_exact_way_passes_beside_itself():
    tags, scores = _outputs(50, 8), _outputs(50, 10)

    figures = tag_parity(tags, tags, np.arange(50) % 8, 8)
    assert figures["tag_agreement"] == 1
    assert figures["top1_loss"] == figures["probability_difference"] == 0
    assert figures["embedding_cosine"] == pytest.approx(1)
    assert misses(figures) == []
    rated = score_parity(scores, scores, _outputs(50, 10, seed=1).probabilities)
    assert rated["score_srcc"] == pytest.approx(1)
    assert rated["score_difference"] == rated["srcc_loss"] == rated["lcc_loss"] == 0
    assert misses(rated) == []


@given(flips=st.integers(0, 40))
def test_agreement_and_loss_count_the_photos_whose_tag_changes(flips):
    """Where the exact way is always right, every other tag is a loss as well."""
    exact = _outputs(200, 8)
    changed = exact.probabilities.copy()
    changed[:flips] = np.roll(changed[:flips], 1, axis=1)

    figures = tag_parity(
        exact, Outputs(changed, exact.embedding), exact.probabilities.argmax(axis=1), 8
    )

    assert figures["tag_agreement"] == pytest.approx(1 - flips / 200)
    assert figures["top1_loss"] == pytest.approx(flips / 200)
    assert bool(misses(figures)) == (flips > 1)


def test_photos_of_no_class_count_for_agreement_and_not_for_accuracy():
    exact = _outputs(100, 8)
    truth = exact.probabilities.argmax(axis=1)
    truth[:10] = UNRELATED
    changed = exact.probabilities.copy()
    changed[:10] = np.roll(changed[:10], 1, axis=1)

    figures = tag_parity(exact, Outputs(changed, exact.embedding), truth, 8)

    assert figures["tag_agreement"] == pytest.approx(0.9)
    assert figures["top1"] == 1
    assert figures["top1_loss"] == 0


def test_an_output_that_stands_for_no_class_is_no_tag():
    exact = _outputs(20, 9)
    changed = exact.probabilities.copy()
    changed[:, 8] = 2

    figures = tag_parity(exact, Outputs(changed, exact.embedding), np.arange(20) % 8, 8)

    assert figures["tag_agreement"] == 1


def test_scores_that_move_alike_keep_their_order_and_still_fail():
    exact = _outputs(100, 10)
    fast = _shifted(exact, 0.2)
    moved = mean_score(fast.probabilities) - mean_score(exact.probabilities)

    figures = score_parity(exact, fast, _outputs(100, 10, seed=1).probabilities)

    assert figures["score_difference"] == pytest.approx(moved.mean())
    assert figures["score_srcc"] > 0.99
    assert [miss.split()[0] for miss in misses(figures)] == ["score_difference"]


def test_photos_without_ratings_count_for_agreement_alone():
    exact, fast = _outputs(40, 10), _outputs(40, 10, seed=2)
    given_ratings = _outputs(40, 10, seed=1).probabilities
    rated = given_ratings.copy()
    rated[20:] = np.nan

    partly = score_parity(exact, fast, rated)
    first = score_parity(
        *(Outputs(x.probabilities[:20], x.embedding[:20]) for x in (exact, fast)),
        given_ratings[:20],
    )

    assert partly["photos"] == 40
    for name in ("srcc", "lcc", "srcc_loss", "lcc_loss"):
        assert partly[name] == pytest.approx(first[name])
    assert partly["score_srcc"] != first["score_srcc"]


@pytest.mark.parametrize(("name", "bound"), [*AT_LEAST.items(), *AT_MOST.items()])
def test_a_figure_passes_up_to_its_bound_and_never_as_no_number(name, bound):
    worse = bound - 1e-6 if name in AT_LEAST else bound + 1e-6

    assert misses({name: bound}) == []
    assert len(misses({name: worse})) == 1
    assert len(misses({name: math.nan})) == 1
