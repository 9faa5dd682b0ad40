import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from stayrank_common.errors import DatasetError
from stayrank_training.data.agreement import agreement
from stayrank_training.data.corrections import Correction

VERDICTS = st.sampled_from(["keep", "drop", "foyer", "reception"])


def decided(*verdicts, label="foyer"):
    files = (f"{number}.jpg" for number in range(len(verdicts)))
    return {f: Correction(f, label, verdict) for f, verdict in zip(files, verdicts, strict=True)}


def test_the_worked_example_of_fourteen_raters_comes_out_as_known():
    table = """0 0 0 0 14, 0 2 6 4 2, 0 0 3 5 6, 0 3 9 2 0, 2 2 8 1 1,
               7 7 0 0 0, 3 2 6 3 0, 2 5 3 2 2, 6 5 2 1 0, 0 2 2 3 7"""
    photos = [
        [str(place) for place, count in enumerate(line.split()) for _ in range(int(count))]
        for line in table.split(",")
    ]

    answer = agreement([decided(*verdicts) for verdicts in zip(*photos, strict=True)])

    assert answer.kappa == pytest.approx(0.210, abs=5e-4)


def test_keeping_a_label_is_deciding_for_it_and_the_disputed_are_named():
    answer = agreement([decided("keep", "drop", "reception"), decided("foyer", "drop", "drop")])

    assert answer.photos == 3
    assert answer.disputed == {"2.jpg": ["reception", "drop"]}
    assert answer.classes["foyer"].kappa == 1
    assert answer.classes["reception"].kappa == pytest.approx(-0.2)
    assert {name: found.photos for name, found in answer.classes.items()} == {
        "drop": 2,
        "foyer": 1,
        "reception": 1,
    }


@given(pairs=st.lists(st.tuples(VERDICTS, VERDICTS), min_size=1))
def test_for_two_whose_shares_are_equal_it_is_that_of_cohen(pairs):
    both = [*pairs, *((b, a) for a, b in pairs)]
    left, right = (
        ["foyer" if v == "keep" else v for v in side] for side in zip(*both, strict=True)
    )

    answer = agreement([decided(*left), decided(*right)])

    if len({*left}) == 1:
        assert answer.kappa is None
    else:
        assert answer.kappa == pytest.approx(cohen_kappa_score(left, right))


def test_photos_that_not_all_decided_on_are_left_out():
    assert agreement([decided("keep", "drop"), decided("keep")]).photos == 1


@pytest.mark.parametrize("raters", [[], [decided("keep")], [decided("keep"), {}]])
def test_nothing_to_compare_is_an_error(raters):
    with pytest.raises(DatasetError, match="two or more"):
        agreement(raters)


def test_decisions_on_different_labels_are_not_compared():
    with pytest.raises(DatasetError, match="different labels"):
        agreement([decided("keep"), decided("keep", label="gym")])
