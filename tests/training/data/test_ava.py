import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import DatasetError
from stayrank_training.data.ava import convert, read_ava, write_ava
from stayrank_training.data.votes import Votes

LINE = "1 953619 0 1 5 17 38 36 15 6 5 1 1 22 1396"

counts = st.lists(st.integers(0, 500), min_size=10, max_size=10).filter(any).map(tuple)
votes = st.builds(
    Votes,
    st.integers(0, 10**6).map(str),
    counts,
    st.tuples(st.integers(0, 66), st.integers(0, 66)),
    st.integers(0, 1400),
)


def test_a_line_of_ava_is_understood(tmp_path):
    (tmp_path / "AVA.txt").write_text(LINE + "\n\n")

    (one,) = read_ava(tmp_path / "AVA.txt")

    assert one == Votes("953619", (0, 1, 5, 17, 38, 36, 15, 6, 5, 1), (1, 22), 1396)
    assert one.distribution().sum() == pytest.approx(1)


@given(st.lists(votes, min_size=1, max_size=5, unique_by=lambda one: one.image_id))
def test_what_is_written_is_read_again(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("ava") / "AVA.txt"
    write_ava(path, written)

    assert read_ava(path) == written


def test_ava_becomes_json_and_back(tmp_path):
    ava, labels, again = (tmp_path / name for name in ("AVA.txt", "labels.json", "again.txt"))
    ava.write_text(LINE + "\n")

    assert convert(ava, labels) == 1
    assert convert(labels, again) == 1

    assert json.loads(labels.read_text()) == [
        {"image_id": "953619", "label": [0, 1, 5, 17, 38, 36, 15, 6, 5, 1]}
    ]
    assert again.read_text() == "1 953619 0 1 5 17 38 36 15 6 5 1 0 0 0\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (LINE + " 7\n", ":1: expected 15"),
        (LINE.replace(" 38 ", " -38 ") + "\n", ":1: .*0 or more"),
        (LINE.replace(" 38 ", " x ") + "\n", ":1: "),
        ("1 9" + " 0" * 13 + "\n", ":1: .*at least one vote"),
        (LINE + "\n" + LINE + "\n", "twice"),
        ("", "holds no photo"),
    ],
)
def test_a_malformed_line_is_told_with_its_number(tmp_path, text, problem):
    (tmp_path / "AVA.txt").write_text(text)

    with pytest.raises(DatasetError, match=problem):
        read_ava(tmp_path / "AVA.txt")


def test_what_ava_cannot_hold_is_refused(tmp_path):
    for one in (Votes("a b", (1,) * 10), Votes("a", (0.1,) * 10)):
        with pytest.raises(DatasetError, match=r"AVA\.txt"):
            write_ava(tmp_path / "AVA.txt", [one])
    with pytest.raises(DatasetError, match=r"\.txt \(AVA\) or \.json"):
        convert(tmp_path / "AVA.csv", tmp_path / "labels.json")
