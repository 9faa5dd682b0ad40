import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stayrank_common.errors import DatasetError
from stayrank_training.data.sampling import (
    PROBABILITY,
    draw,
    inclusion_probabilities,
    parse_weight,
    sample_photos,
)


def _table(count=120):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "file": [f"{n:03}.jpg" for n in range(count)],
            "location": rng.choice(["city", "beach", "hills"], count, p=[0.7, 0.25, 0.05]),
            "kind": rng.choice(["hotel", "flat"], count),
            "y": rng.normal(10, 5, count),
        }
    )


WEIGHTS = {("location", "beach"): 3.0, ("kind", "flat"): 0.5}


def _draws(table, size, count):
    """Probabilities, and `count` samples of `sample_photos` without its tables."""
    weight = np.where(table["location"] == "beach", 3.0, 1.0)
    p = inclusion_probabilities(weight, size)
    strata = table.groupby(["location", "kind"]).ngroup().to_numpy()
    return p, [draw(p, strata, np.random.default_rng(seed)) for seed in range(count)]


def test_estimates_from_the_sample_are_unbiased():
    table = _table()
    y = (table["y"] + 20 * (table["location"] == "beach")).to_numpy()
    p, samples = _draws(table, 12, 3000)

    weighted = [(y[chosen] / p[chosen]).sum() for chosen in samples]
    plain = [y[chosen].mean() * len(y) for chosen in samples]

    error = np.std(weighted) / np.sqrt(len(weighted))
    assert abs(np.mean(weighted) - y.sum()) < 4 * error
    assert abs(np.mean(plain) - y.sum()) > 20 * error  # beaches are drawn too often


def test_photos_come_as_often_as_their_probability_says():
    table = _table(40)
    p, samples = _draws(table, 8, 3000)

    counts = np.bincount(np.concatenate(samples), minlength=40)

    deviation = np.sqrt(p * (1 - p) / len(samples))
    assert (abs(counts / len(samples) - p) < 5 * deviation + 1e-9).all()


def test_the_probabilities_in_the_table_are_those_of_the_draw():
    table = _table()
    drawn = sample_photos(table, 12, ["location"], WEIGHTS, 0)
    weight = np.where(table["location"] == "beach", 3.0, 1.0)
    weight[table["kind"] == "flat"] *= 0.5

    expected = dict(zip(table["file"], 12 * weight / weight.sum(), strict=True))

    assert drawn[PROBABILITY].tolist() == pytest.approx([expected[f] for f in drawn["file"]])


@given(
    st.lists(st.floats(0.01, 100), min_size=1, max_size=30),
    st.data(),
)
def test_probabilities_sum_to_the_size_and_follow_the_weights(weights, data):
    size = data.draw(st.integers(1, len(weights)))
    weight = np.array(weights)

    p = inclusion_probabilities(weight, size)

    assert p.sum() == pytest.approx(size)
    assert (p > 0).all()
    assert (p <= 1).all()
    free = p < 1 - 1e-6
    if free.any():
        ratio = p[free] / weight[free]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-6)


@settings(max_examples=25)
@given(st.integers(1, 120), st.integers(0, 50))
def test_the_size_is_kept_and_each_stratum_gets_its_share(size, seed):
    table = _table()
    drawn = sample_photos(table, size, ["location"], {}, seed)

    assert len(drawn) == size
    for location, part in table.groupby("location"):
        expected = size * len(part) / len(table)
        assert abs((drawn["location"] == location).sum() - expected) < 1 + 1e-6


def test_the_order_of_the_rows_does_not_matter():
    table = _table()

    first, second = (sample_photos(t, 20, ["kind"], WEIGHTS, 5) for t in (table, table[::-1]))

    pd.testing.assert_frame_equal(first, second)


def test_columns_values_and_sizes_that_are_not_there_are_named():
    for size, by, weights, problem in [
        (5, ["season"], {}, "season"),
        (5, [], {("location", "moon"): 2.0}, "moon.*beach"),
        (121, [], {}, "121 of 120"),
    ]:
        with pytest.raises(DatasetError, match=problem):
            sample_photos(_table(), size, by, weights, 0)


@pytest.mark.parametrize("text", ["a", "a=b", "a=b:0", "a=b:-1", "a=b:x", "=b:1", "a=b:inf"])
def test_weights_of_another_form_are_refused(text):
    with pytest.raises(ValueError, match="column=value:weight"):
        parse_weight(text)
