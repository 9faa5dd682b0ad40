import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stayrank_common.errors import DatasetError
from stayrank_training.data.groups import group_names
from stayrank_training.data.splitting import parse_shares, split_photos


def _table(rows):
    table = pd.DataFrame(rows, columns=["tag", "property", "cluster"], dtype=object)
    return table.assign(file=[f"{number:04}.jpg" for number in range(len(table))])


groups = st.sampled_from(["", "a", "b", "c", "d"])
rows = st.lists(st.tuples(st.sampled_from("xyz"), groups, groups), min_size=1, max_size=16)


@settings(max_examples=40)
@given(rows)
def test_groups_are_the_chains_of_hotels_and_duplicates(given_rows):
    table = _table(given_rows)
    names = group_names(table)

    # Brute force: spread the smallest name along every equality until nothing changes.
    expected = table["file"].to_list()
    changed = True
    while changed:
        changed = False
        for i, one in enumerate(given_rows):
            for j, other in enumerate(given_rows):
                joined = (one[1] and one[1] == other[1]) or (one[2] and one[2] == other[2])
                if joined and expected[j] < expected[i]:
                    expected[i], changed = expected[j], True
    assert names.tolist() == expected


@settings(max_examples=20)
@given(rows, st.integers(0, 9), st.randoms())
def test_no_group_is_on_two_sides_whatever_the_order_of_the_rows(given_rows, seed, random):
    table = _table(given_rows)
    groups = len(set(group_names(table)))
    shares = parse_shares("70/30")
    if groups < 2:
        with pytest.raises(DatasetError, match="groups"):
            split_photos(table, shares, seed)
        return
    order = list(range(len(table)))
    random.shuffle(order)

    result = split_photos(table, shares, seed)

    for column in ("property", "cluster"):
        known = result[result[column] != ""]
        assert (known.groupby(column)["split"].nunique() == 1).all()
    pd.testing.assert_frame_equal(split_photos(table.iloc[order], shares, seed), result)


@pytest.mark.parametrize("text", ["70/30", "70/15/15", "0.5/0.25/0.25"])
def test_shares_are_near_the_goal_for_all_photos_and_for_each_class(text):
    rng = np.random.default_rng(3)
    classes = rng.choice(list("abcd"), 2000, p=[0.6, 0.3, 0.08, 0.02])
    hotels = np.where(rng.random(2000) < 0.4, rng.integers(0, 80, 2000).astype(str), "")
    shares = parse_shares(text)

    result = split_photos(_table(zip(classes, hotels, [""] * 2000, strict=True)), shares, seed=1)

    for split, share in shares.items():
        assert abs((result["split"] == split).mean() - share) < 0.005
        for _, part in result.groupby("tag"):
            expected = share * len(part)
            assert abs((part["split"] == split).sum() - expected) <= max(1.5, 0.02 * len(part))


def test_another_seed_is_another_choice():
    table = _table([("x", "", "")] * 100)

    first, second = (split_photos(table, parse_shares("50/50"), seed)["split"] for seed in (0, 1))

    assert (first == "train").sum() == (second == "train").sum() == 50
    assert (first != second).any()


@pytest.mark.parametrize(
    "text", ["70", "70/x", "70/-1", "0/1", "1/1/1/1", "nan/1", "", "70/40", "2/1/1", "0.7/0.2"]
)
def test_other_shares_are_refused(text):
    with pytest.raises(ValueError, match="70/30"):
        parse_shares(text)
